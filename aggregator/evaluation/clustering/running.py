"""Runs all contestants over all streams in worker processes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from aggregator.errors import ExecutorError
from aggregator.evaluation.clustering.mistakes import Mistake, mistakes
from aggregator.evaluation.clustering.outcomes import (
    Curve,
    best_of,
    curves_of,
    figures_of,
    figures_of_check,
)
from aggregator.evaluation.clustering.peers import MINHASH, Partition, Sweep, sweep
from aggregator.evaluation.clustering.placing import Placed, Placing, hours, in_order, place
from aggregator.evaluation.clustering.tasks import (
    Level,
    Stream,
    Task,
    checked,
    measured,
)
from aggregator.evaluation.contestants import OURS
from aggregator.evaluation.figures import Figure
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import WorkerFailed
from aggregator.settings import ClusterSettings, WorkerSettings

__all__ = ["Results", "jobs", "run"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# Wall time of one stream, on a machine that may have other work.
_SECONDS: Final = 1800.0
_MEGABYTES: Final = 4096
_PRELOAD: Final = (
    "aggregator.evaluation.clustering.placing",
    "aggregator.evaluation.clustering.peers",
    "aggregator.core.minhash",
)


@dataclass(frozen=True, slots=True)
class Results:
    """All figures, how the peers do over their thresholds, and what we did wrong."""

    figures: tuple[Figure, ...]
    curves: tuple[Curve, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def jobs(streams: Iterable[Stream], peers: Sequence[str]) -> int:
    """How often `run` will call `done`."""
    return sum(1 + sum(len(_peers(task, peers)) for task in each.tasks) for each in streams)


def _peers(task: Task, peers: Sequence[str]) -> Sequence[str]:
    """TF-IDF takes minutes for what is no task of its own."""
    return [each for each in peers if each == MINHASH or not task.part]


def run(
    streams: Iterable[Stream],
    peers: Sequence[str],
    settings: ClusterSettings,
    *,
    processes: int,
    done: Callable[[], None] = lambda: None,
) -> Results:
    """Cluster each stream with `settings`, and let each of the peers have each task."""
    return asyncio.run(_run(streams, peers, settings, processes, done))


async def _run(
    streams: Iterable[Stream],
    peers: Sequence[str],
    settings: ClusterSettings,
    processes: int,
    done: Callable[[], None],
) -> Results:
    workers = WorkerSettings(processes, _SECONDS, _MEGABYTES, recycle_after=1_000_000)
    async with ProcessPool(workers, preload=_PRELOAD) as pool, asyncio.TaskGroup() as group:

        async def one(function: Callable[[Item], Result], item: Item, name: str) -> Result:
            made = await pool.run(function, item)
            if isinstance(made, WorkerFailed):
                message = f"{name} could not be clustered: {made.reason}: {made.detail}"
                raise ExecutorError(message)
            done()
            return made

        async def ours(stream: Stream) -> Results:
            job = Placing(stream.documents, settings)
            return _ours(stream, await one(place, job, stream.name))

        async def theirs(stream: Stream, task: Task, peer: str) -> Results:
            order, job = _sweep(stream, task, peer)
            return _theirs(stream, task, peer, _back(await one(sweep, job, task.group), order))

        work: list[Awaitable[Results]] = []
        for stream in streams:
            work.append(group.create_task(ours(stream)))
            for task in stream.tasks:
                work += [
                    group.create_task(theirs(stream, task, peer)) for peer in _peers(task, peers)
                ]
    results = [await each for each in work]
    return Results(
        tuple(figure for each in results for figure in each.figures),
        tuple(curve for each in results for curve in each.curves),
        tuple(mistake for each in results for mistake in each.mistakes),
    )


def _ours(stream: Stream, placed: Sequence[Placed]) -> Results:
    found = {
        Level.COPIES: [each.copies for each in placed],
        Level.STORIES: [each.story for each in placed],
    }
    made = [
        figure
        for task in stream.tasks
        for figure in figures_of(task, OURS, measured(task, task.of(found[task.level])))
    ]
    for check in stream.checks:
        made += figures_of_check(check, OURS, checked(check, found[check.level]))
    wrong = [
        mistake
        for task in stream.tasks
        for mistake in mistakes(task, stream.documents, task.of(found[task.level]))
    ]
    return Results(tuple(made), mistakes=tuple(wrong))


def _sweep(stream: Stream, task: Task, peer: str) -> tuple[list[int], Sweep]:
    """The articles of a task in the order of the stream: their places in it, and the job."""
    documents = [stream.documents[at] for at in task.places]
    order = in_order(documents)
    texts = tuple(f"{documents[at].title}\n{documents[at].text}" for at in order)
    return order, Sweep(peer, texts, tuple(hours(documents[at]) for at in order))


def _back(found: Mapping[float, Partition], order: Sequence[int]) -> dict[float, list[int]]:
    """The partitions in the order of the task."""
    back = sorted(range(len(order)), key=order.__getitem__)
    return {threshold: [each[at] for at in back] for threshold, each in found.items()}


def _theirs(stream: Stream, task: Task, peer: str, found: Mapping[float, Sequence[int]]) -> Results:
    """What a peer reaches over its thresholds; its figures are those of the best, half by half."""
    swept = {threshold: measured(task, each) for threshold, each in found.items()}
    curves = tuple(curves_of(task, peer, swept))
    figures: list[Figure] = []
    for each in curves:
        figures += best_of(task, each, swept)
        if len(task.places) == len(stream.documents):
            for check in stream.checks:
                shares = checked(check, found[each.best])
                figures += figures_of_check(
                    check,
                    peer,
                    {half: share for half, share in shares.items() if half is each.half},
                )
    return Results(tuple(figures), curves)
