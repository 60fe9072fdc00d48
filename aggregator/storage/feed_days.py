"""Days of feeds as kept: what came of polling each, day by day, for a season."""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from aggregator.core.feed_days import Day, after_poll
from aggregator.model import Change, EntryChange, Feed, FeedState

if TYPE_CHECKING:
    import sqlite3

    from aggregator.storage.database import Database

__all__ = ["KEPT", "count", "drop_old", "of", "whole"]

KEPT: Final = timedelta(days=90)
"""So long they are kept."""

_SAVE: Final = """
INSERT INTO feed_day (feed_id, day, polls, failures, entries, delays) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (feed_id, day) DO UPDATE SET polls = excluded.polls, failures = excluded.failures,
  entries = excluded.entries, delays = excluded.delays
"""


def count(
    db: "Database", feed: Feed, state: FeedState, changes: Sequence[EntryChange], now: datetime
) -> None:
    """Count a poll of `feed` that led to `state`; a turn that was put off is none.

    Call inside `write()`.
    """
    if state.last_polled_at == feed.state.last_polled_at:
        return
    today = now.date()
    row = db.row(
        "SELECT * FROM feed_day WHERE feed_id = ? AND day = ?", (feed.id, today.isoformat())
    )
    published = [each.entry.published_at for each in changes if each.change is Change.NEW]
    day = after_poll(
        Day(today) if row is None else _day(row),
        published,
        now,
        failed=state.last_error is not None,
        first=feed.state.last_success_at is None,
    )
    counts = (day.polls, day.failures, day.entries, json.dumps(day.delays))
    db.execute(_SAVE, (feed.id, today.isoformat(), *counts))


def of(db: "Database", feed_ids: Collection[int], since: date) -> dict[int, list[Day]]:
    """The days of feeds from `since` on, each feed's in order; only those with a poll."""
    sql = """SELECT feed_day.* FROM json_each(?) AS wanted
             CROSS JOIN feed_day ON feed_id = wanted.value AND day >= ? ORDER BY feed_id, day"""
    found: dict[int, list[Day]] = {}
    for row in db.rows(sql, (json.dumps(sorted(feed_ids)), since.isoformat())):
        found.setdefault(row["feed_id"], []).append(_day(row))
    return found


def whole(db: "Database", since: date) -> list[Day]:
    """The days of all feeds together from `since` on, in their order."""
    # Every feed brings a row a day: they are added up where they are.
    sql = """SELECT day, key, sum(value) AS number FROM feed_day JOIN json_each(delays)
             WHERE day >= ? GROUP BY day, key ORDER BY day, key"""
    delays: dict[str, list[int]] = {}
    for row in db.rows(sql, (since.isoformat(),)):
        delays.setdefault(row["day"], []).append(row["number"])
    sql = """SELECT day, sum(polls), sum(failures), sum(entries) FROM feed_day
             WHERE day >= ? GROUP BY day ORDER BY day"""
    return [
        Day(date.fromisoformat(day), polls, failures, entries, tuple(delays.get(day, ())))
        for day, polls, failures, entries in db.rows(sql, (since.isoformat(),))
    ]


def _day(row: "sqlite3.Row") -> Day:
    delays = tuple(json.loads(row["delays"]))
    day = date.fromisoformat(row["day"])
    return Day(day, row["polls"], row["failures"], row["entries"], delays)


def drop_old(db: "Database", now: datetime) -> None:
    """Forget days older than `KEPT`."""
    before = ((now - KEPT).date().isoformat(),)
    if db.value("SELECT 1 FROM feed_day WHERE day < ? LIMIT 1", before) is not None:
        with db.write():
            db.execute("DELETE FROM feed_day WHERE day < ?", before)
