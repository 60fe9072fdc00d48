"""A feed is asked as often as its own rhythm wants: over made-up months, without a server."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.polling import after
from aggregator.core.polling.rhythm import adapted, newest, usual_gap
from aggregator.model import Entry, FeedState, Fetched, NotModified, ParsedFeed, Validators
from aggregator.settings import PollSettings

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS = PollSettings(interval=30, min_interval=10, max_interval=1440)
URL = "https://paper.example/feed"
A_DAY = 1440.0
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Month:
    """What a month of polling was: polls a day, and minutes from publication to the poll."""

    polls: tuple[float, ...]
    delays: tuple[float, ...]

    @property
    def polls_a_day(self) -> float:
        return len(self.polls) / 30

    def polls_within(self, begin: float, end: float) -> int:
        return sum(begin <= at < end for at in self.polls)


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def entry(minute: float | None, key: str = "") -> Entry:
    published = None if minute is None else at(minute)
    return Entry(key or str(minute), None, "Title", "hash", published_at=published)


def month(published: Sequence[float], *, dated: bool = True, seed: int = 1) -> Month:
    """Poll for thirty days what is published at such minutes; those below 0 lie before."""
    chance = random.Random(seed)
    state, now, seen = FeedState(), 0.0, 0
    polls: list[float] = []
    delays: list[float] = []
    while now < 30 * A_DAY:
        there = [minute for minute in published if minute <= now]
        fresh = len(there) - seen
        delays += [now - minute for minute in there[seen:] if minute > 0 and seen]
        shown = tuple(entry(minute if dated else None, str(minute)) for minute in there[-SHOWN:])
        changed = ParsedFeed("Paper", "rss20", shown)
        same = NotModified(URL)
        body = Fetched(URL, 200, {}, str(there[-1:]).encode(), Validators('"1"'))
        result, parsed = (body, changed) if fresh or not polls else (same, None)
        state = after(state, result, parsed, at(now), SETTINGS, jitter=chance.random(), fresh=fresh)
        seen = len(there)
        polls.append(now)
        assert state.next_poll_at is not None
        now = (state.next_poll_at - BEGIN).total_seconds() / 60
    return Month(tuple(polls), tuple(delays))


def by_chance(gap: float, *, begin: float = -30, end: float = 30, seed: int = 2) -> list[float]:
    """Times `gap` minutes apart on average, but at random; `begin` and `end` in days."""
    chance = random.Random(seed)
    minutes, now = [], begin * A_DAY
    while now < end * A_DAY:
        now += chance.expovariate(1 / gap)
        minutes.append(now)
    return minutes


def by_day(gap: float) -> list[float]:
    """A newsroom that sleeps: entries from six in the morning to eleven at night."""
    return [minute for minute in by_chance(gap) if 6 * 60 <= minute % A_DAY < 23 * 60]


def weekly() -> list[float]:
    """One entry a week, at some hour."""
    chance = random.Random(4)
    return [(week * 7 + chance.random()) * A_DAY for week in range(-20, 5)]


def told(name: str, found: Month) -> None:
    typical = median(found.delays) if found.delays else 0.0
    print(f"\n| {name} | {found.polls_a_day:.1f} polls a day | {typical:.0f} min median delay |")


# --- a month -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize(
    ("name", "published", "least", "most", "delay"),
    [
        ("ticker, five an hour", by_chance(12), 120, 144, 8),
        ("ticker that sleeps at night", by_day(12), 90, 144, 9),
        ("hourly", by_chance(60), 48, 130, 20),
        ("daily", by_chance(A_DAY), 2, 12, 360),
        ("twenty entries at six every day", [d * A_DAY + 360 + n * 2 for d in range(-30, 30)
                                            for n in range(20)], 4, 40, 240),
        ("weekly", weekly(), 1, 3, 1440),
    ],
)  # fmt: skip
def test_a_month(
    name: str, published: list[float], dated: bool, least: float, most: float, delay: float
) -> None:
    found = month(sorted(published), dated=dated)
    told(f"{name}, {'dated' if dated else 'no dates'}", found)
    assert least <= found.polls_a_day <= most
    assert median(found.delays) <= delay


@pytest.mark.parametrize("dated", [True, False])
def test_a_feed_that_wakes_up_is_noticed(dated: bool) -> None:
    asleep = [minute for minute in weekly() if minute < 15 * A_DAY]
    found = month(asleep + by_chance(12, begin=15), dated=dated)
    assert found.polls_within(10 * A_DAY, 15 * A_DAY) <= 20
    assert found.polls_within(18 * A_DAY, 19 * A_DAY) >= 120


@pytest.mark.parametrize("dated", [True, False])
def test_a_feed_that_falls_asleep_is_asked_ever_less(dated: bool) -> None:
    found = month(by_chance(12, end=5), dated=dated)
    days = [found.polls_within(n * A_DAY, (n + 1) * A_DAY) for n in (4, 6, 8, 20)]
    assert days[0] >= 120
    assert days[1] <= 20
    assert days[2] <= 8
    assert days[3] <= 2


def test_dates_that_lie_are_corrected_by_what_is_seen() -> None:
    # Dated by the day alone, a ticker looks like a daily.
    chance = by_chance(30)
    state = FeedState(interval=360.0, rhythm=A_DAY, last_polled_at=BEGIN, next_poll_at=BEGIN)
    days = ParsedFeed("Paper", "rss20", tuple(entry(day * A_DAY) for day in range(-20, 0)))
    now, seen, polls = 0.0, BEGIN, 0
    while now < 5 * A_DAY:
        fresh = sum(seen < at(minute) <= at(now) for minute in chance)
        body = Fetched(URL, 200, {}, b"")
        state = after(state, body, days, at(now), SETTINGS, jitter=0.5, fresh=fresh)
        assert state.next_poll_at is not None
        seen, polls = at(now), polls + 1
        now = (state.next_poll_at - BEGIN).total_seconds() / 60
    assert state.rhythm == A_DAY
    assert polls > 5 * 24


# --- the rhythm --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([], None),
        ([-10], None),
        ([-10, -70], None),
        ([-10, -70, -130], 60),
        ([-10, -10, -10, -70, -70, -130], 60),
        ([-10, -11, -12, -70, -71, -130], 60),
        ([-10, -70, -130, None, None], 60),
        ([-10, -70, -130, 5, 10_000, 10_005], 60),
        ([-10, -70, -130, -190, -250, -9000], 60),
        ([-1, -2, -3, -4, -5, -6, -7, -8], None),
    ],
)
def test_the_usual_gap(minutes: list[float | None], expected: float | None) -> None:
    shuffled = [entry(minute, str(n)) for n, minute in enumerate(minutes)]
    random.Random(3).shuffle(shuffled)
    assert usual_gap(shuffled, BEGIN, 10) == expected


def test_only_the_newest_entries_tell_the_rhythm() -> None:
    old = [-20 * 60 - n * A_DAY for n in range(1, 500)]
    new = [-n * 60.0 for n in range(21)]
    assert usual_gap([entry(minute) for minute in old + new], BEGIN, 10) == 60


def test_a_time_of_change_serves_where_there_is_no_other() -> None:
    entries = [replace(entry(None, str(n)), updated_at=at(-n * 30)) for n in range(9)]
    assert usual_gap(entries, BEGIN, 10) == 30


def test_what_a_feed_shows_when_it_is_first_read_is_as_old_as_its_dates() -> None:
    shown = tuple(entry(minute) for minute in (-3 * A_DAY, -2 * A_DAY, None, A_DAY))
    assert newest(shown, at(0)) == at(-2 * A_DAY)
    assert newest(shown[2:], at(0)) is None
    body = Fetched(URL, 200, {}, b"1", Validators())
    feed = ParsedFeed("Paper", "rss20", shown)
    first = after(FeedState(), body, feed, at(0), SETTINGS, jitter=0, fresh=4)
    assert first.last_new_at == at(-2 * A_DAY)
    again = after(first, body, feed, at(60), SETTINGS, jitter=0, fresh=1)
    assert again.last_new_at == at(60)
    undated = replace(feed, entries=(entry(None, "1"), entry(A_DAY)))
    found = after(FeedState(), body, undated, at(0), SETTINGS, jitter=0, fresh=2)
    assert found.last_new_at == at(0)


def test_the_rhythm_of_a_feed_without_dates_is_how_long_its_news_take() -> None:
    body = Fetched(URL, 200, {}, b"")
    feed = ParsedFeed("Paper", "rss20", (entry(None, "1"),))
    state = after(FeedState(), body, feed, at(0), SETTINGS, jitter=0, fresh=9)
    assert state.rhythm is None
    state = after(state, body, feed, at(100), SETTINGS, jitter=0, fresh=1)
    assert state.rhythm == 100
    state = after(state, body, feed, at(500), SETTINGS, jitter=0, fresh=1)
    assert state.rhythm == 200
    assert after(state, body, feed, at(999), SETTINGS, jitter=0).rhythm == 200


# --- the interval ------------------------------------------------------------------------------

intervals = st.floats(10, 1440)
rhythms = st.none() | st.floats(0.01, 10**6)


@given(intervals, rhythms, st.integers(1, 100))
def test_news_never_lengthen_and_nothing_never_shortens(
    interval: float, rhythm: float | None, fresh: int
) -> None:
    assert adapted(interval, rhythm, fresh, SETTINGS) <= interval
    assert adapted(interval, rhythm, 0, SETTINGS) >= interval


@given(intervals, rhythms, st.integers(0, 100))
def test_more_news_or_a_faster_rhythm_never_make_the_interval_longer(
    interval: float, rhythm: float | None, fresh: int
) -> None:
    found = adapted(interval, rhythm, fresh, SETTINGS)
    assert adapted(interval, rhythm, fresh + 1, SETTINGS) <= found
    if rhythm is not None:
        assert adapted(interval, rhythm / 2, fresh, SETTINGS) <= found


def test_the_beginning_is_the_rhythm_where_there_is_one_else_the_setting() -> None:
    assert adapted(None, None, 20, SETTINGS) == 30
    assert adapted(None, 240, 20, SETTINGS) == 60
    assert adapted(None, 1, 20, SETTINGS) == 10
    assert adapted(None, 10**6, 20, SETTINGS) == 1440


def test_at_every_run_stays_at_every_run() -> None:
    every = PollSettings(interval=0, min_interval=0, max_interval=1440)
    states: Iterable[tuple[float | None, float | None]] = [(None, None), (None, 60), (0, 60)]
    assert [adapted(interval, rhythm, 0, every) for interval, rhythm in states] == [0, 0, 0]
