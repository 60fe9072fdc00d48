"""What a request finds: the database's readers, the clock, and how much may wait."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from aggregator.storage.database import Database
from aggregator.storage.pool import ReaderPool
from aggregator.web.problems import BUSY, Problem

__all__ = ["Desk", "Limits"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may wait to read, and how many for changes.

    `follower_pause` is in seconds: how often it is looked whether something came for those.
    """

    waiting: int = 64
    followers: int = 32
    follower_pause: float = 0.5


@dataclass(slots=True)
class Desk:
    """One server's share in a database.

    `program` is the version that answers, `contract` that of what the views promise.
    """

    program: str
    contract: int
    pool: ReaderPool
    clock: Callable[[], datetime]
    limits: Limits
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: int = 0
    _followers: int = 0

    async def read(self, what: Callable[[Database], Result]) -> Result:
        """Read in one of the threads; raises Problem where too many wait for one."""
        if self._waiting >= self.limits.waiting:
            raise _busy(whom="reads")
        self._waiting += 1
        try:
            return await asyncio.wrap_future(self.pool.submit(what))
        finally:
            self._waiting -= 1

    @contextmanager
    def following(self) -> Iterator[None]:
        """Wait for changes; raises Problem where too many do."""
        if self._followers >= self.limits.followers:
            raise _busy(whom="followers")
        self._followers += 1
        try:
            yield
        finally:
            self._followers -= 1

    async def pause(self, seconds: float) -> bool:
        """Wait for so long, or until the server is to end; says whether to go on."""
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return True
        return False


def _busy(whom: str) -> Problem:
    return Problem(BUSY, f"too many {whom} are waiting", headers={"Retry-After": "2"})
