"""Looks for feeds on behalf of a user, with the manners of a run: quiet hosts, and the log."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.cli.options import present
from aggregator.cli.text import complain, counted, local
from aggregator.core.urls import without_credentials
from aggregator.errors import LockHeld, NotFound
from aggregator.model import Failed, Hop, Rejected

if TYPE_CHECKING:
    from aggregator.pipeline.discovery import Findings
    from aggregator.pipeline.hosts import HostBook
    from aggregator.settings import Settings
    from aggregator.storage.database import Database

__all__ = ["search"]


async def search(urls: Sequence[str], settings: "Settings", db: Path, *, quiet: bool) -> "Findings":
    """Search the first of `urls` that can be reached, and keep the requests in the log.

    Raises NotFound, with the cause and what to do, where nothing is found.
    """
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.net.client import Client
    from aggregator.pipeline.discovery import Search

    shown = not quiet and sys.stderr.isatty()
    book = _host_book(db)
    async with (
        Client(settings.network, present, quiet=book.quiet_until) as client,
        ProcessPool(settings.workers) as pool,
    ):
        search = Search(client, pool, lambda url: complain(f"asking {url}") if shown else None)
        found = await search.at(urls)
    _log(db, book, search.hops)
    if found.failure is not None:
        raise _nothing(found, found.failure, urls[0])
    return found


def _nothing(found: "Findings", failure: Failed | Rejected, url: str) -> NotFound:
    from aggregator.core.health import advice

    address = without_credentials(failure.url if isinstance(failure, Failed) else url)
    told = [f"{address}: not added: {failure.reason}: {failure.detail}"]
    told += [f"  {without_credentials(each.url)}: {each.why}" for each in found.left_out]
    way_out = advice(failure.reason, address)
    if failure.reason == "no_feed":
        way_out = "look on the site for a page about RSS, and add the address of a feed it names"
    elif isinstance(failure, Failed) and failure.reason == "backed_off":
        way_out = f"wait until {local(failure.retry_after)}"
    return NotFound("\n".join([*told, f"What to do: {way_out}"]))


# --- what the database knows of hosts ----------------------------------------------------------


def _host_book(db: Path) -> "HostBook":
    from aggregator.pipeline.hosts import HostBook
    from aggregator.storage import hosts

    with _current(db, readonly=True) as database:
        return HostBook(hosts.load(database) if database else (), present)


def _log(db: Path, book: "HostBook", hops: Sequence[Hop]) -> None:
    """Keep the requests with those of the runs; there is one writer, so not while a run works."""
    from aggregator.storage import hosts, requests
    from aggregator.storage.lock import run_lock

    if not db.exists():
        return
    now = present()
    try:
        with (
            run_lock(db, doing="aggregator add", now=now),
            _current(db, readonly=False) as database,
        ):
            if database is not None:
                with database.write():
                    requests.keep(database, hops)
                    hosts.save(database, book.note(hops, now))
    except LockHeld:
        asked = counted(len(hops), "request")
        complain(f"note: a run is at work on {db}, so its log does not show the {asked} just made")


@contextmanager
def _current(db: Path, *, readonly: bool) -> "Iterator[Database | None]":
    """The database, or None where there is none yet or only one of an older program."""
    from aggregator.storage.database import open_database

    if not db.exists():
        yield None
        return
    with open_database(db, readonly=readonly) as database:
        yield None if database.missing_migrations() else database
