"""A mirror of what readers see: it reads again what changes name, and nothing else."""

from collections.abc import Callable
from typing import Final

from aggregator.storage import changes
from aggregator.storage.changes import Change
from aggregator.storage.database import Database

__all__ = ["VIEWS", "Key", "Mirror", "Row", "Views", "named", "row_of", "views"]

Row = tuple[object, ...]
Key = tuple[object, ...]
Views = dict[str, dict[Key, Row]]

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


def named(change: Change) -> list[tuple[str, Key]]:
    """The rows that a change names: in which view, and by which key."""
    names = next(names for kind, names in _NAMED.items() if change.kind.startswith(kind))
    rejected = (change.detail.get("feed_id"), change.detail.get("url"))
    return [(view, rejected if view == "rejected" else (change.id,)) for view in names]


def row_of(db: Database, view: str, key: Key) -> Row | None:
    """A row of a view as it is now, None where there is none."""
    where = " AND ".join(f"{name} = ?" for name in VIEWS[view])
    found = db.row(f"SELECT * FROM {view} WHERE {where}", key)  # noqa: S608 - names are ours
    return None if found is None else tuple(found)


def views(db: Database) -> Views:
    """All that the views show."""
    return {view: _all(db, view) for view in VIEWS}


def _all(db: Database, view: str) -> dict[Key, Row]:
    rows = db.rows(f"SELECT * FROM {view}")  # noqa: S608 - names are ours
    return {tuple(row[name] for name in VIEWS[view]): tuple(row) for row in rows}


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
                for view, key in named(change):
                    self.rows[view].pop(key, None)
                    if (row := row_of(db, view, key)) is not None:
                        self.rows[view][key] = row
                self.seen = change.seq
