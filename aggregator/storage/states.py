"""Which state the database is in: its last change tells it from every other one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.storage import changes

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["State", "state"]


@dataclass(frozen=True, slots=True)
class State:
    """The last change's number, 0 for none, and its time: by that a restored backup is told.

    The time is None where that change is kept no longer.
    """

    seq: int
    at: str | None


def state(db: "Database") -> State:
    """The state that is read now."""
    seq = changes.last(db)
    return State(seq, db.value("SELECT at FROM changes WHERE seq = ?", (seq,)))
