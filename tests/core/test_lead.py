"""Which text is the lead of an article, and that it is told once."""

from datetime import UTC, datetime

import pytest

from aggregator.config.rules import load_rules
from aggregator.core import extract, people
from aggregator.model import Article, Entry
from aggregator.settings import ExtractSettings

RULES = load_rules()
URL = "https://kurier.example/stadt/bruecke-1.html"
LEAD = "Nach Jahren des Streits bekommt die Stadt eine neue Brücke. Was sich nun ändert."
FIRST = (
    "Der Stadtrat hat am Montag beschlossen, die alte Brücke über den Fluss abzureißen und an "
    "derselben Stelle neu zu bauen, weil ein Gutachten schwere Schäden an den Pfeilern fand."
)
SECOND = (
    "Die Kosten werden auf 41 Millionen Euro geschätzt. Den größten Teil trägt das Land, für den "
    "Rest muss die Stadt einen Kredit aufnehmen, der in den nächsten Jahren zu tilgen ist."
)
THIRD = "Gebaut wird vom Frühjahr an in zwei Abschnitten, sagte die Oberbürgermeisterin am Abend."
TEXT = f"{FIRST}\n{SECOND}\n{THIRD}"


def article(
    body: str, *, above: str = "", description: str = "", entry: Entry | None = None, head: str = ""
) -> Article:
    html = (
        f'<html lang="de"><head><title>Stadt baut neu</title>{head}'
        f'<meta name="description" content="{description}"></head><body><h1>Stadt baut neu</h1>'
        f"{above}<article>{body}</article></body></html>"
    )
    found = extract.article(html, URL, entry=entry, rules=RULES, settings=ExtractSettings())
    assert isinstance(found, Article), found
    return found


PARAGRAPHS = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


@pytest.mark.parametrize("description", [LEAD, "", "Alles zur neuen Brücke lesen Sie nur bei uns"])
@pytest.mark.parametrize(
    "above", [f'<p class="lead">{LEAD}</p>', f"<p>{LEAD}</p>", f"<h2>{LEAD}</h2>"]
)
def test_prose_between_headline_and_text_is_the_lead(above: str, description: str) -> None:
    found = article(PARAGRAPHS, above=above, description=description)

    assert (found.lead, found.text) == (LEAD, TEXT)


@pytest.mark.parametrize(
    "above",
    [
        f"<figure><img src='a.jpg'><figcaption>{LEAD}</figcaption></figure>",
        f'<div class="image-caption"><p>{LEAD}</p></div>',
        f'<p><a href="/b.html">{LEAD}</a></p>',
        "<p>Lesen Sie auch: Streit um den Markt spitzt sich zu und niemand weiß warum.</p>",
        "<p>Von Jana Holm</p>",
    ],
)
def test_other_things_between_headline_and_text_are_not(above: str) -> None:
    found = article(PARAGRAPHS, above=above)

    assert (found.lead, found.text) == ("", TEXT)


@pytest.mark.parametrize(
    "first",
    [
        f'<p class="article__intro">{LEAD}</p>',
        f"<p><strong>{LEAD}</strong></p>",
        f"<div><p>{LEAD}</p></div>",
    ],
)
def test_a_first_paragraph_that_is_set_off_is_the_lead(first: str) -> None:
    found = article(first + PARAGRAPHS, description=LEAD)

    assert (found.lead, found.text) == (LEAD, TEXT)


@pytest.mark.parametrize("description", ["", "Brücke, Bau und Stadt: alle Infos auf einen Blick"])
@pytest.mark.parametrize(
    "first",
    [
        f'<p class="vorspann">{LEAD}</p>',
        f'<h2 class="article__subtitle">{LEAD}</h2>',
        f"<p><strong>{LEAD}</strong></p>",
        f'<div class="intro"><p>{LEAD}</p></div>',
    ],
)
def test_a_first_paragraph_that_is_marked_needs_no_description(
    first: str, description: str
) -> None:
    found = article(first + PARAGRAPHS, description=description)

    assert (found.lead, found.text) == (LEAD, TEXT)


@pytest.mark.parametrize(
    "body",
    [
        PARAGRAPHS.replace("<p>", "<p><b>").replace("</p>", "</b></p>"),
        f'<div class="intro">{PARAGRAPHS}</div>',
        f"<p><b>Stadt baut.</b> {FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>",
    ],
)
def test_a_first_paragraph_marked_up_like_the_others_is_none(body: str) -> None:
    assert article(body).lead == ""


@pytest.mark.parametrize("description", [FIRST, f"{FIRST[:90]} …", f"{FIRST[:90]}..."])
def test_a_description_copied_from_the_first_paragraph_is_no_lead(description: str) -> None:
    found = article(PARAGRAPHS, description=description)

    assert (found.lead, found.text) == ("", TEXT)


def test_a_description_for_search_engines_is_no_lead() -> None:
    assert (
        article(PARAGRAPHS, description="Stadt, Brücke, Bau: alle Infos lesen Sie hier").lead == ""
    )


def test_the_lead_of_json_ld_is_taken_where_the_page_shows_it() -> None:
    said = f'{{"@type": "NewsArticle", "headline": "Stadt baut neu", "description": "{LEAD}"}}'
    head = f'<script type="application/ld+json">{said}</script>'

    assert article(PARAGRAPHS, head=head, above=f"<div><span>{LEAD}</span></div>").lead == LEAD
    assert article(PARAGRAPHS, head=head).lead == ""


