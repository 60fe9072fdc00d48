"""A follower with a memory of its own: `python -m tests.support.following DATABASE MEMORY [END]`.

It keeps what it has read and how far it has come in one transaction, a few changes at a time, so
that it may be killed at any moment. With END it stops where nothing more is there.
"""

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from aggregator.storage import changes
from aggregator.storage.database import Database, open_database
from tests.support.mirror import Views, named, row_of, views

__all__ = ["came_to", "read"]

_AT_ONCE: Final = 7
_MEMORY: Final = """
CREATE TABLE IF NOT EXISTS kept (view TEXT, key TEXT, row TEXT, PRIMARY KEY (view, key));
CREATE TABLE IF NOT EXISTS seen (seq INTEGER);
"""


def read(memory: Path) -> Views:
    """What a follower has in its memory."""
    found: Views = {}
    with closing(sqlite3.connect(memory)) as own:
        for view, key, row in own.execute("SELECT view, key, row FROM kept"):
            found.setdefault(view, {})[tuple(json.loads(key))] = tuple(json.loads(row))
    return found


def came_to(memory: Path) -> int:
    """The last change that a follower took in; 0 where it did not get as far as to begin."""
    with closing(sqlite3.connect(memory)) as own:
        if own.execute("SELECT 1 FROM sqlite_master WHERE name = 'seen'").fetchone() is None:
            return 0
        row = own.execute("SELECT seq FROM seen").fetchone()
        return 0 if row is None else int(row[0])


def _begin(db: Database, own: sqlite3.Connection) -> int:
    """How far it has come; a new one first reads all that is there."""
    own.executescript(_MEMORY)
    row = own.execute("SELECT seq FROM seen").fetchone()
    if row is not None:
        return int(row[0])
    with db.snapshot():
        everything, seq = views(db), changes.last(db)
    with own:
        for view, rows in everything.items():
            own.executemany(
                "INSERT INTO kept VALUES (?, ?, ?)",
                [(view, json.dumps(key), json.dumps(row)) for key, row in rows.items()],
            )
        own.execute("INSERT INTO seen VALUES (?)", (seq,))
    return seq


def _follow(db: Database, own: sqlite3.Connection, *, to_the_end: bool) -> None:
    def pause() -> bool:
        time.sleep(0.01)
        return not to_the_end

    for found in changes.follow(db, _begin(db, own), pause, _AT_ONCE):
        with own:
            for view, key in [each for change in found for each in named(change)]:
                row = row_of(db, view, key)
                own.execute("DELETE FROM kept WHERE view = ? AND key = ?", (view, json.dumps(key)))
                if row is not None:
                    kept = (view, json.dumps(key), json.dumps(row))
                    own.execute("INSERT INTO kept VALUES (?, ?, ?)", kept)
            own.execute("UPDATE seen SET seq = ?", (found[-1].seq,))


if __name__ == "__main__":
    database, memory, *end = sys.argv[1:]
    with open_database(database, readonly=True) as db, closing(sqlite3.connect(memory)) as own:
        _follow(db, own, to_the_end=bool(end))
