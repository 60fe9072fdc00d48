"""What the polls of a feed on one day came to: how many failed, what was new, and how late it came.

Delays are counted by powers of two of minutes, so that days can be added up and a day costs a few
bytes however much it brought.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate, zip_longest
from typing import Final

__all__ = ["Day", "after_poll", "median_delay", "share_answered", "together"]

# The last one takes all from 2**13 minutes, more than five days.
_BUCKETS: Final = 15
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of one feed, or of several together.

    `entries` are those that were new. `delays` counts them by how long after their publication they
    were seen: first those under a minute, then from each power of two of minutes to the next; those
    that bear no date, and what a feed held when it was first read, are not among them.
    """

    day: date
    polls: int = 0
    failures: int = 0
    entries: int = 0
    delays: tuple[int, ...] = ()


def after_poll(
    day: Day, published: Sequence[datetime | None], now: datetime, *, failed: bool, first: bool
) -> Day:
    """`day` with one more poll: `published` has a time for each new entry, or None.

    What a `first` reading brings is old already, and tells nothing of delays.
    """
    seen = [] if first else [_bucket(now - each) for each in published if each is not None]
    delays = _added(day.delays, [seen.count(number) for number in range(max(seen, default=-1) + 1)])
    return replace(
        day,
        polls=day.polls + 1,
        failures=day.failures + failed,
        entries=day.entries + len(published),
        delays=delays,
    )


def together(days: Iterable[Day], day: date) -> Day:
    """Several days, or feeds, as if they were one."""
    whole = Day(day)
    for each in days:
        whole = Day(
            day,
            whole.polls + each.polls,
            whole.failures + each.failures,
            whole.entries + each.entries,
            _added(whole.delays, each.delays),
        )
    return whole


def median_delay(day: Day) -> timedelta | None:
    """After how long half of what was new had been seen; None where nothing is known of that.

    Between two powers of two it is interpolated, as if delays lay there evenly.
    """
    whole = sum(day.delays)
    if not whole:
        return None
    half = whole / 2
    for number, sum_to in enumerate(accumulate(day.delays)):
        if sum_to >= half:
            low, high = _span(number)
            inside = (half - (sum_to - day.delays[number])) / day.delays[number]
            return (low + (high - low) * inside) * _MINUTE
    return None  # pragma: no cover - the last sum is the whole


def share_answered(day: Day) -> float | None:
    """The share of polls that did not fail, from 0 to 1; None on a day without any."""
    return 1 - day.failures / day.polls if day.polls else None


def _bucket(delay: timedelta) -> int:
    """Clocks differ: what comes from the future came at once."""
    minutes = max(int(delay / _MINUTE), 0)
    return min(minutes.bit_length(), _BUCKETS - 1)


def _span(bucket: int) -> tuple[int, int]:
    """From how many minutes to how many."""
    return (0, 1) if bucket == 0 else (2 ** (bucket - 1), 2**bucket)


def _added(ours: Sequence[int], theirs: Sequence[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip_longest(ours, theirs, fillvalue=0))
