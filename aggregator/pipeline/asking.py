"""How hosts are asked outside of runs: with the manners of a run, beside one too, all logged."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Hop
from aggregator.net.client import Client
from aggregator.pipeline.hosts import asked_by_others, kept_book, log
from aggregator.pipeline.robots import Gate
from aggregator.settings import NetworkSettings
from aggregator.storage.database import Database

__all__ = ["Asking", "asking"]


@dataclass(frozen=True, slots=True)
class Asking:
    """What one asks with: `gate` for pages, `client` for all else, whose hops go to `note`.

    What is noted is in the log at once, for the runs that go on meanwhile.
    """

    client: Client
    gate: Gate
    note: Callable[[Sequence[Hop]], None]


@asynccontextmanager
async def asking(
    db: Database, network: NetworkSettings, clock: Callable[[], datetime]
) -> AsyncIterator[Asking]:
    """Ask hosts as `db` knows them: when they were asked last, and which are to be left alone."""
    book, pause = kept_book(db, clock), network.seconds_between_requests
    asked = asked_by_others(db, clock, pause)

    def note(hops: Sequence[Hop]) -> None:
        log(db, book, hops, clock())

    async with Client(network, clock, quiet=book.quiet_until, asked=asked) as client:
        try:
            yield Asking(client, Gate(db, client, book, clock, pause=pause), note)
        finally:
            note(client.cut_short)
