"""How a command asks hosts: with the manners of a run, beside one too, and everything logged."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aggregator.cli.options import present
from aggregator.errors import DatabaseError
from aggregator.model import Hop
from aggregator.settings import NetworkSettings

if TYPE_CHECKING:
    from aggregator.net.client import Client
    from aggregator.pipeline.robots import Gate
    from aggregator.storage.database import Database

__all__ = ["Asking", "asking", "logbook", "make_current"]

# A run writes often, but never for long; nobody is to find a request missing in the log.
_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Asking:
    """What a command asks with: `gate` for pages, `client` for all else, whose hops go to `note`.

    What is noted is in the log at once, for the runs that go on meanwhile.
    """

    client: "Client"
    gate: "Gate"
    note: Callable[[Sequence[Hop]], None]


@asynccontextmanager
async def asking(db: "Database", network: NetworkSettings) -> AsyncIterator[Asking]:
    """Ask hosts as `db` knows them: when they were asked last, and which are to be left alone."""
    from aggregator.net.client import Client
    from aggregator.pipeline.hosts import asked_by_others, kept_book, log
    from aggregator.pipeline.robots import Gate

    book, pause = kept_book(db, present), network.seconds_between_requests
    asked = asked_by_others(db, present, pause)

    def note(hops: Sequence[Hop]) -> None:
        log(db, book, hops, present())

    async with Client(network, present, quiet=book.quiet_until, asked=asked) as client:
        try:
            yield Asking(client, Gate(db, client, book, present, pause=pause), note)
        finally:
            note(client.cut_short)


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
