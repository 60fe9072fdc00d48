"""Which headlines are surely copies, and which surely are not."""

from datetime import UTC, datetime, timedelta

from aggregator.evaluation.clustering.frontpages import copies, strangers
from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.corpora import Half

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def pages(*found: tuple[str, str, float]) -> list[Document]:
    return [
        Document(f"{n}", Half.DEVELOPED, "", title, "", "de", NOON + timedelta(days=days), outlet)
        for n, (title, outlet, days) in enumerate(found)
    ]


def test_the_same_headline_at_two_outlets_is_a_copy_whatever_its_kicker() -> None:
    found = pages(
        ("Viele Knochenbrüche nach Stürzen – Kliniken am Limit", "welt", 0),
        ("Wetter: Viele Knochenbrüche nach Stürzen - Kliniken am Limit", "zeit", 0),
        ("Viele Knochenbrüche nach Stürzen – Kliniken am Limit", "welt", 2),
        ("Viele Knochenbrüche nach Stürzen", "gmx", 0),
    )
    assert copies(found) == [(0, 1), (1, 2)]


def test_short_headlines_and_such_with_dates_say_nothing() -> None:
    short = pages(("Wetter: Frost und Sonne", "welt", 0), ("Frost und Sonne", "zeit", 0))
    dated = pages(
        ("Was geschah eigentlich am 3. Januar?", "welt", 0),
        ("Was geschah eigentlich am 3. Januar?", "zeit", 0),
    )
    assert copies(short) == copies(dated) == []


def test_what_differs_in_a_date_a_number_or_a_sign_alone_is_no_copy() -> None:
    found = pages(
        ("Kalender: Was geschah wohl am 3. Januar?", "welt", 0),
        ("Kalender: Was geschah wohl am 4. Januar?", "zeit", 0),
        ("Das sagen die Sterne für Fische", "bild", 0),
        ("Das sagen die Sterne für Jungfrau", "bild", 0),
        ("Das sagen die Sterne für Jungfrau", "gmx", 0),
    )
    assert strangers(found) == [(0, 1), (2, 3), (2, 4)]


def test_another_days_weather_is_another_piece_and_the_same_days_need_not_be() -> None:
    found = pages(
        ("Wetter: Frost und Sonne zwischen den Jahren", "zeit", 0),
        ("Wetter: Der Himmel im Norden zieht zu", "zeit", 1),
        ("Wetter: Glätte und Sprühregen in Hessen", "zeit", 1.2),
        ("Wetter: Frost und Sonne zwischen den Jahren", "zeit", 2),
        ("Wetter: Glätte in Bayern", "welt", 3),
        ("Ein Museum für den Frost", "zeit", 4),
    )
    assert strangers(found) == [(0, 1), (0, 2), (1, 3)]
