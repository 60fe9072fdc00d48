"""Puts hostile words wherever a database holds what came from outside, past what cleans them."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from typing import Final, get_args

from aggregator.model.decisions import Kind
from aggregator.storage.database import Database

__all__ = ["AT_ONCE", "poison"]

AT_ONCE: Final = 24
"""So many inputs stand together in one place: each article has others."""

# By table: columns that get some words, and those that get them as a list. No page may lean on
# what storage promises of them.
_WORDS: Final = {
    "article": "title lead outlet agency image spared",
    "copy_group": "agency",
    "entry": "title summary content image",
    "feed": "title outlet last_error shown_url moved_to language hub",
    "former_version": "title lead text",
    "furniture": "example decided_by",
    "rejection": "detail reason",
    "removed_block": "text",
    "request": "outcome location",
    "run": "detail",
    "saved_search": "name words outlet tag",
    "story": "title",
}
_LISTS: Final = {"article": "authors", "copy_group": "shared_terms", "feed": "tags"}
# No two rows have the same address.
_ADDRESSES: Final = {"article": "url canonical_url", "feed": "url"}
_DECISION: Final = """
INSERT INTO decision (at, author, kind, story_id, value)
VALUES ('2026-01-01T00:00:00Z', ?, ?, ?, ?)
"""
_SEARCH: Final = """
INSERT INTO saved_search (name, words, created_at) VALUES (?, ?, '2026-01-01T00:00:00Z')
"""


def poison(db: Database, inputs: Iterable[str]) -> None:
    """Overwrite all of it with `inputs`, in turn, and begin again where they end."""
    # As a database has them: no half of a pair of letters.
    turns = cycle([each.encode("utf-8", "replace").decode() for each in inputs])
    with db.write():
        _decide(db, turns)
        for table, columns in _WORDS.items():
            _fill(db, table, columns.split(), lambda: _some(turns))
        for table, columns in _LISTS.items():
            _fill(db, table, columns.split(), lambda: json.dumps([_some(turns), _some(turns)]))
        for table, columns in _ADDRESSES.items():
            _fill(db, table, columns.split(), lambda: next(turns))
        _fill(db, "article", ["text"], lambda: "\n".join(islice(turns, AT_ONCE)))
        # Every other article keeps a language, by which pages group them.
        db.execute("UPDATE article SET language = title WHERE id % 5 = 0")


def _some(turns: Iterator[str]) -> str:
    return " ".join(islice(turns, AT_ONCE)).strip(" ")


def _fill(db: Database, table: str, columns: list[str], words: Callable[[], str]) -> None:
    named = db.rows("SELECT name FROM pragma_table_info(?) WHERE pk", (table,))
    keys = [row[0] for row in named]
    where = " AND ".join(f"{key} IS ?" for key in keys)
    for row in db.rows(f"SELECT {', '.join(keys)} FROM {table}"):  # noqa: S608 - names are ours
        for column in columns:
            made = words()
            unique = f"{made}#{row[0]}" if column.endswith("url") else made
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (unique, *row))  # noqa: S608 - the same


def _decide(db: Database, turns: Iterator[str]) -> None:
    """Let editors whose names are hostile have renamed, starred and noted, and kept a search."""
    if db.value("SELECT count(*) FROM saved_search") == 0:
        for (story,) in db.rows("SELECT id FROM story WHERE id % 2"):
            for kind in {"rename", "star", "note"} & {*get_args(Kind)}:
                db.execute(_DECISION, (_some(turns), kind, story, _some(turns)))
        db.execute(_SEARCH, (_some(turns), "bridge"))
    db.execute("UPDATE decision SET act = coalesce(act, id)")
    db.execute("UPDATE decision SET value = ? WHERE kind = 'note'", (_some(turns),))
