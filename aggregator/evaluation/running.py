"""Runs the contestants over all pages in worker processes, page by page."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from aggregator.evaluation.corpora import Page
from aggregator.evaluation.scoring import Job, Score, failed, score
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import WorkerFailed
from aggregator.settings import WorkerSettings

__all__ = ["run"]

# Wall time, on a machine that may have other work: no page takes a tenth of it by itself.
_SECONDS: Final = 300.0
_MEGABYTES: Final = 4096
_AHEAD: Final = 3
_PRELOAD: Final = ("aggregator.evaluation.contestants", "aggregator.core.extract", "trafilatura")


def run(
    pages: Iterable[Page],
    contestants: Sequence[str],
    *,
    processes: int,
    done: Callable[[], None] = lambda: None,
) -> list[Score]:
    """All scores, in the order of the pages; `done` is called after each page."""
    return asyncio.run(_run(pages, contestants, processes, done))


async def _run(
    pages: Iterable[Page], contestants: Sequence[str], processes: int, done: Callable[[], None]
) -> list[Score]:
    settings = WorkerSettings(processes, _SECONDS, _MEGABYTES, recycle_after=1_000_000)
    room = asyncio.Semaphore(processes * _AHEAD)

    async with ProcessPool(settings, preload=_PRELOAD) as pool, asyncio.TaskGroup() as group:

        async def one(job: Job) -> tuple[Score, ...]:
            try:
                return await _scored(pool, job)
            finally:
                room.release()
                done()

        tasks = []
        for job in _jobs(pages, contestants):
            await room.acquire()
            tasks.append(group.create_task(one(job)))
    return list(chain.from_iterable(task.result() for task in tasks))


def _jobs(pages: Iterable[Page], contestants: Sequence[str]) -> Iterator[Job]:
    """Each page begins with another contestant, so that no one always finds the caches warm."""
    for number, page in enumerate(pages):
        at = number % len(contestants)
        yield Job(page, (*contestants[at:], *contestants[:at]))


async def _scored(pool: ProcessPool, job: Job) -> tuple[Score, ...]:
    """The scores of a page. Where a contestant takes the process down, each is tried alone."""
    found = await pool.run(score, job)
    if not isinstance(found, WorkerFailed):
        return found
    if len(job.contestants) == 1:
        return (failed(job.page, job.contestants[0], f"{found.reason}: {found.detail}"),)
    alone = [await _scored(pool, Job(job.page, (name,))) for name in job.contestants]
    return tuple(chain.from_iterable(alone))
