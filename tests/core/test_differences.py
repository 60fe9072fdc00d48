"""What a new version of an article changes."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.differences import Changed, Line, differences
from aggregator.model import Article, Removed

TIME = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = Article(
    "https://post.example/1",
    "https://post.example/1",
    "Bridge closed",
    "One.\nTwo.\nRead more: All about it\nThree.",
    authors=("Ann Other",),
)


def test_nothing_changes() -> None:
    assert not differences(BEFORE, replace(BEFORE, url="https://post.example/1?a"))


def test_fields_are_shown_as_texts() -> None:
    after = replace(BEFORE, title="Elbe bridge closed", authors=("Ann Other", "Bo"), agency="dpa")
    after = replace(after, published_at=TIME)
    assert differences(BEFORE, after).fields == (
        Changed("title", "Bridge closed", "Elbe bridge closed"),
        Changed("authors", "Ann Other", "Ann Other, Bo"),
        Changed("agency", "", "dpa"),
        Changed("published_at", "", "2026-03-01T12:00:00+00:00"),
    )


def test_a_line_that_goes_says_why() -> None:
    removed = (Removed("Read more: All about it", "teaser list", 2),)
    after = replace(BEFORE, text="One.\nTwo.\nThree.\nFour.", removed=removed)
    found = differences(BEFORE, after)
    assert found.lines == (
        Line("-", "Read more: All about it", "teaser list"),
        Line("+", "Four."),
    )
    assert found.stripped == Changed("stripped", "", "teaser list 1")
    back = differences(after, BEFORE)
    assert back.lines[-1] == Line("+", "Read more: All about it", "teaser list")


def test_lines_that_only_moved_are_a_change() -> None:
    found = differences(BEFORE, replace(BEFORE, text="Two.\nOne.\nRead more: All about it\nThree."))
    assert found.lines == (Line("-", "One.", "moved"), Line("+", "Two.", "moved"))


def test_another_reason_is_a_change() -> None:
    one = replace(BEFORE, removed=(Removed("x", "teaser", 1),))
    two = replace(BEFORE, removed=(Removed("x", "teaser list", 1),))
    assert differences(one, two).stripped == Changed("stripped", "teaser 1", "teaser list 1")
    assert not differences(one, replace(one, removed=(Removed("x", "teaser", 7),)))


lines = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=6).map("\n".join)


@given(lines, lines)
def test_texts_are_alike_only_where_nothing_is_shown(old: str, new: str) -> None:
    found = differences(replace(BEFORE, text=old), replace(BEFORE, text=new))
    assert bool(found.lines) == (old.splitlines() != new.splitlines())
