"""How often a feed has something new, and how often it is therefore asked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from math import sqrt
from statistics import median
from typing import Final

from aggregator.model import Change, Entry, EntryChange
from aggregator.settings import PollSettings

__all__ = ["adapted", "blended", "churned", "newest", "usual_gap"]

_NEWEST: Final = 20
_FEWEST_GAPS: Final = 2
_TURNS_PER_GAP: Final = 4
_SHORTER: Final = 0.7
_SHORTEST_STEP: Final = 0.25
_LONGER: Final = 1.1


def usual_gap(entries: Iterable[Entry], now: datetime, apart: float) -> float | None:
    """Minutes between two entries as a rule: the median of the newest by the dates they bear.

    Entries without a date and those dated in the future are left out; those less than `apart`
    minutes after another are one burst, which no poll could tell apart. None where too few remain.
    """
    apart_dates: list[datetime] = []
    for date in sorted(_dates(entries, now), reverse=True):
        if not apart_dates or _minutes(date, apart_dates[-1]) >= apart:
            apart_dates.append(date)
    gaps = [_minutes(older, newer) for newer, older in pairwise(apart_dates[: _NEWEST + 1])]
    return median(gaps) if len(gaps) >= _FEWEST_GAPS else None


def newest(entries: Iterable[Entry], now: datetime) -> datetime | None:
    """The newest date that an entry bears, those in the future left out; None without dates."""
    return max(_dates(entries, now), default=None)


def _dates(entries: Iterable[Entry], now: datetime) -> set[datetime]:
    dates = {entry.published_at or entry.updated_at for entry in entries}
    return {date for date in dates if date and date <= now}


def _minutes(begin: datetime, end: datetime) -> float:
    return (end - begin).total_seconds() / 60


def blended(rhythm: float | None, since: datetime | None, now: datetime) -> float | None:
    """The rhythm of a feed without dates: what was thought, and how long the latest news took."""
    if since is None or since >= now:
        return rhythm
    seen = _minutes(since, now)
    return seen if rhythm is None else sqrt(rhythm * seen)


def adapted(
    interval: float | None, rhythm: float | None, fresh: int, settings: PollSettings
) -> float:
    """Minutes until the next turn, where the publisher wants no more, between our limits.

    A feed is asked about four times for each time that it brings something, so that a publisher
    bears requests in proportion to what he publishes. `rhythm` says where that is from the first
    poll on, and observation corrects it: each of the `fresh` entries of a poll shortens the
    interval (by three tenths, at most to a quarter, and to the aim at once where that is less),
    a poll that brings nothing lengthens it, to the aim by doubling and beyond by a tenth. In
    silence the interval so grows to about a tenth of it, the measure of RFC 9111, 4.2.2, for what
    has not changed in a while.
    """
    if settings.interval == 0:
        return 0.0
    aim = None if rhythm is None else rhythm / _TURNS_PER_GAP
    if not interval:
        minutes = settings.interval if aim is None else aim
    elif fresh:
        shorter = interval * max(_SHORTER**fresh, _SHORTEST_STEP)
        minutes = shorter if aim is None else min(shorter, aim)
    else:
        minutes = max(interval * _LONGER, min(interval * 2, aim or 0.0))
    return min(max(minutes, settings.min_interval), settings.max_interval)


def churned(decided: Sequence[EntryChange]) -> bool:
    """Whether most of the entries that came back did so under other ids."""
    back = [each for each in decided if each.change is not Change.NEW]
    return sum(each.renamed for each in back) * 2 > len(back)
