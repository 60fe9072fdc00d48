"""What happened, for those who follow along: changes by their sequence, asked for since the last.

Whoever reads again what changes name has what the views have: docs/following.md says which rows
each kind names.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from aggregator.errors import ChangesGone
from aggregator.storage.times import from_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["KINDS", "Change", "first", "follow", "last", "since"]

KINDS: Final = (
    "begun",
    "article_added", "article_revised", "article_changed", "article_placed", "article_traced",
    "article_gone", "article_merged", "article_removed", "article_rejected", "rejection_lifted",
    "copy_group_created", "copy_group_split", "copy_group_grown", "copy_group_changed",
    "copy_group_merged", "copy_group_ended",
    "story_created", "story_split", "story_grown", "story_changed", "story_closed", "story_merged",
    "story_ended",
    "decision_made", "decision_changed", "decision_undone", "decision_removed",
)  # fmt: skip
"""Every kind of change."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `id` is of the row that it names, `other_id` of what that went into or came from.

    `detail` is empty where there is nothing more to say.
    """

    seq: int
    at: datetime
    kind: str
    id: int | None
    other_id: int | None
    detail: Mapping[str, str | int | None]


def since(db: "Database", seq: int, limit: int = 1000) -> list[Change]:
    """The changes behind `seq`, at most so many, in their order; 0 is before the first.

    Raises ChangesGone where some of them are kept no longer, or where the database never had `seq`
    (it was restored from a backup): then all is to be read anew, and followed from `last` on.
    """
    newest = last(db)
    if seq > newest or seq < first(db) - 1:
        raise ChangesGone(_gone(db, seq, newest))
    sql = """SELECT seq, at, kind, id, other_id, detail FROM changes
             WHERE seq > ? ORDER BY seq LIMIT ?"""
    return [_change(*row) for row in db.rows(sql, (seq, limit))]


def follow(
    db: "Database", seq: int, pause: Callable[[], bool], limit: int = 1000
) -> Iterator[list[Change]]:
    """Yield the changes behind `seq` as they come, in portions of at most `limit`, in their order.

    Where there is nothing new `pause` is called, which waits a while, and says False to end it.
    Between portions no transaction is open: a follower keeps no log from being shortened. Raises
    ChangesGone as `since` does.
    """
    seen_at: int | None = None
    while True:
        version = db.version_of_others()
        found = since(db, seq, limit) if version != seen_at else []
        if found:
            seq = found[-1].seq
            yield found
        else:
            seen_at = version
            if not pause():
                return


def last(db: "Database") -> int:
    """The number of the newest change, though it be kept no longer; 0 where there never was one."""
    return int(db.value("SELECT seq FROM sqlite_sequence WHERE name = 'change'") or 0)


def first(db: "Database") -> int:
    """The number of the oldest change that is kept, or where none is that of the next one."""
    return int(db.value("SELECT min(seq) FROM changes") or last(db) + 1)


def _change(
    seq: int, at: str, kind: str, row_id: int | None, other_id: int | None, detail: str | None
) -> Change:
    moment = from_text(at)
    assert moment is not None  # the column is NOT NULL
    said = {} if detail is None else json.loads(detail)
    return Change(seq, moment, kind, row_id, other_id, said)


def _gone(db: "Database", seq: int, newest: int) -> str:
    why = (
        f"the newest change is {newest}: this is another database, or was restored from a backup"
        if seq > newest
        else f"the oldest change that is kept is {first(db)}"
    )
    return f"{db.path}: changes cannot be followed from {seq}: {why}; read all and go on from there"
