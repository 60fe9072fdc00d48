"""Serves the desk's application from a thread, as the command does from a process."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from fastapi import FastAPI

from aggregator.web.server import bound, serve

__all__ = ["Served"]


class Served:
    """An application that answers at `url` while the context lasts."""

    def __init__(self, app: FastAPI) -> None:
        """Take a port that is free."""
        self.app = app
        self._listening = bound("127.0.0.1", 0)
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()))

    async def _work(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._started.set()
        with self._listening:
            await serve(self.app, self._listening, self._stop.wait, tls=self.app.state.entry.tls)

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        assert self._started.wait(30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, as a signal would."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive()
