"""What was turned away, with its reason: nothing is dropped silently."""

from datetime import datetime

from aggregator.model import Rejected
from aggregator.storage.database import Database
from aggregator.storage.times import to_text

__all__ = ["keep", "lift"]


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
