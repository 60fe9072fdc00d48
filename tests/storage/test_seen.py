"""What readers of the desk looked at."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.storage import clusters, feeds, seen
from aggregator.storage.database import Database, open_database
from aggregator.storage.seen import AWAY, Look
from tests.support.kept import HERALD, POST, keep, report, tell

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def stories(db: Database) -> tuple[int, int]:
    """A story of the articles 1 and 2, and one of the article 3, all of them read in at `NOW`."""
    feeds.sync(db, [POST, HERALD], NOW)
    one, other, third = (
        keep(db, source, report(name, NOW), NOW)
        for name, source in (("one", POST), ("two", HERALD), ("three", POST))
    )
    return tell(db, [[one], [other]]), tell(db, [[third]])


def merge(db: Database, gone: int, into: int) -> None:
    with db.write():
        clusters.redirect(db, "story", {gone: into}, NOW)


def test_each_reader_has_marks_of_their_own(db: Database, stories: tuple[int, int]) -> None:
    first, second = stories
    with db.write():
        seen.mark(db, "eva", first, NOW, {1: 1})
        seen.mark(db, "max", second, NOW + HOUR, {3: 2})
    assert seen.seen_at(db, "eva", stories) == {first: NOW}
    assert seen.seen_at(db, "max", stories) == {second: NOW + HOUR}
    assert seen.seen_at(db, "max", [first]) == {}
    assert seen.last_look(db, "max", second) == Look(NOW + HOUR, {3: 2})
    assert seen.last_look(db, "eva", second) is None


def test_without_articles_all_that_were_there_count_as_seen(
    db: Database, stories: tuple[int, int]
) -> None:
    with db.write():
        seen.mark(db, "eva", stories[0], NOW - HOUR)
        seen.mark(db, "eva", stories[1], NOW + HOUR)
    assert seen.last_look(db, "eva", stories[0]) == Look(NOW - HOUR, {})
    assert seen.last_look(db, "eva", stories[1]) == Look(NOW + HOUR, {3: 1})


def test_a_look_that_is_written_late_takes_nothing_back(
    db: Database, stories: tuple[int, int]
) -> None:
    with db.write():
        seen.mark(db, "eva", stories[0], NOW, {1: 2, 2: 1})
        seen.mark(db, "eva", stories[0], NOW - HOUR, {1: 1})
    assert seen.last_look(db, "eva", stories[0]) == Look(NOW, {1: 2, 2: 1})


def test_of_a_merged_story_nothing_is_taken_for_seen_that_was_not(
    db: Database, stories: tuple[int, int]
) -> None:
    first, second = stories
    with db.write():
        seen.mark(db, "eva", first, NOW + HOUR, {1: 1})
        seen.mark(db, "eva", second, NOW, {3: 1})
        seen.mark(db, "max", second, NOW, {3: 1})
    merge(db, second, first)
    assert seen.last_look(db, "eva", first) == Look(NOW, {1: 1, 3: 1})
    assert seen.last_look(db, "max", first) == Look(NOW, {3: 1})
    assert seen.seen_at(db, "max", [second]) == {}


def test_a_look_that_is_written_behind_a_merge_is_at_the_story_that_stays(
    db: Database, stories: tuple[int, int]
) -> None:
    first, second = stories
    merge(db, second, first)
    with db.write():
        seen.mark(db, "eva", second, NOW, {3: 1})
    assert seen.seen_at(db, "eva", stories) == {first: NOW}


def test_what_is_new_is_told_from_what_was_seen_before_the_present_visit(db: Database) -> None:
    def before(at: datetime) -> Look | None:
        return seen.look_before(db, "eva", 1, at)

    assert before(NOW) is None
    for at, articles in ((NOW, {1: 1}), (NOW + AWAY, {1: 1, 2: 1}), (NOW + 2 * AWAY, {1: 2})):
        with db.write():
            seen.mark(db, "eva", 1, at, articles)
        assert before(at) == Look(NOW, {1: 1})
    later = NOW + 4 * AWAY
    assert before(later) == Look(NOW + 2 * AWAY, {1: 2, 2: 1})
    with db.write():
        seen.mark(db, "eva", 1, later, {1: 2, 2: 1, 3: 1})
    assert before(later) == Look(NOW + 2 * AWAY, {1: 2, 2: 1})


def test_a_story_can_be_unread_again(db: Database, stories: tuple[int, int]) -> None:
    with db.write():
        for story in stories:
            seen.mark(db, "eva", story, NOW)
        seen.unmark(db, "eva", stories[0])
    assert seen.seen_at(db, "eva", stories) == {stories[1]: NOW}


def test_looks_of_long_ago_go_the_oldest_first(db: Database) -> None:
    with db.write():
        for story, days in ((1, 100), (2, 91), (3, 89)):
            seen.mark(db, "eva", story, NOW - timedelta(days=days), {})
    assert seen.drop_old(db, NOW, most=1) == 1
    assert seen.seen_at(db, "eva", [1, 2, 3]).keys() == {2, 3}
    assert seen.drop_old(db, NOW) == 1
    assert seen.drop_old(db, NOW) == 0


def test_all_of_a_reader_can_be_forgotten(db: Database) -> None:
    with db.write():
        for name in ("eva", "max"):
            seen.mark(db, name, 1, NOW, {})
            seen.visit(db, name, NOW)
        seen.forget(db, "eva")
    assert seen.seen_at(db, "eva", [1]) == {}
    assert seen.last_visit(db, "eva", NOW + HOUR) is None
    assert seen.seen_at(db, "max", [1]) == {1: NOW}
    assert seen.last_visit(db, "max", NOW + HOUR) == NOW


def test_of_a_story_with_thousands_of_articles_a_thousand_are_kept(db: Database) -> None:
    with db.write():
        seen.mark(db, "eva", 1, NOW, dict.fromkeys(range(1, 2_001), 1))
    look = seen.last_look(db, "eva", 1)
    assert look is not None
    assert look.articles is not None
    assert set(look.articles) == set(range(1_001, 2_001))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 90), min_size=1, max_size=20))
def test_a_visit_ends_where_nothing_is_asked_for_half_an_hour(minutes: list[int]) -> None:
    """Compared with the same told in another way, from all times at once."""
    times = [NOW]
    for each in minutes:
        times.append(times[-1] + timedelta(minutes=each))
    breaks = [before for before, after in pairwise(times) if after - before > AWAY]
    with open_database(":memory:") as db:
        for at in times:
            with db.write():
                seen.visit(db, "eva", at)
        assert seen.last_visit(db, "eva", times[-1]) == (breaks[-1] if breaks else None)
        assert seen.last_visit(db, "eva", times[-1] + 2 * AWAY) == times[-1]
