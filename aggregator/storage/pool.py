"""Many readers of one file: threads with a connection each, which can write nothing."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import require_current

__all__ = ["ReaderPool"]

Result = TypeVar("Result")


class ReaderPool:
    """Reads from the database at `path` in `size` threads, each read in `seconds` at most.

    Where another file was put in its place, as restoring a backup does, that one is read.
    """

    def __init__(self, path: Path, *, size: int, seconds: float) -> None:
        """Open one connection, so that a file that cannot be read is told of at once.

        Raises DatabaseError for that, or where the schema is older than the program's.
        """
        self._path, self._seconds = path, seconds
        self._mine = threading.local()
        self._opened: set[Database] = set()
        self._open().close()
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="reader")

    def submit(self, read: Callable[[Database], Result]) -> Future[Result]:
        """Begin a read of one state of the database.

        The future raises TookTooLong where it took longer than it may, and DatabaseError or
        SqliteError where the file cannot be read.
        """
        return self._threads.submit(self._run, read)

    def _run(self, read: Callable[[Database], Result]) -> Result:
        with self._connection().within(self._seconds) as db, db.snapshot():
            return read(db)

    def _connection(self) -> Database:
        """The connection of this thread to the file that is there now."""
        now = self._path.stat()
        place = now.st_dev, now.st_ino
        if getattr(self._mine, "place", None) != place:
            if former := getattr(self._mine, "db", None):
                self._opened.discard(former)
                former.close()
            self._mine.db, self._mine.place = self._open(), place
            self._opened.add(self._mine.db)
        db: Database = self._mine.db
        return db

    def _open(self) -> Database:
        db = open_database(self._path, readonly=True)
        try:
            require_current(db)
        except BaseException:
            db.close()
            raise
        db.execute("PRAGMA query_only = ON")
        return db

    def close(self) -> None:
        """Wait for reads at work, and close all connections."""
        self._threads.shutdown(cancel_futures=True)
        while self._opened:
            self._opened.pop().close()

    def __enter__(self) -> Self:
        """Use as a context manager that closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
