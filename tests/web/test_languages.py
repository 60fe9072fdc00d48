"""The desk in other languages: nothing is left in English, and nothing is said wrongly."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.errors import UsageError
from aggregator.web.languages import Telling, languages, preferred, zone_named
from tests.support.messages import catalogued, said

_PLACES = re.compile(r"%\(\w+\)[sd]|%%")


def test_every_message_has_a_translation() -> None:
    known = {message.id: message for _, message in catalogued("de")}
    untold = {
        message: where
        for message, where in said().items()
        if message not in known or not all(_forms(known[message].string))
    }
    assert untold == {}


def test_every_translation_is_said_somewhere() -> None:
    wanted = said()
    assert [(name, each.id) for name, each in catalogued("de") if each.id not in wanted] == []


def test_translations_keep_the_places_of_what_is_put_in() -> None:
    wrong = [
        (name, each.id)
        for name, each in catalogued("de")
        for form in _forms(each.string)
        if set(_PLACES.findall(form)) != set(_PLACES.findall(_forms(each.id)[-1]))
    ]
    assert wrong == []


def test_no_two_catalogues_say_a_message_differently() -> None:
    told: dict[object, set[object]] = {}
    for _, each in catalogued("de"):
        told.setdefault(each.id, set()).add(each.string)
    assert {message: said for message, said in told.items() if len(said) > 1} == {}


def test_no_translation_is_left_doubtful() -> None:
    assert [(name, each.id) for name, each in catalogued("de") if each.fuzzy] == []


def _forms(text: object) -> tuple[str, ...]:
    assert isinstance(text, str | tuple)
    return (text,) if isinstance(text, str) else text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr, de;q=0.2, en;q=0.1", "de"),
        ("en-GB,de;q=0.9", "en"),
        ("de;q=0", "en"),
        ("de;q=nonsense,;;,*", "en"),
        ("x" * 10_000, "en"),
    ],
)
def test_the_language_is_the_one_that_the_browser_likes_best(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


NOW = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "english", "german"),
    [
        (timedelta(seconds=20), "just now", "gerade eben"),
        (timedelta(minutes=5), "5 min ago", "vor 5 Min."),
        (timedelta(hours=3), "3 h ago", "vor 3 Std."),
        (timedelta(hours=30), "yesterday", "gestern"),
        (timedelta(days=3), "3 days ago", "vor 3 Tagen"),
        (timedelta(days=20), "6 Nov", "6. Nov."),
        (timedelta(days=400), "23 Oct 2025", "23. Okt. 2025"),
    ],
)
def test_times_are_told_by_how_long_ago_they_are(
    before: timedelta, english: str, german: str
) -> None:
    spoken, zone = languages(), ZoneInfo("Europe/Berlin")
    told = [Telling(spoken[code], zone, NOW).ago(NOW - before) for code in ("en", "de")]
    assert told == [english, german]


def test_times_are_told_in_the_desks_own_zone() -> None:
    told = Telling(languages()["de"], ZoneInfo("Europe/Berlin"), NOW)
    assert told.clock("2026-11-26T22:10:00Z") == "23:10"
    assert told.clock(NOW + timedelta(hours=1)) == "27. Nov., 00:30"
    assert told.moment(NOW) == "Do., 26. Nov. 2026, 23:30"
    assert told.number(12345.5) == "12.345,5"


@pytest.mark.parametrize("name", ["Nowhere/Atlantis", "../etc", "/etc/passwd", "a\0b"])
def test_a_zone_that_there_is_none_of_is_told(name: str) -> None:
    with pytest.raises(UsageError, match="no time zone is called"):
        zone_named(name)


def test_without_a_name_the_zone_is_that_of_this_machine() -> None:
    assert NOW.astimezone(zone_named(None)).utcoffset() == NOW.astimezone().utcoffset()
