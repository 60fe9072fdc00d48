"""Alerts: who wants to be told of a saved search's new hits, and up to where they have looked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.storage import finding, saved_searches

if TYPE_CHECKING:
    from aggregator.storage.database import Database
    from aggregator.storage.saved_searches import SavedSearch

__all__ = ["MOST", "Watched", "forget", "fresh", "looked", "unwatch", "watch", "watched"]

MOST: Final = 99
"""New hits are counted up to here."""

_WATCH: Final = """
INSERT INTO search_alert (search_id, reader, looked_to)
VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM article)) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A saved search as one reader has it.

    `looked_to` is the article up to which they looked, None where they want no alert; `fresh` is
    how many hits came since, `MOST` and one more where there are more.
    """

    search: "SavedSearch"
    looked_to: int | None
    fresh: int


def watched(db: "Database", reader: str) -> list[Watched]:
    """All saved searches by name, with what came since this reader looked."""
    alerts = _alerts(db, reader)
    return [
        Watched(each, alerts.get(each.id), _fresh(db, each, alerts.get(each.id)))
        for each in saved_searches.listed(db)
    ]


def fresh(db: "Database", reader: str) -> int:
    """How many saved searches have something new for a reader."""
    alerts = _alerts(db, reader)
    if not alerts:
        return 0
    found = (each for each in saved_searches.listed(db) if each.id in alerts)
    return sum(_fresh(db, each, alerts[each.id], most=1) > 0 for each in found)


def _alerts(db: "Database", reader: str) -> dict[int, int]:
    sql = "SELECT search_id, looked_to FROM search_alert WHERE reader = ?"
    return {row["search_id"]: row["looked_to"] for row in db.rows(sql, (reader,))}


def _fresh(
    db: "Database", saved: "SavedSearch", looked_to: int | None, *, most: int = MOST + 1
) -> int:
    if looked_to is None:
        return 0
    return finding.counted(db, saved.words, saved.filter, after=looked_to, most=most)


def watch(db: "Database", search_id: int, reader: str) -> None:
    """Tell a reader from now on of what a saved search finds. Call inside `write()`."""
    db.execute(_WATCH, (search_id, reader))


def unwatch(db: "Database", search_id: int, reader: str) -> None:
    """Tell a reader no longer. Call inside `write()`."""
    sql = "DELETE FROM search_alert WHERE search_id = ? AND reader = ?"
    db.execute(sql, (search_id, reader))


def forget(db: "Database", reader: str) -> None:
    """Tell a reader of nothing any more. Call inside `write()`."""
    db.execute("DELETE FROM search_alert WHERE reader = ?", (reader,))


def looked(db: "Database", search_id: int, reader: str, to: int) -> None:
    """A reader has seen hits up to the article `to`. Call inside `write()`."""
    sql = """UPDATE search_alert SET looked_to = max(looked_to, ?)
             WHERE search_id = ? AND reader = ?"""
    db.execute(sql, (to, search_id, reader))
