"""What polls of a day come to, and the delay that half of the news stayed under."""

from datetime import UTC, date, datetime, timedelta
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.feed_days import Day, after_poll, median_delay, share_answered, together

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
minutes = st.lists(st.integers(0, 9000), max_size=40)


def polled(delays: list[int], day: Day | None = None, *, first: bool = False) -> Day:
    published = [NOW - timedelta(minutes=each) for each in delays]
    return after_poll(day or Day(TODAY), published, NOW, failed=False, first=first)


def test_polls_failures_and_news_are_counted() -> None:
    day = polled([10, 11], polled([500, 600, 700], first=True))
    day = after_poll(day, [None], NOW, failed=False, first=False)
    day = after_poll(day, [], NOW, failed=True, first=False)
    assert (day.polls, day.failures, day.entries, sum(day.delays)) == (4, 1, 6, 2)
    assert share_answered(day) == 0.75
    assert (share_answered(Day(TODAY)), median_delay(Day(TODAY))) == (None, None)


def test_what_comes_from_the_future_came_at_once() -> None:
    assert polled([-90]).delays == (1,)
    assert median_delay(polled([-90])) == timedelta(minutes=0.5)


@given(minutes.filter(bool))
def test_the_median_is_in_the_power_of_two_of_the_true_one(delays: list[int]) -> None:
    found = median_delay(polled(delays))
    assert found is not None
    low = sorted(delays)[(len(delays) - 1) // 2]
    assert min(2 ** (low.bit_length() - 1), low) <= found / timedelta(minutes=1)
    assert found / timedelta(minutes=1) <= max(2 ** median(delays).__ceil__().bit_length(), 1)


@given(minutes, minutes)
def test_days_add_up(ours: list[int], theirs: list[int]) -> None:
    both = polled(theirs, polled(ours))
    assert together([polled(ours), polled(theirs)], TODAY) == both
    assert together([], TODAY) == Day(TODAY)
