"""One run: configuration, lock, database, network and workers put together around the cycle."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from aggregator.config import rules_of, sites_of
from aggregator.daemon import hubs, webhooks
from aggregator.daemon.job import Job
from aggregator.daemon.limits import within_limits
from aggregator.daemon.record import recorded
from aggregator.daemon.resolving import resolve_apart
from aggregator.daemon.stopping import Stopping
from aggregator.errors import (
    AggregatorError,
    ConfigError,
    DatabaseError,
    InputError,
    LockHeld,
    UsageError,
)
from aggregator.pipeline.report import RunReport
from aggregator.storage import clusters, entries, feeds, requests, runs
from aggregator.storage.database import Database, SqliteError, open_database
from aggregator.storage.lock import run_lock

__all__ = ["cycle", "exit_code", "once", "working_database"]


def exit_code(error: AggregatorError) -> int:
    """The documented exit code of an error: 2 usage or configuration, 75 lock held, 1 the rest."""
    if isinstance(error, LockHeld):
        return 75
    return 2 if isinstance(error, ConfigError | InputError | UsageError) else 1


def once(job: Job) -> RunReport:
    """Poll what is due, do the work, return what was done.

    Raises LockHeld where another run works on the same database, DatabaseError where the
    database cannot be used.
    """
    with working_database(job, doing="one run") as db:
        return asyncio.run(_interruptible(job, db))


@contextmanager
def working_database(job: Job, *, doing: str) -> Iterator[Database]:
    """The database under the run lock; what SQLite cannot do meanwhile becomes a DatabaseError."""
    with run_lock(job.database, doing=doing, now=job.clock()), open_database(job.database) as db:
        try:
            yield db
        except SqliteError as error:
            message = f"{job.database}: {error}. What was finished is kept; the next run continues."
            raise DatabaseError(message) from error


async def _interruptible(job: Job, db: Database) -> RunReport:
    stopping = Stopping.on_signals()
    report = RunReport()
    told = webhooks.sync(job, db)
    try:
        await stopping.finish_in_hand(cycle(job, db, stopping.asked, report))
    finally:
        if told:
            await stopping.finish_in_hand(webhooks.deliver(job, db, stopping.asked))
    report.stopped = stopping.asked()
    return report


async def cycle(
    job: Job,
    db: Database,
    stop: Callable[[], bool],
    report: RunReport,
    *,
    listening: bool = False,
) -> None:
    """One cycle; where no feed is due and nothing waits it costs next to nothing.

    Hubs are asked for subscriptions, and relied on, only where we are `listening` for them.
    """
    feeds.sync(db, job.config.feeds, job.clock())
    hubs_wait = hubs.wait(db, job.config.settings.websub, job.clock(), listening=listening)
    if not (hubs_wait or _anything_to_do(db, job.clock())):
        runs.idle(db, job.clock())
        return
    over = within_limits(db, job.config.settings.storage.max_wal, stop, report)
    with recorded(db, report, job.clock):
        if not over():
            await _work(job, db, over, report, listening=listening, hubs_wait=hubs_wait)


async def _work(
    job: Job,
    db: Database,
    stop: Callable[[], bool],
    report: RunReport,
    *,
    listening: bool,
    hubs_wait: bool,
) -> None:
    """One cycle that has something to do, with network and workers; what it needs is imported."""
    from aggregator.executors.process_pool import ProcessPool
    from aggregator.net.client import Client
    from aggregator.pipeline.cycle import Cycle
    from aggregator.pipeline.hosts import asked_by_others, kept_book
    from aggregator.pipeline.robots import Gate
    from aggregator.pipeline.stalls import Stalls
    from aggregator.pipeline.work import PRELOAD

    settings = job.config.settings
    book = kept_book(db, job.clock)
    pause = settings.network.seconds_between_requests
    asked = asked_by_others(db, job.clock, pause)
    resolve_apart()
    async with (
        Client(settings.network, job.clock, quiet=book.quiet_until, asked=asked) as client,
        ProcessPool(settings.workers, preload=PRELOAD) as executor,
    ):
        work = Cycle(
            db=db,
            client=client,
            book=book,
            gate=Gate(db, client, book, job.clock, pause=pause),
            executor=executor,
            settings=settings,
            rules=rules_of(job.config),
            site=sites_of(job.config),
            stalls=Stalls(db),
            clock=job.clock,
            jitter=random.random,
            stop=stop,
            listener=job.listener,
            listening=listening,
        )
        try:
            await (hubs.run_beside(work, report) if hubs_wait else work.run(report))
        finally:
            with db.write():
                requests.keep(db, client.cut_short)
    db.checkpoint()


def _anything_to_do(db: Database, now: datetime) -> bool:
    waiting = clusters.unclustered_count(db) or clusters.any_unstudied(db)
    return bool(waiting or feeds.due(db, now) or entries.any_pending(db, now))
