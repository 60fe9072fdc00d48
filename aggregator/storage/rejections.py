"""What was turned away, with its reason: nothing is dropped silently."""

from datetime import datetime

from aggregator.model import Rejected
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, to_text

__all__ = ["keep", "lift", "worker_failures"]


def keep(db: Database, feed_id: int, url: str, rejected: Rejected, now: datetime) -> None:
    """Keep the newest reason why `url` of a feed gave nothing."""
    db.execute(
        "INSERT OR REPLACE INTO rejection (feed_id, url, stage, reason, detail, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (feed_id, url, rejected.stage, rejected.reason, rejected.detail, to_text(now)),
    )


def lift(db: Database, feed_id: int, url: str) -> None:
    """Forget an earlier rejection of `url`, which has now succeeded."""
    db.execute("DELETE FROM rejection WHERE feed_id = ? AND url = ?", (feed_id, url))


def worker_failures(db: Database, feed_id: int, since: datetime) -> list[datetime]:
    """When, since then, entries of a feed cost a worker its time, its memory or its life."""
    sql = """SELECT at FROM rejection WHERE feed_id = ? AND at > ?
             AND stage = 'extract' AND reason GLOB 'worker_*'"""
    moments = (from_text(row["at"]) for row in db.rows(sql, (feed_id, to_text(since))))
    return [moment for moment in moments if moment is not None]
