"""What webhooks add to a run and to the daemon: what is new is collected, and sent.

At the end of a run for a bounded time; in the daemon beside its cycles. Without webhooks it costs
one look into the database; all else is imported by need.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Self

from aggregator.daemon.resolving import resolve_apart
from aggregator.storage import hubs
from aggregator.storage.database import Database

if TYPE_CHECKING:
    from aggregator.daemon.job import Job
    from aggregator.model import Webhook
    from aggregator.net.webhooks import Sender
    from aggregator.pipeline.webhooks import Deliveries, Post

__all__ = ["Courier", "deliver", "post_of", "sync"]

_SHORTEST: Final = 1.0
_LONGEST: Final = 60.0
_PATIENCE: Final = 7.0


def sync(job: "Job", db: Database) -> bool:
    """Take over the webhooks of feeds.yaml; whether there are any to be told of something."""
    if not job.config.webhooks and not hubs.any_webhook(db):
        return False
    from aggregator.storage import webhooks

    webhooks.sync(db, job.config.webhooks, job.clock())
    return True


async def deliver(job: "Job", db: Database, stop: Callable[[], bool]) -> None:
    """Collect what a run brought and send it, for as long as the settings allow."""
    from aggregator.pipeline.webhooks import collect
    from aggregator.storage import outbox

    resolve_apart()
    hooks, settings = job.config.webhooks, job.config.settings.webhooks
    await collect(db, hooks, job.clock, stop)
    await _deliveries(job, db, stop).run(settings.seconds_per_run)
    outbox.drop_old(db, settings.keep, job.clock())


def post_of(job: "Job") -> "Post":
    """How messages leave the house: by which network, and signed by which secrets."""
    from aggregator.config.webhooks import secrets_of
    from aggregator.errors import ConfigError
    from aggregator.net.webhooks import Sender
    from aggregator.pipeline.webhooks import Post

    settings, folder = job.config.settings, job.config.path.parent

    def sender(hook: "Webhook") -> "Sender":
        timeout = settings.webhooks.timeout
        return Sender(settings.network, timeout, job.clock, internal=hook.internal)

    def secrets(hook: "Webhook") -> Sequence[bytes]:
        try:
            return secrets_of(hook, folder)
        except ConfigError as error:
            raise ValueError(str(error)) from error

    return Post(sender, secrets)


def _deliveries(job: "Job", db: Database, stop: Callable[[], bool]) -> "Deliveries":
    from aggregator.pipeline.webhooks import Deliveries

    return Deliveries(
        db=db,
        hooks=job.config.webhooks,
        post=post_of(job),
        settings=job.config.settings.webhooks,
        clock=job.clock,
        jitter=random.random,
        stop=stop,
        tell=job.listener,
    )


class Courier:
    """Collects and delivers beside the daemon's cycles; use inside the running loop.

    In the same loop, since one connection writes: each of its steps is a short transaction.
    """

    def __init__(self, db: Database, stop: Callable[[], bool]) -> None:
        """Nothing is begun before there are webhooks; `stop` is asked before each attempt."""
        self._db, self._stop = db, stop
        self._job: Job | None = None
        self._task: asyncio.Task[None] | None = None
        self._deliveries: Deliveries | None = None
        self._news = asyncio.Event()

    def adjust(self, job: "Job") -> None:
        """Work by what feeds.yaml says now."""
        before, self._job = self._job, job
        if not sync(job, self._db):
            return
        if before is None or before.config != job.config:
            self._take_over(job)
        if self._task is None:
            resolve_apart()
            self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Look now whether there is something to tell."""
        self._news.set()

    def _take_over(self, job: "Job") -> None:
        """Let what is in hand end as it was begun, and begin no more of it."""
        if self._deliveries is not None:
            self._deliveries.stop = lambda: True
        self._deliveries = _deliveries(job, self._db, self._stop)

    async def _run(self) -> None:
        while not self._stop():
            try:
                await self._round()
            except Exception:
                # It must not end the daemon, and what it has to do waits in the database.
                logging.getLogger(__name__).exception("webhooks: looked at again in a minute")
                await asyncio.sleep(_LONGEST)
            await self._wait()

    async def _round(self) -> None:
        from aggregator.pipeline.webhooks import collect
        from aggregator.storage import outbox

        job, deliveries = self._job, self._deliveries
        assert job is not None
        assert deliveries is not None
        await collect(self._db, job.config.webhooks, job.clock, self._stop)
        deliveries.begin()
        outbox.drop_old(self._db, job.config.settings.webhooks.keep, job.clock())

    async def _wait(self) -> None:
        """Rest until something is new or due; a webhook that is at work goes on by itself."""
        self._news.clear()
        try:
            async with asyncio.timeout(self._pause()):
                await self._news.wait()
        except TimeoutError:
            return

    def _pause(self) -> float:
        from aggregator.storage import outbox

        assert self._job is not None
        due = outbox.next_turn(self._db)
        seconds = _LONGEST if due is None else (due - self._job.clock()).total_seconds()
        return min(max(seconds, _SHORTEST), _LONGEST)

    async def __aenter__(self) -> Self:
        """Begin nothing yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Give what is in hand a few seconds, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._deliveries is not None:
            await self._deliveries.close(_PATIENCE)
