"""Does the database keep its promises? Nearly each is one query that finds what breaks it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aggregator.errors import DatabaseError, LockHeld
from aggregator.storage.lock import run_lock
from aggregator.storage.promises_of_articles import ARTICLES
from aggregator.storage.promises_of_clusters import CLUSTERS
from aggregator.storage.promises_of_readers import READERS
from aggregator.storage.upkeep import full_text_indexes

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["PROMISES", "Broken", "broken_in_backup", "broken_promises", "require_current"]

_EXAMPLES: Final = 5
_SCHEMA: Final = "every table, index, trigger and view is there, as this program has it"
_TOGETHER: Final = "what editors put together is together"
_APART: Final = "what editors put apart is apart"
_FULL_TEXT: Final = "the full-text index says what the articles say"


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that is not kept: in how many places, and the first few of them."""

    promise: str
    count: int
    examples: tuple[str, ...]


_FILE: Final = (
    (
        "the file is sound",
        "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    ),
    (
        "references lead somewhere",
        """SELECT "table" || ' row ' || coalesce(rowid, '?') || ' to ' || parent
           FROM pragma_foreign_key_check""",
    ),
)
_QUERIES: Final = (*_FILE, *CLUSTERS, *ARTICLES, *READERS)

PROMISES: Final = (
    _SCHEMA,
    *(promise for promise, _ in _QUERIES),
    _TOGETHER,
    _APART,
    _FULL_TEXT,
)
"""All that `broken_promises` looks at, in its order."""


def require_current(db: "Database") -> None:
    """Raise DatabaseError where the schema is older than the program's, or there is none yet."""
    missing = db.missing_migrations()
    if missing and not db.migrations():
        message = f"{db.path}: is empty. The next run of 'aggregator poll' begins in it."
        raise DatabaseError(message)
    if missing:
        message = (
            f"{db.path}: its schema is older than this program (it lacks {', '.join(missing)}). "
            "The next run of 'aggregator poll' or scheduler.py brings it up to date."
        )
        raise DatabaseError(message)


def broken_in_backup(path: Path) -> Iterator[Broken]:
    """Check what can be told of a file that stays as it is: all but the full-text index.

    Of a schema that is older than the program's only that the file is sound.
    Raises DatabaseError where the file cannot be used.
    """
    from aggregator.storage.database import open_database

    with open_database(path, readonly=True) as db:
        is_older = bool(db.missing_migrations())
        for promise, sql in _FILE[:1] if is_older else _QUERIES:
            yield from _found(db, promise, sql)
        if not is_older:
            yield from (*_as_made(db), *_decided(db))


def broken_promises(path: Path, now: datetime) -> Iterator[Broken]:
    """Check each of `PROMISES` on the database at `path` and yield those that are broken.

    One that cannot be checked while a run is at work comes with a count of 0 and the reason.
    Raises DatabaseError where the file cannot be used or its schema is not current.
    """
    from aggregator.storage.database import open_database

    with open_database(path, readonly=True) as db:
        require_current(db)
        yield from _as_made(db)
        for promise, sql in _QUERIES:
            yield from _found(db, promise, sql)
        yield from _decided(db)
    # Asking FTS5 takes a writer, for long: never while a run wants to write. Nothing is changed.
    try:
        with run_lock(path, doing="check", now=now), open_database(path) as db:
            yield from _full_text(db)
    except LockHeld as held:
        yield Broken(_FULL_TEXT, 0, (str(held),))


def _found(db: "Database", promise: str, sql: str) -> Iterator[Broken]:
    try:
        rows = [str(row[0]) for row in db.rows(sql)]
    except sqlite3.Error as error:
        rows = [f"cannot be checked: {error}"]
    if rows:
        yield Broken(promise, len(rows), tuple(rows[:_EXAMPLES]))


def _as_made(db: "Database") -> Iterator[Broken]:
    """What differs from a database that is made today; what others added to it does not count."""
    from aggregator.storage.database import open_database

    with open_database(":memory:") as fresh:
        wanted, there = _parts(fresh), _parts(db)
    wrong = [f"{what}: {named}" for what, named in sorted(wanted - there)]
    if wrong:
        yield Broken(_SCHEMA, len(wrong), tuple(wrong[:_EXAMPLES]))


def _parts(db: "Database") -> set[tuple[str, str]]:
    """All parts of a schema with their tables, and all columns with their types.

    Not the text that made them, which differs by the version of SQLite that altered it.
    """
    sql = """SELECT type, name || ' on ' || tbl_name FROM sqlite_master
             WHERE name NOT GLOB 'sqlite_*' AND tbl_name <> '_sqlite_migrations'
               AND NOT (type = 'table' AND name GLOB '*_fts_*')
             UNION SELECT 'column', part.name || '.' || own.name || ' ' || own.type
             FROM sqlite_master AS part JOIN pragma_table_info(part.name) AS own
             WHERE part.type IN ('table', 'view') AND part.name NOT GLOB 'sqlite_*'"""
    return {(row[0], row[1]) for row in db.rows(sql)}


def _decided(db: "Database") -> Iterator[Broken]:
    """What connects over several decisions is no matter of one query."""
    from aggregator.storage import decisions

    unmet = decisions.unmet(db)
    for promise, kind in ((_TOGETHER, "together"), (_APART, "apart")):
        places = [f"decision {number}" for number, each in unmet if each == kind]
        if places:
            yield Broken(promise, len(places), tuple(places[:_EXAMPLES]))


def _full_text(db: "Database") -> Iterator[Broken]:
    """FTS5 itself compares an index with its articles, in both directions."""
    wrong = []
    for index in full_text_indexes(db):
        try:
            with db.write():
                db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - names are from the schema
        except sqlite3.Error as error:
            wrong.append(f"{index}: {error}")
    if wrong:
        yield Broken(_FULL_TEXT, len(wrong), tuple(wrong[:_EXAMPLES]))
