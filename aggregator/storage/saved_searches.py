"""Searches kept under a name: made, listed, dropped, and what they find."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from aggregator.errors import NotFound, UsageError
from aggregator.storage.readers import Filter
from aggregator.storage.search import Hit, match_expression, matching, search
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["SavedSearch", "delete", "find", "hits", "listed", "matches", "numbered", "save"]

_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search under a name that is unique whatever its case; `filter.since` is always None."""

    id: int
    name: str
    words: str
    filter: Filter
    created_at: datetime


def save(db: "Database", name: str, words: str, chosen: Filter, now: datetime) -> SavedSearch:
    """Keep a search under a new name, and return it; `chosen.since` must be None.

    Raises UsageError where the name is taken or none, or the words find nothing ever. Call inside
    `write()`.
    """
    named = _usable(name)
    if chosen.since is not None:
        message = "a time is no part of a saved search: give it whenever you ask for what it finds"
        raise UsageError(message)
    if not match_expression(words):
        message = "a search to save needs a word with a letter or digit"
        raise UsageError(message)
    if find(db, named) is not None:
        message = f"there is a saved search {named!r} already"
        raise UsageError(message)
    sql = """INSERT INTO saved_search (name, words, outlet, language, tag, created_at)
             VALUES (?, ?, ?, ?, ?, ?)"""
    at = to_text(now)
    db.execute(sql, (named, words, chosen.outlet, chosen.language, chosen.tag, at))
    return _existing(db, named)


def _usable(name: str) -> str:
    named = " ".join(name.split())
    if not named or len(named) > _LONGEST_NAME or not named.isprintable():
        message = f"the name of a saved search has 1 to {_LONGEST_NAME} characters in one line"
        raise UsageError(message)
    return named


def delete(db: "Database", name: str) -> SavedSearch:
    """Forget a saved search, and return it; raises NotFound. Call inside `write()`."""
    saved = _existing(db, name)
    db.execute("DELETE FROM saved_search WHERE id = ?", (saved.id,))
    return saved


def _existing(db: "Database", name: str) -> SavedSearch:
    found = find(db, name)
    if found is None:
        message = f"there is no saved search {name!r}"
        raise NotFound(message)
    return found


def find(db: "Database", name: str) -> SavedSearch | None:
    """The saved search of this name, in whatever case of ASCII letters."""
    row = db.row("SELECT * FROM saved_searches WHERE name = ?", (" ".join(name.split()),))
    return None if row is None else _saved(row)


def numbered(db: "Database", search_id: int) -> SavedSearch | None:
    """The saved search of this number."""
    row = db.row("SELECT * FROM saved_searches WHERE id = ?", (search_id,))
    return None if row is None else _saved(row)


def listed(db: "Database") -> list[SavedSearch]:
    """All saved searches, by name."""
    return [_saved(row) for row in db.rows("SELECT * FROM saved_searches ORDER BY name")]


def _saved(row: sqlite3.Row) -> SavedSearch:
    at = from_text(row["created_at"])
    assert at is not None  # the column is NOT NULL
    chosen = Filter(None, row["outlet"], row["language"], row["tag"])
    return SavedSearch(row["id"], row["name"], row["words"], chosen, at)


def hits(
    db: "Database", saved: SavedSearch, *, limit: int, since: datetime | None = None
) -> list[Hit]:
    """What a saved search finds, most relevant first; `since` leaves out what is older."""
    return search(db, saved.words, replace(saved.filter, since=since), limit=limit)


def matches(db: "Database", saved: SavedSearch, article_ids: Iterable[int]) -> set[int]:
    """Those of the articles that a saved search finds."""
    return matching(db, saved.words, saved.filter, article_ids)
