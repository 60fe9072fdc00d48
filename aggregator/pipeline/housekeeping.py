"""What a run, or `maintain`, does for the database besides its work: what is old goes, in slices.

Each slice is a short transaction, so that nobody waits for it and the write-ahead log stays small.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from aggregator.pipeline.words import take_up_all_words
from aggregator.settings import StorageSettings
from aggregator.storage import (
    articles,
    carding,
    feed_acts,
    feed_days,
    hosts,
    pictures,
    requests,
    retiring,
    robots,
    seen,
    upkeep,
)
from aggregator.storage.database import Database
from aggregator.storage.upkeep import Space

__all__ = ["Maintained", "Swept", "in_a_run", "maintain"]

# So many slices of each kind in one run: 200,000 requests, 4,000 pages, keys of 20,000 articles.
_IN_A_RUN: Final = 40
_ROWS: Final = 500
_PAGES_OF_AN_INDEX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Swept:
    """How many there went: pages, requests, and articles and copy groups that lost their keys."""

    pages: int
    requests: int
    articles: int
    copy_groups: int


@dataclass(frozen=True, slots=True)
class Maintained:
    """What `maintain` did: what went, the full-text indexes that it merged, and the space taken."""

    swept: Swept
    indexes: tuple[str, ...]
    before: Space
    after: Space


async def in_a_run(
    db: Database, keep: StorageSettings, now: datetime, stop: Callable[[], bool]
) -> Swept:
    """What a run does of it: no more than it has time for; what is left goes another time.

    Between slices `stop` is asked, and whatever else the loop has to do is done.
    """
    took = []
    for step in _steps(db, keep, now):
        took.append(0)
        for some in _slices(step, _IN_A_RUN, stop):
            took[-1] += some
            await asyncio.sleep(0)  # lets a signal be heard
    for step in _board(db, now):
        for _ in _slices(step, stop=stop):
            await asyncio.sleep(0)
    upkeep.optimise(db)
    return Swept(*took)


def maintain(
    db: Database, keep: StorageSettings, now: datetime, *, compact: bool = False
) -> Maintained:
    """Do all of it: drop what is old, merge full-text indexes, make statistics, shorten the log.

    Words that wait for searches are taken up. With `compact` free space goes back to the disk. What
    is cut short goes on with the next call.
    """
    before = upkeep.space(db)
    swept = Swept(*(sum(_slices(step)) for step in _steps(db, keep, now)))
    for step in _board(db, now):
        sum(_slices(step))
    take_up_all_words(db)
    indexes = upkeep.full_text_indexes(db)
    for each in indexes:
        going = upkeep.merge(db, each, _PAGES_OF_AN_INDEX, begin=True)
        while going:
            going = upkeep.merge(db, each, _PAGES_OF_AN_INDEX)
    upkeep.analyse(db)
    if compact:
        upkeep.compact(db)
    db.checkpoint()
    return Maintained(swept, tuple(indexes), before, upkeep.space(db))


def _steps(db: Database, keep: StorageSettings, now: datetime) -> Iterator[Callable[[], int]]:
    """What drops a slice of what is older than `keep` says, by kind, in the order of Swept."""
    robots.drop_old(db, now)
    hosts.drop_old(db, now)
    seen.drop_old(db, now)
    pictures.drop_old(db, now)
    feed_acts.drop_old(db, now)
    feed_days.drop_old(db, now)
    before = now - timedelta(days=keep.keep_keys)
    yield partial(articles.drop_old_pages, db, keep.keep_pages, now)
    yield partial(requests.drop_old, db, keep.keep_requests, now)
    yield partial(retiring.retire, db, retiring.ARTICLES, before, _ROWS)
    yield partial(retiring.retire, db, retiring.GROUPS, before, _ROWS)


def _board(db: Database, now: datetime) -> Iterator[Callable[[], int]]:
    """What makes a slice of the cards that are due, and drops one of those that are too old."""
    yield partial(carding.catch_up, db, now)
    yield partial(carding.drop_old, db)


def _slices(
    step: Callable[[], int], most: int | None = None, stop: Callable[[], bool] = lambda: False
) -> Iterator[int]:
    """What each of the slices took, `most` at most, until one finds nothing or `stop` says so."""
    done = 0
    while (most is None or done < most) and not stop() and (took := step()):
        done += 1
        yield took
