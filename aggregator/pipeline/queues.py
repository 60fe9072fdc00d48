"""Work in one queue for each host, so that no host is pressed and none holds up the others."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Generic, TypeVar

__all__ = ["Item", "Work", "by_host", "work_off"]

Item = TypeVar("Item")
_PATIENCE: Final = 3
# As long as the shortest turn is by default: no slow host keeps the other feeds from theirs.
_LONGEST: Final = 600.0


@dataclass(frozen=True, slots=True)
class Work(Generic[Item]):
    """What is done with the items of a queue.

    `do` says whether the host answers; `quiet` until when it wants no request, or None; `leave`
    takes what is left then, and with None what is left once the host has failed several times in
    a row. `stop` is asked before each item.
    """

    do: Callable[[Item], Awaitable[bool]]
    quiet: Callable[[str], datetime | None]
    leave: Callable[[list[Item], datetime | None], None]
    stop: Callable[[], bool]


def by_host(items: Iterable[tuple[str, Item]]) -> dict[str, deque[Item]]:
    """Items by the host that they come with, in their order."""
    queues: dict[str, deque[Item]] = {}
    for host, item in items:
        queues.setdefault(host, deque()).append(item)
    return queues


async def work_off(
    queues: Mapping[str, deque[Item]],
    work: Work[Item],
    *,
    hands: int,
    places: asyncio.Semaphore,
    seconds: float = _LONGEST,
) -> None:
    """Work off each host's queue with so many `hands`, the connections that it takes.

    Over all hosts so many items are in hand, asked for or worked on, as there are `places`, which
    bounds the memory that bodies take. After a few
    failures in a row the rest of a queue is left alone, and as soon as its host wants quiet. After
    `seconds` nothing is begun any more: what then is in a queue has its turn in the next run. The
    first surprise ends the others and is raised.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds

    def over() -> bool:
        return work.stop() or loop.time() >= end

    try:
        async with asyncio.TaskGroup() as group:
            for host, queue in queues.items():
                for _ in range(hands):
                    group.create_task(_hand(host, queue, replace(work, stop=over), places))
    except ExceptionGroup as surprises:
        raise surprises.exceptions[0] from surprises


async def _hand(host: str, queue: deque[Item], work: Work[Item], places: asyncio.Semaphore) -> None:
    failures = 0
    while queue and not work.stop():
        async with places:
            until = work.quiet(host)
            if until is not None:
                _leave(queue, work, until)
            if not queue or work.stop():
                return
            answers = await work.do(queue.popleft())
        failures = 0 if answers else failures + 1
        if failures >= _PATIENCE:
            _leave(queue, work, None)


def _leave(queue: deque[Item], work: Work[Item], until: datetime | None) -> None:
    if queue:
        work.leave(list(queue), until)
        queue.clear()
