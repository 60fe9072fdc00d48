"""What keeps a database small and quick: statistics, full-text indexes, the log, free space."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aggregator.storage.database import Database

__all__ = ["Space", "analyse", "compact", "full_text_indexes", "merge", "optimise", "space"]

_ROWS_OF_AN_INDEX: Final = 400


@dataclass(frozen=True, slots=True)
class Space:
    """What a database takes on disk, in bytes; `free` is what is in the file and can be reused."""

    file: int
    free: int
    log: int


def space(db: Database) -> Space:
    """How large a database is now."""
    size = int(db.value("PRAGMA page_size"))
    pages, free = (int(db.value(f"PRAGMA {name}")) for name in ("page_count", "freelist_count"))
    log = Path(f"{db.path}-wal")
    return Space(pages * size, free * size, log.stat().st_size if log.exists() else 0)


def optimise(db: Database) -> None:
    """Bring the statistics that queries are planned by up to date where they no longer fit.

    Costs next to nothing where they do, and looks at some hundred rows of an index at most.
    """
    db.value(f"PRAGMA analysis_limit = {_ROWS_OF_AN_INDEX}")
    db.rows("PRAGMA optimize")


def analyse(db: Database) -> None:
    """Make all statistics anew, from some hundred rows of each index."""
    db.value(f"PRAGMA analysis_limit = {_ROWS_OF_AN_INDEX}")
    with db.write():
        db.execute("ANALYZE")


def full_text_indexes(db: Database) -> list[str]:
    """The names of all full-text indexes."""
    sql = """SELECT name FROM sqlite_master WHERE type = 'table'
             AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%' ORDER BY name"""
    return [row[0] for row in db.rows(sql)]


def merge(db: Database, index: str, pages: int, *, begin: bool = False) -> bool:
    """Merge parts of a full-text index, about so many pages of it; False where none was left to do.

    `begin` marks all parts to become one; further calls without it go on. The way of it is from
    SQLite's documentation of FTS5, under "The 'merge' command".
    """
    wanted = -pages if begin else pages
    with db.write():
        before = db.changes()
        db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (wanted,))  # noqa: S608 - names are from the schema
        return db.changes() - before > 1


def compact(db: Database) -> None:
    """Write the whole file anew without its free space; takes as much again beside it meanwhile."""
    db.execute("VACUUM")
