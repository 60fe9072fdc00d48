"""The rank of stories: every part lifts, none is lost, and the clock moves nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.ranking import Figures, floor, rank

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIGURES = st.builds(
    Figures,
    texts=st.integers(1, 2000),
    outlets=st.integers(1, 2000),
    joined=st.integers(0, 2000),
    last_at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds come without a zone
)


def test_a_lone_report_stands_at_its_time() -> None:
    lone = rank(Figures(texts=1, outlets=1, joined=0, last_at=NOON))
    assert (lone.texts, lone.outlets, lone.speed) == (0, 0, 0)
    assert lone.score == floor(NOON) == NOON.timestamp() / 3600


@given(FIGURES)
def test_the_parts_add_up_to_the_score(figures: Figures) -> None:
    found = rank(figures)
    parts = found.texts + found.outlets + found.speed
    assert found.score == pytest.approx(floor(figures.last_at) + parts, abs=0.02)


@given(FIGURES, st.integers(1, 500))
def test_more_of_anything_never_sinks_a_story(figures: Figures, more: int) -> None:
    score = rank(figures).score
    assert rank(replace(figures, texts=figures.texts + more)).score >= score
    assert rank(replace(figures, outlets=figures.outlets + more)).score >= score
    assert rank(replace(figures, joined=figures.joined + more)).score >= score
    later = figures.last_at + timedelta(seconds=more)
    assert rank(replace(figures, last_at=later)).score >= score


@given(FIGURES)
def test_no_story_stands_below_the_floor_of_its_time(figures: Figures) -> None:
    assert rank(figures).score >= round(floor(figures.last_at), 4)


def test_an_own_text_is_worth_more_than_a_copy() -> None:
    lone = Figures(texts=1, outlets=1, joined=0, last_at=NOON)
    own = rank(replace(lone, texts=2, outlets=2)).score
    assert own > rank(replace(lone, outlets=3)).score > rank(lone).score
