"""How alike two copy groups are as reports on one event: by terms, language and time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.stories import (
    TermFrequencies,
    centre,
    digest,
    keys,
    likeness,
    shared_terms,
    vector,
)
from aggregator.model import StoryText
from aggregator.settings import ClusterSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = timedelta(hours=48)
LIKENESS = ClusterSettings().story_likeness
TERMS = "aldenburg brücke sperrung gutachten bürgermeisterin umleitung".split()
STREAM = TermFrequencies(1_000, {"brücke": 40, "polizei": 400, "jahr": 900})
WEIGHTS = st.dictionaries(
    st.sampled_from([*TERMS, "polizei", "jahr"]), st.floats(0.5, 20), max_size=8
)


def text(
    n: int, terms: Mapping[str, float], *, hours: float = 0, language: str | None = "de"
) -> StoryText:
    moment = NOW + timedelta(hours=hours)
    told = vector(terms, STREAM)
    return StoryText(n, language, moment, moment, told, f"Titel {n}", f"outlet {n}")


def about(*terms: str) -> dict[str, float]:
    return dict.fromkeys(terms, 2.0)


NEW = text(1, about(*TERMS))
ALIKE = text(2, about(*TERMS[:5], "polizei"), hours=-2)
STRANGE = text(3, about("wahl", "stimmen", "partei", "jahr"), hours=-1)


def test_reports_on_one_event_are_alike_and_others_are_not() -> None:
    assert likeness(NEW, ALIKE, WINDOW) >= LIKENESS
    assert likeness(NEW, STRANGE, WINDOW) == 0


def test_one_shared_term_is_no_likeness() -> None:
    assert likeness(text(1, about("wahl")), text(2, about("wahl")), WINDOW) == 0
    assert likeness(text(1, about("wahl", "x")), text(2, about("wahl", "x")), WINDOW) == 1


def test_the_terms_that_make_the_likeness_are_told() -> None:
    assert set(shared_terms(NEW, ALIKE)) == set(TERMS[:5])
    assert shared_terms(NEW, ALIKE)[-1] == "brücke"


@pytest.mark.parametrize(("language", "alike"), [("de", True), ("de-AT", True), ("en", False)])
def test_languages_are_not_compared(language: str, alike: bool) -> None:
    other = replace(ALIKE, language=language)
    assert (likeness(NEW, other, WINDOW) > 0) is alike
    assert bool(keys(NEW).keys() & keys(other).keys()) is alike


def test_likeness_fades_with_time_and_ends_with_the_window_both_ways() -> None:
    found = [likeness(NEW, text(2, about(*TERMS), hours=h), WINDOW) for h in (0, 12, 24, 47.9)]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[1] > found[-1] > 0
    for hours in (48.1, -48.1):
        assert likeness(NEW, text(2, about(*TERMS), hours=hours), WINDOW) == 0


def test_likeness_is_halved_with_each_half_of_the_window() -> None:
    terms = {f"term{n}": 1.0 for n in range(40)}
    now, half, whole = (
        likeness(text(1, terms), text(2, terms, hours=h), WINDOW) for h in (0, 24, 48)
    )
    assert half / now == pytest.approx(whole / half, abs=1e-3)
    assert half < now / 2 < 1.1 * half


def test_the_same_share_of_terms_says_more_between_headlines_than_between_texts() -> None:
    def half_shared(size: int) -> float:
        own, other = (
            {f"{'both' if n % 2 else who}{n}": 1.0 for n in range(size)} for who in ("a", "b")
        )
        return likeness(text(1, own), text(2, other), WINDOW)

    assert half_shared(4) > half_shared(8) > half_shared(16) == half_shared(64)


def test_time_is_counted_between_the_nearest_articles_of_two_groups() -> None:
    long = replace(text(2, about(*TERMS), hours=-100), last_at=NOW)
    assert likeness(NEW, long, WINDOW) == 1


def test_two_pieces_of_one_series_at_one_outlet_are_two_events() -> None:
    first, second = (
        replace(NEW, id=day, title=f"Das Wetter am {day}. März", outlet="kurier") for day in (1, 2)
    )
    assert likeness(first, second, WINDOW) == 0
    assert likeness(first, replace(second, outlet="bote"), WINDOW) == 1


@given(WEIGHTS, WEIGHTS)
def test_likeness_is_symmetric_and_a_share(a: dict[str, float], b: dict[str, float]) -> None:
    one, other = text(1, a), text(2, b)
    assert likeness(one, other, WINDOW) == likeness(other, one, WINDOW)
    assert 0 <= likeness(one, other, WINDOW) <= 1
    assert set(shared_terms(one, other)) <= a.keys() & b.keys()


@given(WEIGHTS)
def test_keys_are_of_the_most_telling_terms_whatever_their_order(terms: dict[str, float]) -> None:
    made = keys(text(1, terms))
    assert len(made) == len(terms)
    assert made == keys(text(1, dict(reversed(terms.items()))))


def test_no_more_than_24_keys() -> None:
    terms = {f"term{n}": float(n + 1) for n in range(60)}
    made = keys(text(1, terms))
    assert len(made) == 24
    assert min(made.values()) == sorted(vector(terms, STREAM).values())[-24]


def test_a_rare_term_tells_more_than_a_common_one() -> None:
    assert STREAM.idf("aldenburg") > STREAM.idf("brücke") > STREAM.idf("jahr") > 0
    assert TermFrequencies(0, {}).idf("x") > 0


def test_a_group_says_what_its_versions_say_on_average() -> None:
    assert centre([{"a": 2.0}, {"a": 1.0, "b": 1.0}]) == {"a": 1.5, "b": 0.5}


def test_another_text_has_another_digest() -> None:
    assert len({digest("a", "b"), digest("ab"), digest("a", "c"), digest("a")}) == 4
    assert 0 <= digest("a") < 2**63
