"""The database of a command that writes or asks hosts: where what it asks is logged."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aggregator.cli.options import present
from aggregator.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.storage.database import Database

__all__ = ["logbook", "make_current"]

# A run writes often, but never for long; nobody is to find a request missing in the log.
_PATIENCE: Final = 60.0


@contextmanager
def logbook(
    path: Path,
    *,
    doing: str,
    make: bool,
    lost: str = "What was asked last may be missing in its log.",
) -> "Iterator[Database]":
    """The database at `path`, to write to in short transactions, beside a run too.

    Where there is none and it is not to be made, one in memory that ends with the command. `lost`
    is what to say where nothing can be written.
    Raises LockHeld where it is to be made or migrated while a run is at work.
    """
    from aggregator.storage.database import SqliteError, open_database

    if not make and not path.exists():
        with open_database(":memory:") as db:
            yield db
        return
    make_current(path, doing)
    with open_database(path, patience=_PATIENCE) as db:
        try:
            yield db
        except SqliteError as error:
            message = f"{path}: {error}. {lost}"
            raise DatabaseError(message) from error


def make_current(path: Path, doing: str) -> None:
    """Make or migrate the database, under the run lock: no run's tables change beneath it."""
    from aggregator.storage.database import open_database
    from aggregator.storage.lock import run_lock

    if path.exists():
        with open_database(path, readonly=True) as db:
            if not db.missing_migrations():
                return
    with run_lock(path, doing=doing, now=present()), open_database(path):
        pass
