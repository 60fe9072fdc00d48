"""The date below a headline, as a reader sees it."""

from datetime import UTC, datetime

import pytest

from aggregator.core import dateline, extract, zones
from aggregator.model import Article
from aggregator.settings import ExtractSettings

TITLE = "Aldenburg baut seine Brücke neu"
DAY = datetime(2026, 7, 2, tzinfo=UTC)
NOON = DAY.replace(hour=12)
BERLIN = zones.of_page("https://kurier.de", ())


def below(*lines: str) -> datetime | None:
    return dateline.below_headline(("Menü", "1. Mai 2020", TITLE, *lines), (TITLE,), BERLIN)


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("2. Juli 2026", DAY),
        ("02.07.2026", DAY),
        ("Veröffentlicht am 2. 7. 2026", DAY),
        ("Von Anna Berg | 02.07.2026, 14:00 Uhr", NOON),
        ("Donnerstag, 2. Juli 2026 um 14.00 Uhr", NOON),
        ("July 2, 2026 at 2:00 pm", NOON),
        ("2 July 2026 - 14:00", NOON),
        ("2026-07-02 14:00", NOON),
    ],
)
def test_the_date_below_the_headline_is_read(line: str, moment: datetime) -> None:
    assert below("Von Anna Berg", line, "1.1.2020") == moment


@pytest.mark.parametrize(
    "line",
    [
        "Termin: 2. Juli 2026",
        "Zuletzt aktualisiert: 02.07.2026",
        "Last updated July 2, 2026",
        "Protokoll der Sitzung vom 2.7.2026",
        "BR24 im Radio am 02.07.2026 um 14:00 Uhr",
        "Am 2. Juli 2026 hat der Rat der Stadt Aldenburg beschlossen, die Brücke neu zu bauen.",
        "02/07/2026",
        "31.02.2026",
        "Version 2.7.2026.1 und 12345",
        "",
    ],
)
def test_what_is_no_date_of_the_text_is_not_read(line: str) -> None:
    assert below(line) is None


def test_only_what_is_near_the_headline_counts() -> None:
    assert below(*["Zeile"] * 10, "2. Juli 2026") is None
    assert dateline.below_headline(("2. Juli 2026",), (TITLE,), BERLIN) is None


TEXT = "<p>Die Stadt Aldenburg baut ihre Brücke über den Fluss neu, sagte Ole Fink im Rathaus.</p>"


@pytest.mark.parametrize(
    ("head", "line", "moment"),
    [
        ("", "<p>2. Juli 2026</p><p>Am 3. August 2026 wird gefeiert.</p>", DAY),
        ("", "<p>2. Juli 2026, 14:00 Uhr</p>", NOON),
        ("", "<p>2. Juli 2026</p><time datetime='2026-07-02T14:00'>heute</time>", NOON),
        ("2026-07-02", "<p>2. Juli 2026, 14:00 Uhr</p>", NOON),
        # What machines are told is not overruled by another day.
        ("2026-07-02", "<p>3. Juli 2026, 14:00 Uhr</p>", DAY),
        ("2026-07-02T12:00:00Z", "<p>2. Juli 2026, 18:00 Uhr</p>", NOON),
    ],
)
def test_an_article_has_the_date_that_is_shown(head: str, line: str, moment: datetime) -> None:
    said = f"<meta property='article:published_time' content='{head}'>" if head else ""
    html = f"<html lang=de><head>{said}</head><body><h1>{TITLE}</h1>{line}{TEXT * 3}</body></html>"

    found = extract.article(
        html, "https://kurier.de/a", entry=None, rules=(), settings=ExtractSettings(min_words=0)
    )

    assert isinstance(found, Article)
    assert found.published_at == moment
