"""Measures how the whole installation is: its runs, its feeds, what waits, its files, its disk."""

import shutil
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from aggregator.core.vitals import Vitals
from aggregator.errors import DatabaseError
from aggregator.storage import runs
from aggregator.storage.database import Database, open_database
from aggregator.storage.log_readers import seen_at
from aggregator.storage.times import from_text, to_text

__all__ = ["counted", "measure", "measured"]

_QUARTERS: Final = 4
_GROWTH: Final = timedelta(days=7)
_SHORTEST_GROWTH: Final = timedelta(days=1)
_LARGE_LOG: Final = 256_000_000
_FEEDS: Final = """
SELECT count(*) FILTER (WHERE status = 'active') AS active,
       count(*) FILTER (WHERE status = 'active' AND last_error IS NOT NULL) AS failing,
       count(*) FILTER (WHERE status = 'gone') AS gone,
       max(last_success_at) AS success
FROM feed WHERE listed AND NOT paused
"""
_OLDEST_DUE: Final = """
SELECT next_poll_at, coalesce(shown_url, outlet) FROM feed
WHERE listed AND status = 'active' AND NOT paused AND next_poll_at <= ?
ORDER BY next_poll_at LIMIT 1
"""


def measured(path: Path, now: datetime, *, span: timedelta) -> Vitals:
    """Measure the installation whose database is at `path`, reading only.

    `span` is how far back it is looked whether the backlog grows. Raises DatabaseError where there
    is no database, or it cannot be used.
    """
    if not path.exists():
        message = f"{path}: there is no such database: no run ever came so far, or --db is wrong"
        raise DatabaseError(message)
    # Before it is opened here: by opening and closing its files we would be among its readers.
    readers = seen_at(path) if runs.file_sizes(path)[1] > _LARGE_LOG else ()
    with open_database(path, readonly=True) as db:
        return measure(db, now, span=span, readers=readers)


def measure(
    db: Database, now: datetime, *, span: timedelta, readers: tuple[str, ...] = ()
) -> Vitals:
    """The same by a connection that is open; `readers` are those seen at the log."""
    path = Path(db.path)
    size, log = runs.file_sizes(path)
    disk = shutil.disk_usage(path.absolute().parent)
    if missing := tuple(db.missing_migrations()):
        return Vitals(now, missing, disk_free_bytes=disk.free, disk_bytes=disk.total)
    feeds = db.row(_FEEDS)
    due = db.row(_OLDEST_DUE, (to_text(now),))
    newest = runs.last(db)
    done = runs.last(db, "done", "idle", "stopped")
    waiting, given_up = _webhooks(db)
    assert feeds is not None  # it counts
    return Vitals(
        at=now,
        last_run_began_at=newest.began_at if newest else None,
        last_done_at=done.ended_at if done else None,
        working_since=newest.began_at if newest and newest.outcome == "working" else None,
        last_outcome=newest.outcome if newest else None,
        last_detail=newest.detail if newest else None,
        last_success_at=from_text(feeds["success"]),
        feeds_active=feeds["active"],
        feeds_failing=feeds["failing"],
        feeds_gone=feeds["gone"],
        oldest_due_at=from_text(due[0]) if due else None,
        oldest_due_feed=due[1] if due else None,
        entries_waiting=runs.entries_waiting(db, now),
        articles_waiting=runs.articles_waiting(db),
        backlogs=_backlogs(db, now, span),
        database_bytes=size,
        wal_bytes=log,
        wal_readers=readers,
        disk_free_bytes=disk.free,
        disk_bytes=disk.total,
        grown_a_day=_grown(db, now),
        webhooks_waiting=waiting,
        webhooks_dead=given_up,
    )


def _backlogs(db: Database, now: datetime, span: timedelta) -> tuple[int, ...]:
    """The least that runs left to do in each quarter of `span`; empty where one had no run."""
    sql = "SELECT min(backlog) FROM run WHERE ended_at > ? AND ended_at <= ? AND began_at > ?"
    quarter = span / _QUARTERS
    ends = [now - span + number * quarter for number in range(_QUARTERS + 1)]
    # The index is by when runs began: none takes longer than a month.
    found = [
        db.value(sql, (to_text(begin), to_text(end), to_text(begin - timedelta(days=31))))
        for begin, end in pairwise(ends)
    ]
    return () if None in found else tuple(found)


def _grown(db: Database, now: datetime) -> float | None:
    """By how many bytes a day the database grew in the last week; None where it is younger."""
    sql = """SELECT began_at, database_bytes FROM run WHERE began_at > ? AND database_bytes > 0
             ORDER BY began_at {} LIMIT 1"""
    since = (to_text(now - _GROWTH),)
    first, last = db.row(sql.format("ASC"), since), db.row(sql.format("DESC"), since)
    if first is None or last is None:
        return None
    begin, end = from_text(first[0]), from_text(last[0])
    assert begin is not None  # both are NOT NULL
    assert end is not None
    if end - begin < _SHORTEST_GROWTH:
        return None
    grown: float = (last[1] - first[1]) / ((end - begin) / timedelta(days=1))
    return max(0.0, grown)


def _webhooks(db: Database) -> tuple[int, int]:
    """How many deliveries to webhooks wait, and how many were given up."""
    sql = "SELECT count(*) FROM outbox WHERE state = ?"
    return int(db.value(sql, ("waiting",))), int(db.value(sql, ("dead",)))


def counted(path: Path) -> dict[str, int]:
    """What runs did since their log began, by name; nothing where that log is not there yet."""
    with open_database(path, readonly=True) as db:
        return {} if db.missing_migrations() else runs.totals(db)
