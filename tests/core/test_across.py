"""Likeness across languages: names, numbers and roots meet, whatever the alphabet."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core import across
from aggregator.model import StoryText

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = timedelta(hours=48)


def text(language: str | None, terms: Mapping[str, float], hours: float = 0) -> StoryText:
    at = NOW + timedelta(hours=hours)
    return StoryText(1, language, at, at, dict(terms), "", "press.example")


def even(*terms: str) -> dict[str, float]:
    return {term: len(terms) ** -0.5 for term in terms}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("medaille", "judo"), ("médaille", "judo")),
        (("putin", "tokyo"), ("путин", "токио")),
        (("olympics", "zapata"), ("olímpicos", "sapata")),
        (("7:5", "marathon"), ("7:5", "maratona")),
    ],
)
def test_names_numbers_and_roots_meet(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    one, other = text("en", even(*left)), text("pt", even(*right))
    assert across.likeness(one, other, WINDOW) == pytest.approx(0.7, abs=1e-3)
    assert across.keys(one).keys() == across.keys(other).keys()


def test_one_shared_root_is_not_enough() -> None:
    one, other = text("en", even("tokyo", "earthquake")), text("es", even("tokio", "gobierno"))
    assert across.likeness(one, other, WINDOW) == 0
    assert [(each.name, each.found) for each in across.questions(one, other, WINDOW)][-1] == (
        "terms",
        1,
    )


def test_short_words_say_nothing() -> None:
    assert across.roots(text("en", even("die", "gold", "12"))).keys() == {"gold", "12"}


def test_likeness_fades_with_time_and_ends_with_the_window() -> None:
    terms = even("tokyo", "judo")
    found = [
        across.likeness(text("en", terms), text("es", terms, hours), WINDOW)
        for hours in (0, 24, 49)
    ]
    assert found[0] > found[1] > found[2] == 0


def test_what_is_shared_is_named_the_strongest_first() -> None:
    one = text("en", {"tokyo": 0.8, "judo": 0.6, "day": 0.1})
    other = text("es", {"tokio": 0.8, "judo": 0.6})
    assert across.shared_roots(one, other) == ("tokio", "judo")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("en", "de", True), ("en", "en-GB", False), ("en", None, False), (None, None, False)],
)
def test_a_language_that_is_unknown_is_no_other(
    one: str | None, other: str | None, *, expected: bool
) -> None:
    assert across.are_of_two_languages(text(one, {}), text(other, {})) is expected
