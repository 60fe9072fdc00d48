"""The headline of a story: what most say, without shouting, and never one that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.headlines import Candidate, choose

PLAIN = "Three hurt in fire at recycling plant near Linz"


def told(*titles: str, outlets: tuple[int, ...] = (), language: str = "en") -> list[Candidate]:
    """Headlines in the order of their time, each with the outlets that carry its text."""
    carried = outlets or (1,) * len(titles)
    return [
        Candidate(at, title, language, count)
        for at, (title, count) in enumerate(zip(titles, carried, strict=True), start=1)
    ]


@pytest.mark.parametrize(
    "worse",
    [
        "BREAKING: THREE HURT IN FIRE AT RECYCLING PLANT",
        "Three hurt in fire at recycling plant!!!",
        "+++ Three hurt in fire at recycling plant +++",
        "Why did the recycling plant near Linz burn?",
        "What we know of the fire near Linz",
        "Here's what we know about the recycling plant fire",
        "The fire at the recycling plant near Linz and then …",
        "Live updates: fire at recycling plant near Linz",
        "Fire",
    ],
)
def test_who_shouts_or_only_makes_curious_stands_back(worse: str) -> None:
    found = choose(told(worse, PLAIN))
    assert found is not None
    assert found.candidate.title == PLAIN


@pytest.mark.parametrize(
    "worse",
    [
        "EILMELDUNG: Feuer im Recyclinghof bei Linz",
        "Darum brannte es im Recyclinghof bei Linz",
        "Was über das Feuer bei Linz bekannt ist",
        "5 Fakten zum Feuer im Recyclinghof bei Linz",
        "Feuer im Recyclinghof bei Linz im Liveticker",
        "Kommentar: Feuer im Recyclinghof bei Linz",
    ],
)
def test_so_it_is_in_german(worse: str) -> None:
    plain = "Drei Verletzte nach Feuer im Recyclinghof bei Linz"
    found = choose(told(worse, plain, language="de-AT"))
    assert found is not None
    assert found.candidate.title == plain
    assert "plain" in found.reasons


def test_what_most_say_is_taken() -> None:
    found = choose(told("A black day for the town of Steyregg", PLAIN, "Fire at Linz plant"))
    assert found is not None
    assert found.candidate.title == PLAIN
    assert found.reasons == ("agrees",)


def test_the_text_that_most_carry_has_it() -> None:
    found = choose(told("Fire near Linz hurts three workers", PLAIN, outlets=(1, 9)))
    assert found is not None
    assert found.candidate.title == PLAIN
    assert "most_outlets" in found.reasons


def test_it_is_in_the_language_of_the_most() -> None:
    german = Candidate(9, "Drei Verletzte nach Feuer bei Linz", "de", 3)
    found = choose([*told(PLAIN, "Fire near Linz hurts three"), german])
    assert found is not None
    assert found.candidate == german
    assert found.reasons == ("only",)


@pytest.mark.parametrize("sign", [".", "?", "…", "!", "+", "wie "])
def test_headlines_of_nothing_but_signs_take_no_time(sign: str) -> None:
    """Cards are made while nobody else can write: it would be a quarter of an hour."""
    endless = [f"{sign * (5_000 // len(sign))}{at}" for at in range(80)]
    found = choose(told(*endless, PLAIN, outlets=(1,) * 80 + (5,)))
    assert found is not None
    assert found.candidate.title == PLAIN


def test_a_long_one_makes_curious_at_its_end_too() -> None:
    found = choose(told("Fire at recycling plant near Linz " * 40 + "?", PLAIN, PLAIN))
    assert found is not None
    assert found.candidate.title == PLAIN


def test_without_any_there_is_none() -> None:
    assert choose([]) is None
    assert choose(told(" ")) is None


@given(st.lists(st.tuples(st.text(max_size=120), st.integers(1, 50)), max_size=8))
def test_one_of_them_is_taken_for_a_reason(drawn: list[tuple[str, int]]) -> None:
    candidates = [Candidate(at, title, "en", count) for at, (title, count) in enumerate(drawn)]
    found = choose(candidates)
    if found is None:
        assert not any(title.strip() for title, _ in drawn)
    else:
        assert found.candidate in candidates
        assert found.candidate.title.strip()
        assert found.reasons
