"""Stopping well: at SIGTERM or SIGINT finish what is in hand, within a few seconds."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Final, Self, TypeVar

__all__ = ["Stopping"]

Result = TypeVar("Result")
_GRACE: Final = 7.0


class Stopping:
    """Knows whether a signal has asked to stop; made inside a running event loop."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._event = asyncio.Event()

    @classmethod
    def on_signals(cls) -> Self:
        """Listen to SIGTERM and SIGINT for as long as the loop runs."""
        stopping = cls()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping._event.set)
        return stopping

    def asked(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Wait until asked to stop."""
        await self._event.wait()

    async def sleep(self, seconds: float, woken: asyncio.Event | None = None) -> None:
        """Sleep, or wake at once when asked to stop or `woken`."""
        events = (self._event,) if woken is None else (self._event, woken)
        waits = [asyncio.ensure_future(each.wait()) for each in events]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    async def finish_in_hand(self, work: Coroutine[None, None, Result]) -> Result | None:
        """Run `work`; once asked to stop give it a few seconds more, then cancel it: None.

        What is cancelled is repeated by the next run: every step is kept in one transaction.
        """
        task = asyncio.ensure_future(work)
        asked = asyncio.ensure_future(self._event.wait())
        await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        done, _ = await asyncio.wait({task}, timeout=_GRACE if not task.done() else None)
        if not done:
            task.cancel()
            await asyncio.wait({task})
            return None
        return task.result()
