"""The daemon: a plain asyncio loop that runs a cycle whenever a feed's turn has come.

No scheduler library: when each feed is next asked is kept in the database and decided by
core.polling, so that all that is left to do here is to sleep until the earliest of them.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from aggregator.config import load
from aggregator.daemon.hubs import Ear, wait
from aggregator.daemon.job import Job
from aggregator.daemon.run import cycle, working_database
from aggregator.daemon.stopping import Stopping
from aggregator.daemon.webhooks import Courier
from aggregator.errors import ConfigError, ProfileMismatch
from aggregator.pipeline.report import RunReport
from aggregator.storage import entries, feeds
from aggregator.storage.database import Database

__all__ = ["forever", "loop"]

_SHORTEST: Final = 1.0
_LONGEST: Final = 60.0


def forever(job: Job) -> None:
    """Run cycles until SIGTERM or SIGINT; raises LockHeld and DatabaseError like `run.once`."""
    with working_database(job, doing="daemon") as db:
        asyncio.run(_on_signals(job, db))


async def _on_signals(job: Job, db: Database) -> None:
    await loop(job, db, Stopping.on_signals())


async def loop(job: Job, db: Database, stopping: Stopping) -> None:
    """Run cycles until asked to stop; hubs that deliver something wake it."""
    logging.getLogger(__name__).info("daemon started on %s", job.database)
    async with Ear(db) as ear, Courier(db, stopping.asked) as courier:
        while not stopping.asked():
            job = _reread(job)
            await ear.adjust(job)
            courier.adjust(job)
            ear.woken.clear()
            report = RunReport()
            work = cycle(job, db, stopping.asked, report, listening=ear.is_open)
            try:
                await stopping.finish_in_hand(work)
            except ProfileMismatch as error:
                # What was fetched is kept; it is clustered when the archive was rebuilt.
                logging.getLogger(__name__).error("%s", error)  # noqa: TRY400 - its text says all
            courier.wake()
            # Not woken sooner: a hub may flood us.
            await stopping.sleep(_SHORTEST)
            websub = job.config.settings.websub
            hurry = wait(db, websub, job.clock(), listening=ear.is_open)
            if report.halted or not hurry:
                pause = _LONGEST if report.halted else _pause(db, job.clock)
                await stopping.sleep(pause - _SHORTEST, ear.woken)
    logging.getLogger(__name__).info("daemon stopped")


def _pause(db: Database, clock: Callable[[], datetime]) -> float:
    """Seconds until the next feed's turn, at most a minute: entries wait too, and files change."""
    if entries.any_pending(db, clock()):
        return _SHORTEST
    due = feeds.next_due(db)
    seconds = _LONGEST if due is None else (due - clock()).total_seconds()
    return min(max(seconds, _SHORTEST), _LONGEST)


def _reread(job: Job) -> Job:
    """Take over an edited feeds.yaml; one that is wrong is reported and the old one kept."""
    try:
        return replace(job, config=load(job.config.path))
    except ConfigError as error:
        logging.getLogger(__name__).error("configuration not taken over: %s", error)  # noqa: TRY400
        return job
