"""From a page to its article: golden pages, reasons for rejection, hostile input."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.config.rules import load_rules
from aggregator.core import extract
from aggregator.model import Article, Entry, PhraseRule, Rejected
from aggregator.settings import ExtractSettings

PAGES = Path(__file__).parent.parent / "data" / "pages"
GOLDEN = sorted(path.stem for path in PAGES.glob("*.json"))
RULES: tuple[PhraseRule, ...] = load_rules()
URL = "https://www.kurier.example/politik/bruecke-1.html"
LONG = (
    "Der Stadtrat hat am Montag beschlossen, die alte Brücke über den Fluss abzureißen und an "
    "derselben Stelle neu zu bauen, weil ein Gutachten schwere Schäden an den Pfeilern fand."
)
ENTRY = Entry(key="1", link=URL, title="Aldenburg baut neu", content_hash="x")


def take(html: bytes | str, *, entry: Entry | None = None, **wanted: object) -> Article | Rejected:
    """Extract with the rules that ship; `wanted` are extraction settings."""
    limits = replace(ExtractSettings(), **wanted)  # type: ignore[arg-type]
    return extract.article(html, URL, entry=entry, rules=RULES, settings=limits)


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang='de'><head>{head}</head><body>{body}</body></html>"


def an_article(found: Article | Rejected) -> Article:
    assert isinstance(found, Article), found
    return found


def reason(found: Article | Rejected) -> str:
    assert isinstance(found, Rejected), found
    assert found.stage == "extract"
    return found.reason


# --- golden pages ----------------------------------------------------------------------------


def described(article: Article) -> dict[str, object]:
    return {
        "title": article.title,
        "lead": article.lead,
        "text": article.text.split("\n"),
        "authors": list(article.authors),
        "agency": article.agency,
        "language": article.language,
        "published_at": article.published_at and article.published_at.isoformat(),
        "updated_at": article.updated_at and article.updated_at.isoformat(),
        "image": article.image,
        "canonical_url": article.canonical_url,
    }


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_page_gives_its_article(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    gone = expected.pop("removed")

    found = an_article(
        extract.article(
            (PAGES / f"{name}.html").read_bytes(),
            expected["canonical_url"] + "?utm_source=feed",
            entry=None,
            rules=RULES,
            settings=ExtractSettings(),
        )
    )

    assert described(found) == expected
    assert {(each.text, each.reason) for each in found.removed} >= {tuple(each) for each in gone}
    assert [each.position for each in found.removed] == sorted(
        each.position for each in found.removed
    )


def test_golden_pages_are_there() -> None:
    assert len(GOLDEN) >= 12


# --- rejections ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "not_html"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not_html"),
        (bytes(n * n % 251 + 1 for n in range(6_000)), "not_html"),
        (b'{"title": "Aldenburg baut neu"}', "not_html"),
        (b"Aldenburg baut neu.", "not_html"),
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"<html></html>", "empty"),
        (b"<html><body></body></html>", "no_text"),
    ],
)
def test_what_is_no_page_is_rejected(html: bytes, expected: str) -> None:
    assert reason(take(html)) == expected


def test_a_section_page_is_no_article() -> None:
    teasers = "".join(
        f"<li><a href='/a{n}.html'>Im Landkreis Nummer {n} wird gebaut</a></li>" for n in range(40)
    )
    assert reason(take(page(f"<h1>Politik</h1><ul>{teasers}</ul>"))) == "section_page"


def test_a_few_lines_in_a_dense_script_are_an_article() -> None:
    line = "玉峰道路一路上雲氣山嵐滯留山頭順路下切"
    note = page("<article><h1>玉峰</h1>" + "".join(f"<p>{line}{n}。</p>" for n in range(12)))

    assert an_article(take(note)).text.startswith(line)


def test_a_short_note_is_rejected_by_the_words_asked_for() -> None:
    note = page(f"<article><h1>Brücke</h1><p>{LONG}</p></article>")

    assert reason(take(note, min_words=200)) == "too_short"
    assert an_article(take(note, min_words=10)).text == LONG


def test_only_wanted_languages_pass() -> None:
    text = page(f"<article><h1>Brücke</h1><p>{LONG}</p><p>{LONG[::-1]}</p></article>")

    assert reason(take(text, languages=("en",))) == "wrong_language"
    assert an_article(take(text, languages=("en", "de"))).language == "de"


# --- what stands in for what the page does not say -------------------------------------------


def test_the_entry_fills_in_what_the_page_does_not_say() -> None:
    when = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    entry = replace(ENTRY, authors=("Jana Holm",), published_at=when, image="https://k.example/b")

    found = an_article(take(page(f"<article><p>{LONG}</p></article>"), entry=entry))

    assert (found.title, found.authors, found.published_at, found.image) == (
        "Aldenburg baut neu",
        ("Jana Holm",),
        when,
        "https://k.example/b",
    )


def test_a_lead_for_machines_alone_is_no_lead() -> None:
    head = "<meta name='description' content='Alles zur Brücke in Aldenburg lesen Sie nur hier'>"

    found = an_article(take(page(f"<article><h1>Neu</h1><p>{LONG}</p></article>", head)))

    assert found.lead == ""
    assert found.text == LONG


def test_a_page_of_one_paragraph_keeps_it_as_text() -> None:
    head = f"<meta name='description' content='{LONG}'>"

    found = an_article(take(page(f"<article><h1>Neu</h1><p>{LONG}</p></article>", head)))

    assert (found.lead, found.text) == ("", LONG)


# --- from the feed alone ---------------------------------------------------------------------


def from_entry(entry: Entry) -> Article | Rejected:
    return extract.from_entry(
        entry, f"{URL}?utm_medium=rss", rules=RULES, settings=ExtractSettings()
    )


def test_an_entry_that_carries_the_text_is_an_article() -> None:
    content = (
        f"<p>{LONG}</p><p>Lesen Sie auch:</p><ul><li><a href='/a'>Streit um den Markt</a></li>"
        f"</ul><p>Hintergrund:</p><ul><li>1931 wurde sie gebaut.</li><li>2026 gesperrt.</li></ul>"
        "<p>gom/bua/news.de/dpa</p>"
    )
    entry = replace(ENTRY, content=content, summary="", authors=("Jana Holm",), language="de")

    found = an_article(from_entry(entry))

    assert found.text.split("\n") == [
        LONG,
        "Hintergrund:",
        "- 1931 wurde sie gebaut.",
        "- 2026 gesperrt.",
    ]
    assert (found.agency, found.authors) == ("dpa", ("Jana Holm", "gom", "bua"))
    assert (found.title, found.canonical_url, found.language) == (ENTRY.title, URL, "de")


def test_a_summary_beside_the_text_is_its_lead() -> None:
    summary = "Die alte Flussbrücke wird abgerissen und bis zum Herbst ersetzt."

    found = an_article(from_entry(replace(ENTRY, content=f"<p>{LONG}</p>", summary=summary)))

    assert (found.lead, found.text) == (summary, LONG)


def test_an_entry_without_text_is_none() -> None:
    assert reason(from_entry(ENTRY)) == "no_text"
    assert reason(from_entry(replace(ENTRY, content="<![CDATA[", summary="<"))) == "no_article"


# --- hostile input ---------------------------------------------------------------------------

SCRAPS = st.sampled_from(
    [
        *(b"<p>", b"</p>", b"<div ", b"<table><tr><td>", b"</table>", b"<!--", b"-->", b"<li>"),
        *(b"<![CDATA[", b"&#0;", b"&#xD800;", b"\x00", b"</script>", b"'>", b"<h1>"),
        *(b"<script type='application/ld+json'>{\"@type\": [[", b"<a href='http://[", b"<h2>"),
        *(b"<link rel=canonical href='http://[::1'>", b"<base href='//:0'>", LONG.encode()),
        *(b"<meta charset=utf-7>", b"<?xml version='1.0' encoding='x'?>"),
    ]
)


@given(st.one_of(st.binary(max_size=400), st.lists(SCRAPS, max_size=30).map(b"".join)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_make_it_raise(html: bytes) -> None:
    found = take(html)

    assert isinstance(found, Article | Rejected)
    assert not (isinstance(found, Rejected) and found.reason == "extractor_error"), found


@given(st.text(max_size=200), st.lists(SCRAPS, max_size=12).map(b"".join))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_entry_makes_it_raise(text: str, scraps: bytes) -> None:
    entry = replace(ENTRY, title=text, content=scraps.decode("utf-8", "replace"), summary=text)

    found = from_entry(entry)

    assert isinstance(found, Article | Rejected)
    assert not (isinstance(found, Rejected) and found.reason == "extractor_error"), found


HOSTILE: dict[str, Callable[[], bytes]] = {
    "deep divisions": lambda: b"<div>" * 3000 + LONG.encode() + b"</div>" * 3000,
    "deep lists": lambda: b"<ul><li>" * 1500 + LONG.encode(),
    "deep tables": lambda: b"<table><tr><td>" * 1000 + LONG.encode(),
    "many attributes": lambda: b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">",
    "NULs": lambda: LONG.encode().replace(b" ", b" \x00") * 3,
    "one long line": lambda: b"<p>" + b"a" * 1_000_000,
    "many anchors": lambda: b"<a href=x>Lesen Sie auch</a>" * 5000,
    "unclosed comments": lambda: b"<!--" * 20_000,
    "many headings": lambda: b"<h1>Lesen Sie auch: mehr</h1>" * 3000,
    "deep JSON": lambda: b"<script type='application/ld+json'>" + b"[" * 50_000 + b"</script><p>x",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_end_soon_and_never_raise(kind: str) -> None:
    html = HOSTILE[kind]()
    began = process_time()

    found = take(b"<html><body>" + html)

    assert isinstance(found, Article | Rejected)
    assert process_time() - began < 5, "seconds of this process alone"
    print(kind, round(process_time() - began, 2), getattr(found, "reason", "article"))


def test_control_characters_do_not_reach_the_text() -> None:
    found = an_article(take(page(f"<article><p>{LONG}\x00\x0b\ud800</p></article>")))

    assert found.text == LONG


def test_a_table_that_lays_out_the_page_stays_where_its_cells_would_be_lost_as_divisions() -> None:
    chapters = "".join(
        f"<p>Im Kapitel {n} geht der Kater in seinen Stiefeln durch den Wald bei Altdorf.</p>"
        for n in range(12)
    )
    intro = (
        "<p>Es war einmal ein Müller, der hatte drei Söhne, eine alte Mühle und einen Kater.</p>"
    )
    html = (
        f"<html lang='de'><body>{intro}{intro.replace('einmal', 'danach')}<table><tr><td>"
        f"<h1>Der Kater</h1></td></tr><tr><td class='menu'>{chapters}</td></tr></table>"
    )

    found = extract.article(
        html, "https://kater.example/1", entry=None, rules=(), settings=ExtractSettings()
    )

    assert isinstance(found, Article)
    assert "Im Kapitel 11 geht" in found.text
