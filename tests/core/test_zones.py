"""By which clock a page tells its times where it names no zone."""

from datetime import UTC, datetime

import pytest

from aggregator.core import page, times, zones
from aggregator.core.metadata import day, read

SUMMER = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "tags", "name"),
    [
        ("https://www.kurier.de/a", (), "Europe/Berlin"),
        ("https://kurier.at/a", ("en",), "Europe/Vienna"),
        ("https://www.courier.co.uk/a", ("en-US",), "Europe/London"),
        ("https://kurier.com/a", ("de",), "Europe/Berlin"),
        ("https://kurier.com/a", ("de_CH", "de"), "Europe/Zurich"),
        ("https://correio.com/a", ("pt-BR",), "America/Sao_Paulo"),
        ("https://diario.com.co/a", (), "America/Bogota"),
        ("", ("sv",), "Europe/Stockholm"),
    ],
)
def test_the_country_tells_the_zone(url: str, tags: tuple[str, ...], name: str) -> None:
    assert str(zones.of_page(url, tags)) == name


@pytest.mark.parametrize(
    ("url", "tags"),
    [
        ("https://courier.com/a", ("en", "en-US", "en_CA")),
        ("https://correo.com/a", ("es",)),
        ("https://startup.co/a", ()),
        ("https://10.0.0.1/a", ()),
        ("", ("", "x", "zz-ZZ", "es-419")),
    ],
)
def test_no_zone_is_made_up(url: str, tags: tuple[str, ...]) -> None:
    assert zones.of_page(url, tags) is None


def test_a_time_without_a_zone_is_read_by_the_clock_of_its_country() -> None:
    berlin = zones.of_page("https://kurier.de", ())

    assert times.first(("2026-07-02T14:00:00",), zone=berlin) == SUMMER
    assert times.first(("2026-12-02 13:00",), zone=berlin) == SUMMER.replace(month=12)
    assert times.first(("2026-07-02T14:00:00",)) == SUMMER.replace(hour=14)
    assert times.first(("2026-07-02T12:00Z",), zone=berlin) == SUMMER


def test_a_day_stays_the_day_in_every_zone() -> None:
    berlin = zones.of_page("https://kurier.de", ())

    assert times.first(("2026-07-02",), zone=berlin) == SUMMER.replace(hour=0)


@pytest.mark.parametrize(
    "texts",
    [
        # Midnight with a zone is a day, too.
        ("2026-07-02T00:00:00+02:00", "2026-07-02T12:00:00Z"),
        # One clock, and only one of the two knows its zone.
        ("2026-07-02T14:00:03Z", "2026-07-02T14:00:00+02:00"),
        ("2026-07-02T12:00:00Z", "2026-07-02T12:30:00+02:00"),
        ("2026-07-02T14:00:00+02:00", "2026-07-02T14:00:00Z"),
        ("2026-07-02T14:00:00CEST",),
        ("2026-07-02 08:00:00 EDT",),
        ("2026-07-02T12:00:0Z",),
        ("Thu Jul 02 2026 14:00:00 GMT+0200 (Mitteleuropäische Sommerzeit)",),
    ],
)
def test_the_clock_that_a_page_means(texts: tuple[str, ...]) -> None:
    assert times.first(texts) == SUMMER


def test_a_zone_of_no_known_name_is_none() -> None:
    assert times.parse("2026-07-02T12:00:00 XYZ") == SUMMER.replace(tzinfo=None)
    assert times.parse("2026-07-02 12:00 Uhr") == SUMMER.replace(tzinfo=None)


def test_a_page_is_read_by_the_clock_of_its_country() -> None:
    tree = page.parse(
        "<html><head><meta property='article:published_time' content='2026-07-02T14:00:00'>"
        "<meta property='article:modified_time' content='2026-07-02T16:00:00'></head>"
        "<body><p>x</p></body></html>"
    )
    assert tree is not None

    found = read(tree, "https://www.kurier.de/a")

    assert (found.published_at, found.updated_at) == (SUMMER, SUMMER.replace(hour=14))


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("<time datetime='2026-07-02T14:00:00'>heute</time>", SUMMER),
        ("<time datetime='2026-07-02T14:00:00+02:00'>heute</time>", SUMMER),
        ("<time datetime='2026-07-02'>heute</time>", SUMMER.replace(hour=0)),
        ("<time>heute</time>", SUMMER.replace(hour=0)),
        (
            "<time datetime=2026-07-02>heute</time><time datetime=2026-07-09T14:00Z>bald</time>",
            SUMMER.replace(hour=0),
        ),
    ],
)
def test_a_day_that_is_found_takes_the_hour_that_is_shown(shown: str, moment: datetime) -> None:
    tree = page.parse(f"<html><body><p>Erschienen am 2.7.2026</p><p>Text</p>{shown}</body></html>")
    assert tree is not None
    berlin = zones.of_page("https://kurier.de", ())

    assert day(tree, "https://kurier.de/a", zone=berlin) == moment
