"""What people did to feeds at the desk: kept with who did it and when, for a season."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from aggregator.core.urls import without_credentials
from aggregator.model import FeedSource
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Act", "FeedAct", "drop_old", "latest", "note"]

Act = Literal["added", "retried", "moved", "paused", "resumed", "removed"]
_KEPT: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class FeedAct:
    """One act; `url` is the feed's address at that time, `target` where it was moved to."""

    at: datetime
    by: str
    act: Act
    url: str
    outlet: str
    target: str | None


def note(
    db: "Database", act: Act, source: FeedSource, by: str, now: datetime, target: str | None = None
) -> None:
    """Keep an act. Call inside `write()`."""
    sql = "INSERT INTO feed_act (at, by, act, url, outlet, target) VALUES (?, ?, ?, ?, ?, ?)"
    to = None if target is None else without_credentials(target)
    row = (to_text(now), by, act, without_credentials(source.url), source.outlet, to)
    db.execute(sql, row)


def latest(db: "Database", limit: int) -> list[FeedAct]:
    """The last acts, the newest first."""
    sql = "SELECT at, by, act, url, outlet, target FROM feed_act ORDER BY id DESC LIMIT ?"
    found = []
    for row in db.rows(sql, (limit,)):
        at = from_text(row["at"])
        assert at is not None  # the column is NOT NULL
        found.append(FeedAct(at, *tuple(row)[1:]))
    return found


def drop_old(db: "Database", now: datetime) -> None:
    """Forget acts of more than a year ago."""
    before = (to_text(now - _KEPT),)
    if db.value("SELECT min(at) < ? FROM feed_act", before):
        with db.write():
            db.execute("DELETE FROM feed_act WHERE at < ?", before)
