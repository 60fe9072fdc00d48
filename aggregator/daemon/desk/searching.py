"""Keeps searches for the desk, and whom to tell of what they find."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import DatabaseError, UsageError
from aggregator.storage import alerts, saved_searches
from aggregator.storage.database import SqliteError, open_database
from aggregator.storage.search import match_expression
from aggregator.web.gathering import NotDone

if TYPE_CHECKING:
    from aggregator.storage.database import Database
    from aggregator.storage.readers import Filter
    from aggregator.storage.saved_searches import SavedSearch

__all__ = ["Searches"]


class Searches:
    """Writes to the database at a path as `web.gathering.Searching` has it."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        """Write to the database at `path`."""
        self._path, self._clock = path, clock

    def save(
        self, name: str, words: str, chosen: "Filter", by: str, *, alert: bool
    ) -> "SavedSearch":
        """Keep a search, and tell who made it of new hits where `alert` says so."""
        if not match_expression(words):
            raise NotDone(reason="words")
        with self._writing() as db:
            if saved_searches.find(db, name) is not None:
                raise NotDone(reason="taken")
            try:
                saved = saved_searches.save(db, name, words, chosen, self._clock())
            except UsageError as error:
                raise NotDone(reason="name", detail=str(error)) from error
            if alert:
                alerts.watch(db, saved.id, by)
            return saved

    def delete(self, search_id: int) -> "SavedSearch":
        """Forget a search."""
        with self._writing() as db:
            return saved_searches.delete(db, _there(db, search_id).name)

    def alert(self, search_id: int, reader: str, *, wanted: bool) -> "SavedSearch":
        """Tell a reader of new hits from now on, or no longer."""
        with self._writing() as db:
            saved = _there(db, search_id)
            (alerts.watch if wanted else alerts.unwatch)(db, search_id, reader)
            return saved

    def looked(self, search_id: int, reader: str, to: int) -> None:
        """Note that a reader has seen the hits up to an article."""
        with self._writing() as db:
            alerts.looked(db, search_id, reader, to)

    @contextmanager
    def _writing(self) -> "Iterator[Database]":
        try:
            with open_database(self._path, create=False) as db, db.write():
                yield db
        except (DatabaseError, SqliteError) as error:
            raise NotDone(reason="busy", detail=str(error)) from error


def _there(db: "Database", search_id: int) -> "SavedSearch":
    found = saved_searches.numbered(db, search_id)
    if found is None:
        raise NotDone(reason="no-search")
    return found
