"""A mirror of what readers see: it reads again what changes name, and nothing else."""

from collections.abc import Callable
from typing import Final

from aggregator.storage import changes
from aggregator.storage.changes import Change
from aggregator.storage.database import Database

__all__ = ["VIEWS", "Mirror", "views"]

Row = tuple[object, ...]
Views = dict[str, dict[object, Row]]

VIEWS: Final = {
    "articles": ("id",),
    "copy_members": ("article_id",),
    "copy_groups": ("id",),
    "story_members": ("copy_group_id",),
    "stories": ("id",),
    "decisions": ("id",),
    "rejected": ("feed_id", "url"),
}
"""The views that can be followed, with the columns that tell a row."""

# By how a kind begins: which views have a row of what it names.
_NAMED: Final = {
    "article_rejected": ("rejected",),
    "rejection_lifted": ("rejected",),
    "article_": ("articles", "copy_members"),
    "copy_group_": ("copy_groups", "story_members"),
    "story_": ("stories",),
    "decision_": ("decisions",),
}


def views(db: Database) -> Views:
    """All that the views show."""
    return {name: _read(db, name, "true", ()) for name in VIEWS}


def _read(db: Database, view: str, where: str, values: Row) -> dict[object, Row]:
    key = VIEWS[view]
    rows = db.rows(f"SELECT * FROM {view} WHERE {where}", values)  # noqa: S608 - names are ours
    return {tuple(row[name] for name in key): tuple(row) for row in rows}


class Mirror:
    """What a follower has; `seen` is the last change that it took in."""

    def __init__(self, db: Database) -> None:
        """Read all of `db`, and go on from there."""
        self.rows = views(db)
        self.seen = changes.last(db)

    def follow(
        self, db: Database, limit: int = 1000, heard: Callable[[Change], None] = lambda _: None
    ) -> None:
        """Take in all that happened since, so many changes at once."""
        while found := changes.since(db, self.seen, limit):
            for change in found:
                heard(change)
                self._take(db, change)
                self.seen = change.seq

    def _take(self, db: Database, change: Change) -> None:
        names = next(names for kind, names in _NAMED.items() if change.kind.startswith(kind))
        for view in names:
            key: Row = (change.id,)
            if view == "rejected":
                key = (change.detail["feed_id"], change.detail["url"])
            self.rows[view].pop(key, None)
            where = " AND ".join(f"{name} = ?" for name in VIEWS[view])
            self.rows[view] |= _read(db, view, where, key)
