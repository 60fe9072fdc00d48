"""Runs all contestants over all streams in worker processes."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from aggregator.errors import ExecutorError
from aggregator.evaluation.clustering.outcomes import figures_of
from aggregator.evaluation.clustering.placing import Placed, Placing, place
from aggregator.evaluation.clustering.tasks import Level, Stream, measured
from aggregator.evaluation.contestants import OURS
from aggregator.evaluation.figures import Figure
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import WorkerFailed
from aggregator.settings import ClusterSettings, WorkerSettings

__all__ = ["run"]

# Wall time of one stream, on a machine that may have other work.
_SECONDS: Final = 1800.0
_MEGABYTES: Final = 4096
_PRELOAD: Final = ("aggregator.evaluation.clustering.placing", "aggregator.core.minhash")


def run(
    streams: Iterable[Stream],
    settings: ClusterSettings,
    *,
    processes: int,
    done: Callable[[Stream], None] = lambda _stream: None,
) -> list[Figure]:
    """All figures, stream by stream; `done` is called after each."""
    return asyncio.run(_run(streams, settings, processes, done))


async def _run(
    streams: Iterable[Stream],
    settings: ClusterSettings,
    processes: int,
    done: Callable[[Stream], None],
) -> list[Figure]:
    workers = WorkerSettings(processes, _SECONDS, _MEGABYTES, recycle_after=1_000_000)
    async with ProcessPool(workers, preload=_PRELOAD) as pool, asyncio.TaskGroup() as group:

        async def one(stream: Stream) -> list[Figure]:
            placed = await pool.run(place, Placing(stream.documents, settings))
            if isinstance(placed, WorkerFailed):
                message = f"{stream.name} could not be clustered: {placed.reason}: {placed.detail}"
                raise ExecutorError(message)
            done(stream)
            return _ours(stream, placed)

        tasks = [group.create_task(one(stream)) for stream in streams]
    return [figure for task in tasks for figure in task.result()]


def _ours(stream: Stream, placed: tuple[Placed, ...]) -> list[Figure]:
    found = {
        Level.COPIES: [each.copies for each in placed],
        Level.STORIES: [each.story for each in placed],
    }
    return [
        figure
        for task in stream.tasks
        for figure in figures_of(task, OURS, measured(task, found[task.level]))
    ]
