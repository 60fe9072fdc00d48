"""What became of numbers: where those lead that were merged, and whether others ever did."""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Thing", "merged_into", "story_of_group", "was_once"]

Thing = Literal["story", "copy_group", "article"]


def merged_into(db: "Database", kind: Literal["story", "copy_group"], number: int) -> int | None:
    """The number that stands for one that was merged away, None for any other."""
    sql = "SELECT new_id FROM redirects WHERE kind = ? AND old_id = ?"
    found: int | None = db.value(sql, (kind, number))
    return found


def story_of_group(db: "Database", group_id: int) -> int | None:
    """The story of a copy group, None where there is no such group or it has none yet."""
    found: int | None = db.value("SELECT story_id FROM copy_groups WHERE id = ?", (group_id,))
    return found


def was_once(db: "Database", kind: Thing, number: int) -> bool:
    """Whether there ever was a thing of this number: they are given one after the other."""
    if kind == "article":
        return bool(number <= db.value("SELECT coalesce(max(id), 0) FROM articles"))
    sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"
    return bool(number <= db.value(sql, (kind,)))
