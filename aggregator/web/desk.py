"""What a request finds: the database's readers, the clock, and how much may wait."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from aggregator.storage.database import Database
from aggregator.storage.pool import ReaderPool
from aggregator.web.ports import Done, Editing, Ports, Refused
from aggregator.web.problems import BUSY, FORBIDDEN, Problem

__all__ = ["Desk", "Limits"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may wait to read, how many to edit, and how many for changes.

    `follower_pause` is in seconds: how often it is looked whether something came for those. So is
    `editor_pause`: how long one editor waits for the acts of others, which wait for a run; with
    that wait together it is less than browsers wait for an answer, who else would tell an editor
    that nothing was done, and do it later.
    """

    waiting: int = 64
    editors: int = 16
    editor_pause: float = 6.0
    followers: int = 32
    follower_pause: float = 0.5


@dataclass(slots=True)
class Desk:
    """One server's share in a database.

    `program` is the version that answers, `contract` that of what the views promise. `ports` are
    what it was handed to do more than read.
    """

    program: str
    contract: int
    pool: ReaderPool
    clock: Callable[[], datetime]
    limits: Limits
    ports: Ports = field(default_factory=Ports)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: int = 0
    _followers: int = 0
    _editors: int = 0
    _pen: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, what: Callable[[Database], Result]) -> Result:
        """Read in one of the threads; raises Problem where too many wait for one."""
        if self._waiting >= self.limits.waiting:
            raise _busy(whom="reads")
        self._waiting += 1
        try:
            return await asyncio.wrap_future(self.pool.submit(what))
        finally:
            self._waiting -= 1

    async def edit(self, what: Callable[[Editing], Done]) -> Done:
        """Change something, in a thread, one after the other; raises Refused as `Editing` does.

        Raises Problem where too many wait for that, or where this desk is to be read only, and
        Refused where the others before it take too long.
        """
        editing = self.ports.editing
        if editing is None:
            raise Problem(FORBIDDEN, "this desk was started to be read only")
        if self._editors >= self.limits.editors:
            raise _busy(whom="editors")
        self._editors += 1
        try:
            await self._take_the_pen()
            try:
                return await asyncio.to_thread(what, editing)
            finally:
                self._pen.release()
        finally:
            self._editors -= 1

    async def _take_the_pen(self) -> None:
        try:
            await asyncio.wait_for(self._pen.acquire(), self.limits.editor_pause)
        except TimeoutError:
            raise Refused(kind="busy", detail="others write before") from None

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
