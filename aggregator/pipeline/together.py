"""Writes what several hands bring in one transaction, as each would write the same pages anew."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from aggregator.storage.database import Database

__all__ = ["Together"]

Result = TypeVar("Result")

_MOST: Final = 50
_SECONDS: Final = 0.5


class Together:
    """Transactions shared by the hands of a run, inside its event loop.

    One is written as soon as all that is in hand waits for it, `most` do, or one has waited for
    so many `seconds`. No transaction is open in between.
    """

    def __init__(self, db: Database, *, most: int = _MOST, seconds: float = _SECONDS) -> None:
        """Nothing is in hand yet."""
        self._db, self._most, self._seconds = db, most, seconds
        self._hands = 0
        self._steps: list[_Step] = []
        self._timer: asyncio.TimerHandle | None = None

    @contextmanager
    def hand(self) -> Iterator[None]:
        """One more is in hand, and may come to write."""
        self._hands += 1
        try:
            yield
        finally:
            self._hands -= 1
            self._look()

    async def write(self, step: Callable[[], Result]) -> Result:
        """Call `step` inside a transaction, and return what it does once that is committed.

        It is called again, alone, where another's or its own fails; then its own error is raised.
        Where no transaction can be begun, since another process has the lock, that is raised.
        Whoever is cancelled meanwhile has it written first.
        """
        found: list[Result] = []
        mine = _Step(lambda: found.append(step()))
        self._steps.append(mine)
        self._look()
        try:
            await mine.over.wait()
        except asyncio.CancelledError:
            self._write()
            raise
        if mine.error is not None:
            raise mine.error
        return found[-1]

    def _look(self) -> None:
        """Write if it is time to, else see to it that it will be."""
        if self._steps and len(self._steps) >= min(self._most, self._hands):
            self._write()
        elif self._steps and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds, self._write)

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        steps, self._steps = self._steps, []
        if steps and not self._settled(steps) and len(steps) > 1:
            for step in steps:
                self._settled([step])
        for step in steps:
            step.over.set()

    def _settled(self, steps: "list[_Step]") -> bool:
        """Write these; where that fails each knows why, and nothing is kept.

        False where each may fare better alone: not where the lock was waited for in vain.
        """
        error: Exception | None = None
        has_begun = False
        try:
            with self._db.write():
                has_begun = True
                for step in steps:
                    step.write()
        except Exception as found:  # noqa: BLE001 - whatever it is, it goes to the hand it concerns
            error = found
        for step in steps:
            step.error = error
        return error is None or not has_begun


class _Step:
    """What one hand has to write, whether that is over, and the error if it failed."""

    def __init__(self, write: Callable[[], None]) -> None:
        self.write = write
        self.over = asyncio.Event()
        self.error: Exception | None = None
