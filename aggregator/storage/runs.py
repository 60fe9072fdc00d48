"""The log of runs: when each began and ended, how, what it did, and how large the files were."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from aggregator.storage.database import Database
from aggregator.storage.times import from_text, to_text

__all__ = [
    "COUNTS",
    "Ended",
    "Run",
    "articles_waiting",
    "backlog",
    "begin",
    "end",
    "entries_waiting",
    "file_sizes",
    "idle",
    "last",
    "totals",
]

_KEPT: Final = timedelta(days=30)
COUNTS: Final = (
    "feeds_due", "feeds_changed", "feeds_unchanged", "feeds_postponed", "feeds_failed",
    "articles_stored", "articles_known", "articles_rejected", "articles_waiting",
    "articles_clustered",
)  # fmt: skip
"""What is counted of a run, as the log names it."""

_END: Final = (
    f"UPDATE run SET ended_at = ?, outcome = ?, detail = ?, {', '.join(f'{c} = ?' for c in COUNTS)}"  # noqa: S608 - names are ours
    ", backlog = ?, database_bytes = ?, wal_bytes = ? WHERE id = ?"
)
_IDLE: Final = """
UPDATE run SET rounds = rounds + 1, ended_at = ?, backlog = 0, database_bytes = ?, wal_bytes = ?
WHERE id = (SELECT max(id) FROM run) AND outcome = 'idle'
RETURNING id
"""
_NEW_IDLE: Final = """
INSERT INTO run (began_at, ended_at, outcome, backlog, database_bytes, wal_bytes)
VALUES (?1, ?1, 'idle', 0, ?2, ?3)
"""
_TOTAL: Final = """
INSERT INTO run_total (name, count) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET count = count + excluded.count
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as kept; `ended_at` is None while it is at work, and where it was killed."""

    id: int
    began_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: "done", "stopped" or "failed", why, and its counts by their names."""

    outcome: str
    counts: Mapping[str, int]
    detail: str | None = None


def begin(db: Database, now: datetime) -> int:
    """Note that a run begins, under the run lock: one that is still open was killed."""
    with db.write():
        db.execute("UPDATE run SET outcome = 'killed' WHERE outcome = 'working'")
        return db.execute("INSERT INTO run (began_at) VALUES (?)", (to_text(now),))


def end(db: Database, run_id: int, ended: Ended, now: datetime) -> None:
    """Note how a run ended, add it to the totals, and drop what is older than 30 days."""
    counts = [ended.counts.get(name, 0) for name in COUNTS]
    state = (to_text(now), ended.outcome, ended.detail, *counts)
    with db.write():
        db.execute(_END, (*state, backlog(db, now), *file_sizes(Path(db.path)), run_id))
        _add(db, {**dict(zip(COUNTS, counts, strict=True)), f"runs_{ended.outcome}": 1})
        _prune(db, now)


def idle(db: Database, now: datetime) -> None:
    """Note that there was nothing to do: rounds in a row without work are one row."""
    sizes = file_sizes(Path(db.path))
    with db.write():
        db.execute("UPDATE run SET outcome = 'killed' WHERE outcome = 'working'")
        if db.value(_IDLE, (to_text(now), *sizes)) is None:
            db.execute(_NEW_IDLE, (to_text(now), *sizes))
            _prune(db, now)


def _add(db: Database, counts: Mapping[str, int]) -> None:
    db.execute_many(_TOTAL, [(name, count) for name, count in counts.items() if count])


def _prune(db: Database, now: datetime) -> None:
    db.execute("DELETE FROM run WHERE began_at < ?", (to_text(now - _KEPT),))


def last(db: Database, *outcomes: str) -> Run | None:
    """The newest run with one of `outcomes`, or of all where none is named; or None."""
    sql = """SELECT id, began_at, ended_at, outcome, detail FROM run
             WHERE ?1 = '[]' OR outcome IN (SELECT value FROM json_each(?1))
             ORDER BY id DESC LIMIT 1"""
    row = db.row(sql, (json.dumps(outcomes),))
    if row is None:
        return None
    began = from_text(row["began_at"])
    assert began is not None  # it is never NULL
    return Run(row["id"], began, from_text(row["ended_at"]), row["outcome"], row["detail"])


def totals(db: Database) -> dict[str, int]:
    """What all runs together did since the log began, by name, `runs_OUTCOME` among them."""
    return {row["name"]: row["count"] for row in db.rows("SELECT name, count FROM run_total")}


def backlog(db: Database, now: datetime) -> int:
    """How many entries wait for a page although their turn has come, and articles for a group."""
    return entries_waiting(db, now) + articles_waiting(db)


def entries_waiting(db: Database, now: datetime) -> int:
    """How many entries wait for a page although their turn has come."""
    sql = "SELECT count(*) FROM entry WHERE state = 'pending' AND next_try_at <= ?"
    return int(db.value(sql, (to_text(now),)))


def articles_waiting(db: Database) -> int:
    """How many articles no run has grouped yet."""
    return int(db.value("SELECT count(*) FROM article WHERE NOT clustered"))


def file_sizes(path: Path) -> tuple[int, int]:
    """The bytes of the database file at `path` and of its write-ahead log."""
    return _size(path), _size(path.with_name(f"{path.name}-wal"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
