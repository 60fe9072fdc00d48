"""Which feeds hold up the workers: each may a few times a day, and not at every entry."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from aggregator.storage import rejections
from aggregator.storage.database import Database

__all__ = ["Stalls", "left_alone"]

_PATIENCE: Final = 2
_FIRST: Final = timedelta(minutes=30)
_LONGEST: Final = timedelta(hours=12)
_REMEMBERED: Final = timedelta(days=1)


class Stalls:
    """Knows when the entries of a feed last cost a worker its time, its memory or its life."""

    def __init__(self, db: Database) -> None:
        """What former runs met with is read from what `db` keeps of rejections."""
        self._db = db
        self._failures: dict[int, list[datetime]] = {}
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def turn(self, feed_id: int) -> asyncio.Lock:
        """To be held while a worker has an entry of this feed: one at a time, of all workers."""
        return self._turns[feed_id]

    def until(self, feed_id: int, now: datetime) -> datetime | None:
        """Until when the feed's entries are left alone, or None."""
        until = left_alone(self._known(feed_id, now), now)
        return until if until is not None and until > now else None

    def note(self, feed_id: int, now: datetime) -> None:
        """A worker failed at an entry of this feed."""
        self._known(feed_id, now).append(now)

    def _known(self, feed_id: int, now: datetime) -> list[datetime]:
        if feed_id not in self._failures:
            since = now - _REMEMBERED
            self._failures[feed_id] = rejections.worker_failures(self._db, feed_id, since)
        return self._failures[feed_id]


def left_alone(failures: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when a feed is left alone that has so failed the workers.

    Not at all after one failure in a day; half an hour after the second, and twice as long after
    each that follows.
    """
    recent = [at for at in failures if at > now - _REMEMBERED]
    if len(recent) < _PATIENCE:
        return None
    doubled = min(len(recent) - _PATIENCE, 10)
    return max(recent) + min(_LONGEST, _FIRST * int(2**doubled))
