"""Keeps an ear open for hubs as long as the operator wants it, or a hub has still to call back."""

import asyncio
import logging
import random
from types import TracebackType
from typing import TYPE_CHECKING, Self

from aggregator.daemon.run import Job
from aggregator.storage import subscriptions
from aggregator.storage.database import Database

if TYPE_CHECKING:
    from aggregator.daemon.websub import Server

__all__ = ["Ear"]


class Ear:
    """Opens and closes the server for hubs as the settings say; use inside the running loop.

    `woken` is set whenever a hub has delivered something.
    """

    def __init__(self, db: Database) -> None:
        """Nothing is open, and nothing imported, before it is needed."""
        self._db = db
        self._server: Server | None = None
        self._open_at: tuple[str, int] | None = None
        self._failed_at: str | None = None
        self.woken = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether hubs can reach us, so that it makes sense to ask them."""
        return self._server is not None

    async def adjust(self, job: Job) -> None:
        """Be open where `job` or what is still to be heard asks for it, else closed."""
        settings = job.config.settings
        wanted = bool(settings.websub.callback) or subscriptions.any_left(self._db)
        place = (settings.websub.listen, settings.network.max_feed_bytes) if wanted else None
        if place == self._open_at:
            return
        await self._close()
        if place is not None:
            self._open(job)

    def _open(self, job: Job) -> None:
        from aggregator.daemon.websub import Receiver, Server

        settings = job.config.settings
        listen, most_bytes = settings.websub.listen, settings.network.max_feed_bytes
        log = logging.getLogger(__name__)
        receiver = Receiver(
            self._db, job.clock, random.random, self.woken.set, most_bytes=most_bytes
        )
        try:
            self._server = Server(receiver, listen)
        except OSError as error:
            if listen != self._failed_at:
                message = "websub.listen: %s cannot be listened at: %s. Feeds are only polled."
                log.error(message, listen, error.strerror)  # noqa: TRY400 - its text says all
            self._failed_at = listen
            return
        self._open_at, self._failed_at = (listen, most_bytes), None
        log.info("listening for hubs at %s", listen)

    async def _close(self) -> None:
        if self._server is not None:
            await self._server.stop()
            logging.getLogger(__name__).info("no longer listening for hubs")
        self._server = self._open_at = None

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        await self._close()
