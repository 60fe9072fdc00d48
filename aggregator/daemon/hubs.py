"""What hubs add to a run and to the daemon: an ear for them, and work beside that of a cycle.

Without hubs it costs one look into the database; all else is imported by need.
"""

import asyncio
import logging
import random
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aggregator.settings import WebSubSettings
from aggregator.storage import hubs
from aggregator.storage.database import Database

if TYPE_CHECKING:
    from aggregator.daemon.job import Job
    from aggregator.daemon.websub import Server
    from aggregator.pipeline.cycle import Cycle
    from aggregator.pipeline.report import RunReport

__all__ = ["Ear", "run_beside", "wait"]

_TOKEN_BYTES: Final = 32


def wait(db: Database, settings: WebSubSettings, now: datetime, *, listening: bool) -> bool:
    """Put in order what hubs left behind; whether there is something to take in, or to ask them.

    Where we are not `listening` for them they are neither asked nor relied on.
    """
    if not (listening or hubs.in_use(db)):
        return False
    from aggregator.pipeline.websub import planned
    from aggregator.storage import subscriptions

    subscriptions.resume_polling(db, now, listening=listening)
    subscriptions.prune(db, now)
    if subscriptions.any_delivery(db):
        return True
    return listening and bool(planned(db, settings.callback, now))


async def run_beside(work: "Cycle", report: "RunReport") -> None:
    """Run a cycle with what hubs delivered, and ask hubs meanwhile.

    Side by side: a hub that is slow to answer holds up no feed.
    """
    from aggregator.pipeline.websub import take_in

    await take_in(work.db, work.executor, work.clock, work.jitter, work.listener)
    asking = asyncio.ensure_future(_ask_hubs(work))
    try:
        await work.run(report)
        await asking
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _ask_hubs(work: "Cycle") -> None:
    if not work.listening:
        return
    import secrets

    from aggregator.pipeline.hosts import log
    from aggregator.pipeline.websub import Hubs

    asking = Hubs(
        db=work.db,
        client=work.client,
        callback=work.settings.websub.callback,
        clock=work.clock,
        jitter=work.jitter,
        unguessable=partial(secrets.token_urlsafe, _TOKEN_BYTES),
        note=lambda hops: log(work.db, work.book, hops, work.clock()),
        stop=work.stop,
    )
    await asking.tend()


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

    async def adjust(self, job: "Job") -> None:
        """Be open where `job` or what is still to be heard asks for it, else closed."""
        settings = job.config.settings
        wanted = bool(settings.websub.callback) or self._has_to_hear()
        place = (settings.websub.listen, settings.network.max_feed_bytes) if wanted else None
        if place == self._open_at:
            return
        await self._close()
        if place is not None:
            self._open(job)

    def _has_to_hear(self) -> bool:
        if not hubs.in_use(self._db):
            return False
        from aggregator.storage import subscriptions

        return subscriptions.any_left(self._db)

    def _open(self, job: "Job") -> None:
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
