"""What a page says of itself: times, authors, pictures, its own address."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import jsonld, metadata, page, people, times
from aggregator.core.metadata import Metadata
from aggregator.core.page import Tree

URL = "https://www.kurier.example/politik/bruecke-1.html"
WHEN = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
NODE = {"@type": "NewsArticle", "headline": "Neu", "datePublished": "2026-03-02T19:30:00+01:00"}


def tree(head: str, body: str = "<p>x</p>", lang: str = "de") -> Tree:
    parsed = page.parse(f"<html lang='{lang}'><head>{head}</head><body>{body}</body></html>")
    assert parsed is not None
    return parsed


def read(head: str, body: str = "<p>x</p>") -> Metadata:
    return metadata.read(tree(head, body), URL)


def script(node: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(node)}</script>"


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


# --- times -----------------------------------------------------------------------------------


def test_json_ld_is_believed_before_meta_elements() -> None:
    found = read(script(NODE) + meta("article:published_time", "2020-01-01T00:00:00Z"))

    assert found.published_at == WHEN


def test_a_time_with_a_zone_is_believed_before_one_without() -> None:
    bare = script(NODE | {"datePublished": "2026-03-02T19:30:00"})

    found = read(bare + meta("article:published_time", "2026-03-02T19:30:00+01:00"))

    assert found.published_at == WHEN


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (meta("article:published_time", "2026-03-02T18:30:00.123Z").replace(".123", ""), ""),
        (meta("date", "2026-03-02 19:30:00 +01:00"), ""),
        (meta("date", "Mon, 02 Mar 2026 19:30:00 +0100"), ""),
        (meta("date", "1772476200"), ""),
        (meta("date", "1772476200000"), ""),
        ("", "<time itemprop='datePublished' datetime='2026-03-02T19:30+0100'>gestern</time>"),
        ("", "<time pubdate datetime='2026-03-02T18:30Z'>gestern</time>"),
    ],
)
def test_times_are_read_as_pages_write_them(head: str, body: str) -> None:
    assert read(head, body + "<p>x</p>").published_at == WHEN


@pytest.mark.parametrize(
    "text",
    ["", "gestern", "0000-00-00", "2026-13-40T99:99", "9" * 13, "1026-03-02", "Mon, 99 Foo 2026"],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert times.first((text,)) is None


@given(st.text(max_size=40))
def test_no_text_makes_times_raise(text: str) -> None:
    found = times.first((text,))

    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (("2026-03-02", "2026-03-02T18:30:00Z"), WHEN),
        (("2026-03-02", "2026-03-02T18:30:00"), WHEN),
        (("2026-03-02T19:30:00", "2026-03-02T19:30:00+01:00"), WHEN),
        # What was said first counts where the others are of another time.
        (("2026-03-02T18:30:00", "2026-04-20T07:00:00Z"), WHEN),
        (("2026-03-02T18:30:00Z", "2026-03-02T20:30:00Z"), WHEN),
    ],
)
def test_a_day_gives_way_to_the_hour_near_it(texts: tuple[str, ...], found: datetime) -> None:
    assert times.first(texts) == found


def test_a_time_to_come_is_not_believed() -> None:
    late = script(NODE | {"datePublished": "2031-01-01T00:00:00Z"})

    found = metadata.read(tree(late), URL, latest=datetime(2026, 3, 3, tzinfo=UTC))

    assert found.published_at is None


def test_the_year_of_a_copyright_is_no_day() -> None:
    foot = "<p>Die Brücke ist gesperrt.</p><footer>© 2026 Elbpost Verlag</footer>"
    assert metadata.day(tree("", foot), URL) is None
    told = metadata.day(tree("", foot), "https://www.kurier.example/2026/01/01/bruecke.html")
    assert told == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_day_is_found_where_no_time_is() -> None:
    found = tree("", "<article><p>Veröffentlicht am 02.03.2026</p><p>Text</p></article>")

    assert metadata.day(found, URL) == datetime(2026, 3, 2, tzinfo=UTC)


# --- authors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Von Anna Berg und Jan Holm", ("Anna Berg", "Jan Holm")),
        ("By Anna Berg, Jan Holm and Eva Stein", ("Anna Berg", "Jan Holm", "Eva Stein")),
        ("Text: Anna Berg", ("Anna Berg",)),
        ("Anna Berg (Berlin)", ("Anna Berg",)),
        ("Anna Berg - Redakteurin", ("Anna Berg",)),
        ("Ein Kommentar von Anna Berg", ("Anna Berg",)),
        ("Anna Berg; anna berg", ("Anna Berg",)),
        ("Redaktion", ()),
        ("Agenturen", ()),
        ("Anna Berg im Gespräch mit Jan Holm", ("Anna Berg", "Jan Holm")),
        ("Published by Anna Berg", ("Anna Berg",)),
        ("Escrito por Ana Berg", ("Ana Berg",)),
        ("Reviewed by Anna Berg", ()),
        ("Fotos: Anna Berg", ()),
        ("https://facebook.com/kurier", ()),
        ("anna@kurier.example", ()),
        ("", ()),
        ("Anna von der Aue", ("Anna von der Aue",)),
        ("Anna von Berg", ("Anna von Berg",)),
        ("Kommentar von Anna Berg", ("Anna Berg",)),
    ],
)
def test_names_are_parted(text: str, names: tuple[str, ...]) -> None:
    assert people.authors((text,)) == names


@pytest.mark.parametrize(
    "author",
    [
        "Anna Berg",
        ["Anna Berg"],
        {"@type": "Person", "name": "Anna Berg"},
        [{"name": ["Anna Berg"]}],
        {"givenName": "Anna", "familyName": "Berg"},
    ],
)
def test_authors_are_read_from_json_ld(author: object) -> None:
    assert read(script(NODE | {"author": author})).authors == ("Anna Berg",)


def test_authors_are_read_from_meta_and_markup() -> None:
    assert read(meta("author", "Anna Berg")).authors == ("Anna Berg",)
    assert read("", "<a rel='author' href='/a'>Anna <b>Berg</b></a>").authors == ("Anna Berg",)
    assert read("", "<p itemprop='author'>Anna Berg</p>").authors == ("Anna Berg",)


def test_an_author_may_be_referred_to() -> None:
    node = NODE | {"author": {"@id": "#anna"}}
    person = {"@type": "Person", "@id": "#anna", "name": "Anna Berg"}

    assert read(script({"@graph": [node, person]})).authors == ("Anna Berg",)
    assert read(script({"@graph": [node]})).authors == ()


@pytest.mark.parametrize("label", ["Written by", "Verfasst von", "Escrito por"])
def test_labelled_data_name_an_author(label: str) -> None:
    said = meta("twitter:label1", label) + meta("twitter:data1", "Anna Berg")

    assert read(said).authors == ("Anna Berg",)
    assert read(said.replace(label, "Reading time")).authors == ()


@pytest.mark.parametrize(
    "weak", ["Kurier am Fluss", "dpa", "Redaktion", "annaberg", "anna_b", "kurier.example"]
)
def test_a_person_in_the_byline_comes_before_an_outlet_or_a_login(weak: str) -> None:
    head = meta("og:site_name", "Kurier am Fluss") + meta("author", weak)

    assert read(head, "<h1>x</h1><p class=byline>Anna Berg</p>").authors == ("Anna Berg",)
    assert read(head).authors == (weak,)


def test_the_place_that_names_all_authors_comes_before_the_one_that_names_the_first() -> None:
    first = script(NODE | {"author": "Anna Berg"})

    assert read(first + meta("author", "Anna Berg,Jan Holm")).authors == ("Anna Berg", "Jan Holm")
    assert read(first + meta("author", "Jan Holm, Eva Stein")).authors == ("Anna Berg",)
    assert read(first + meta("author", "Anna Berg, Journalistin")).authors == ("Anna Berg",)


def test_a_newsroom_may_have_figures_in_its_name() -> None:
    assert read(meta("author", "K24 Redaktion")).authors == ("K24 Redaktion",)


def test_a_byline_is_not_asked_where_the_head_names_somebody() -> None:
    byline = "<h1>x</h1><p class=byline>Jan Holm</p>"

    assert read(meta("author", "Anna Berg"), byline).authors == ("Anna Berg",)


# --- identity --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/politik/bruecke-2.html", "https://www.kurier.example/politik/bruecke-2.html"),
        ("https://www.kurier.example/", URL),
        ("https://other.example/a.html", URL),
        ("http://[", URL),
        ("", URL),
    ],
)
def test_the_canonical_address_is_believed_within_the_site(href: str, expected: str) -> None:
    found = tree(f"<link rel='canonical' href='{href}'>")

    assert metadata.canonical(found, f"{URL}?utm_source=feed") == expected


def test_pictures_are_resolved() -> None:
    assert read(meta("og:image", "/b.jpg")).image == "https://www.kurier.example/b.jpg"
    assert read(meta("og:image", "javascript:alert(1)")).image is None


def test_a_kicker_is_parted_from_its_headline() -> None:
    assert read("", "<h1><span>Aldenburg</span><span>Brücke zu</span></h1>").shown == (
        "Aldenburg Brücke zu",
    )
    assert read("", "<h1><span>Aldenburg</span>: Brücke zu</h1>").shown == ("Aldenburg: Brücke zu",)


@pytest.mark.parametrize(
    "beside",
    [
        "<span class='article-kicker'>Neubau</span>",
        "<time>2. März</time>",
        "<small>Ein Bericht</small>",
        "<span class='entry-subtitle'>Was es kostet</span>",
    ],
)
def test_what_is_set_apart_in_a_heading_is_told(beside: str) -> None:
    found = read("", f"<h1>{beside} Aldenburg <em>baut</em> neu</h1>")

    assert [core for _, core in found.cores] == ["Aldenburg baut neu"]
    assert [whole for whole, _ in found.cores] == list(found.shown)


def test_a_plain_heading_is_all_headline() -> None:
    assert read("", "<h1><span class='title'>Aldenburg</span> baut <i>neu</i></h1>").cores == ()


def test_entities_escaped_twice_are_undone() -> None:
    assert read(meta("og:title", "Bau &amp;amp; Streit")).declared == ("Bau & Streit",)


# --- JSON-LD ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        json.dumps(NODE),
        json.dumps([{"@type": "WebSite"}, NODE]),
        json.dumps({"@graph": [{"@type": "WebPage"}, {"mainEntity": NODE}]}),
        json.dumps(NODE).replace("}", ",}"),
        f"<![CDATA[{json.dumps(NODE)}]]>",
        json.dumps(NODE) + ";",
        json.dumps(NODE | {"@type": ["http://schema.org/ReportageNewsArticle"]}),
        json.dumps(NODE | {"description": "@"}).replace('@"', 'zwei\nZeilen"'),
    ],
)
def test_json_ld_is_read_forgivingly(source: str) -> None:
    found = tree(f"<script type='application/ld+json'>{source}</script>")

    assert jsonld.article(jsonld.nodes(found)).get("headline") == "Neu"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*NODE, "@type", "author", "name", "publisher", "image"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_makes_it_raise(node: object) -> None:
    source = json.dumps(node).replace("<", "\\u003c")

    read(f"<script type='application/ld+json'>{source}</script>")


@pytest.mark.parametrize("source", ["", "{", "[" * 100_000, '{"@type": 1e999}', "9" * 5000])
def test_broken_json_ld_is_passed_over(source: str) -> None:
    found = tree(f"<script type='application/ld+json'>{source}</script>{script(NODE)}")

    assert jsonld.article(jsonld.nodes(found)).get("headline") == "Neu"


def test_a_page_says_the_same_thing_in_so_many_ways_only() -> None:
    said = [f"Way {n} of saying it" for n in range(200)]
    found = read(script(NODE | {"description": said, "headline": said}))

    assert found.descriptions == tuple(said[:50])
    assert found.declared == tuple(said[:50])
