"""Each origin's robots.txt as last fetched."""

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from aggregator.core.urls import host as host_of
from aggregator.model import Robots
from aggregator.storage.database import Database, upsert
from aggregator.storage.times import from_text, to_text

__all__ = ["drop_old", "load", "of_host", "save"]

# None that is out of date for as long is of any use, not even while it cannot be had.
_STALE: Final = timedelta(days=8)
# Enough for tens of thousands of honest sites.
_MOST_CHARACTERS: Final = 50_000_000
_SAVE = upsert("robots", ("origin", "text", "fetched_at", "expires_at", "reason"), ["origin"])

_BOUND: Final = """
DELETE FROM robots WHERE origin IN (
  SELECT origin FROM (
    SELECT origin, sum(length(text)) OVER (ORDER BY fetched_at DESC, origin) AS so_far FROM robots)
  WHERE so_far > ?)
"""


def load(db: Database, origin: str) -> Robots | None:
    """What is known of `origin` (scheme, host and port), stale or not; None where nothing is."""
    row = db.row("SELECT * FROM robots WHERE origin = ?", (origin,))
    return None if row is None else _robots(row)


def of_host(db: Database, host: str) -> list[Robots]:
    """What is known of all origins of `host`."""
    rows = db.rows("SELECT * FROM robots WHERE instr(origin, ?) ORDER BY origin", (host,))
    return [_robots(row) for row in rows if host_of(row["origin"]) == host]


def _robots(row: sqlite3.Row) -> Robots:
    fetched_at, expires_at = from_text(row["fetched_at"]), from_text(row["expires_at"])
    assert fetched_at is not None  # the columns are NOT NULL
    assert expires_at is not None
    return Robots(row["origin"], row["text"], fetched_at, expires_at, row["reason"])


def save(db: Database, robots: Robots) -> None:
    """Keep what was fetched last. Call inside `write()`."""
    fetched_at, expires_at = to_text(robots.fetched_at), to_text(robots.expires_at)
    db.execute(_SAVE, (robots.origin, robots.text, fetched_at, expires_at, robots.reason))


def drop_old(db: Database, now: datetime) -> None:
    """Forget those that expired more than a week ago: feeds lead to ever other sites.

    All together are bounded too, the newest stay: a feed may lead to a new site with each entry.
    """
    with db.write():
        db.execute("DELETE FROM robots WHERE expires_at < ?", (to_text(now - _STALE),))
        db.execute(_BOUND, (_MOST_CHARACTERS,))