def test_the_feeds_teaser_helps_to_tell_it() -> None:
    short = "Brücke: Stadt baut neu, Land zahlt"
    entry = Entry(key="1", link=URL, title="Stadt baut neu", content_hash="", summary=short)

    assert article(PARAGRAPHS, above=f"<div>{short}</div>", entry=entry).lead == short


# --- what the lead's neighbours say ----------------------------------------------------------


def test_where_the_page_gives_but_a_day_the_feed_gives_the_hour() -> None:
    hour = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    entry = Entry("1", URL, "Stadt baut neu", "", published_at=hour)
    day = '<meta property="article:published_time" content="2026-03-02">'
    other = '<meta property="article:published_time" content="2026-02-20">'
    exact = '<meta property="article:published_time" content="2026-03-02T17:45:00+01:00">'

    assert article(PARAGRAPHS, head=day, entry=entry).published_at == hour
    assert article(PARAGRAPHS, head=other, entry=entry).published_at == datetime(
        2026, 2, 20, tzinfo=UTC
    )
    assert article(PARAGRAPHS, head=exact, entry=entry).published_at == datetime(
        2026, 3, 2, 16, 45, tzinfo=UTC
    )


def test_initials_of_a_named_author_are_not_another_author() -> None:
    head = '<meta name="author" content="Max Müller">'

    found = article(f"{PARAGRAPHS}<p>mmü/gom/dpa</p>", head=head)

    assert found.authors == ("Max Müller", "gom")


@pytest.mark.parametrize(
    ("letters", "name", "told"),
    [
        ("mmü", "Max Müller", True),
        ("mm", "Max Müller", True),
        ("mül", "Max Müller", True),
        ("gom", "Max Müller", False),
        ("xm", "Max Müller", False),
    ],
)
def test_initials(letters: str, name: str, *, told: bool) -> None:
    assert people.are_initials(letters, name) is told


def test_without_an_address_the_pages_own_identifies_it() -> None:
    html = f'<html><head><link rel="canonical" href="{URL}"></head><body>{PARAGRAPHS}</body></html>'

    found = extract.article(html, "", entry=None, rules=RULES, settings=ExtractSettings())

    assert isinstance(found, Article)
    assert found.canonical_url == URL


@pytest.mark.parametrize(
    "above",
    [
        f'<div class="article-teaser"><p>{LEAD}</p></div>',
        f'<header class="update-candidate"><p>{LEAD}</p></header>',
        # A player and a printed version say the headline once more.
        f'<p class="lead">{LEAD}</p><div><h3>Stadt baut neu</h3><span>00:00</span></div>',
        f'<p class="lead">{LEAD}</p><h1>Stadt baut neu</h1>',
    ],
)
def test_the_lead_is_found_however_its_box_is_named(above: str) -> None:
    found = article(PARAGRAPHS, above=above)

    assert (found.lead, found.text) == (LEAD, TEXT)


def test_a_headline_that_is_no_heading_stands_above_the_lead_too() -> None:
    html = (
        f"<html lang='de'><head><title>Stadt baut neu</title></head><body><div>Stadt baut neu</div>"
        f"<div><p class='intro'>{LEAD}</p></div><article>{PARAGRAPHS}</article></body></html>"
    )
    found = extract.article(html, URL, entry=None, rules=RULES, settings=ExtractSettings())

    assert isinstance(found, Article)
    assert (found.lead, found.text) == (LEAD, TEXT)


def test_a_lead_may_have_paragraphs() -> None:
    more = "Die Stadt rechnet mit zwei Jahren."
    found = article(PARAGRAPHS, above=f'<div class="preamble"><p>{LEAD}</p><p>{more}</p></div>')

    assert (found.lead, found.text) == (f"{LEAD} {more}", TEXT)


def test_the_dateline_of_a_lead_is_kept_as_the_agency() -> None:
    found = article(PARAGRAPHS, above=f'<p class="lead">Aldenburg (dpa) - {LEAD}</p>')

    assert (found.lead, found.agency) == (LEAD, "dpa")
    assert ("Aldenburg (dpa) -", "dateline") in [(r.text, r.reason) for r in found.removed]


@pytest.mark.parametrize(
    "box", ["affiliate-disclaimer", "expert-reviewed", "contact-popup", "embed-label", "tool-tip"]
)
def test_prose_in_a_box_named_otherwise_is_no_lead(box: str) -> None:
    above = f"<div class='{box}'><p>{LEAD}</p></div>"
    assert article(PARAGRAPHS, above=above).lead == ""
    assert article(PARAGRAPHS, above=above, description=LEAD).lead == LEAD


@pytest.mark.parametrize(
    "bio",
    [
        "Ida Brandt schreibt seit zehn Jahren über Brücken, Straßen und das Rathaus der Stadt.",
        "Ida ist Redakteurin beim Kurier und schreibt über Brücken, Straßen und das Rathaus.",
        "Ida is a reporter with the Courier, and has been writing about bridges for ten years.",
    ],
)
def test_what_tells_of_the_author_is_no_lead(bio: str) -> None:
    head = '<meta name="author" content="Ida Brandt">'
    above = f"<div class='head'><p>{bio}</p></div>"
    assert article(PARAGRAPHS, above=above, head=head).lead == ""
    assert article(PARAGRAPHS, above=above, head=head, description=bio).lead == bio
    assert article(PARAGRAPHS, above=above).lead == bio, "of another it tells something"
    both = f"{above}<p>{LEAD}</p>"
    assert article(PARAGRAPHS, above=both, head=head).lead == LEAD
