"""Workers may hang, die or eat memory: the run goes on and is told what happened."""

import asyncio
import os
import signal
import time

from aggregator.executors.in_process import InProcess
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.settings import WorkerSettings


def behave(how: str) -> str:
    """Do what `how` says."""
    if how == "hang":
        time.sleep(60)
    if how == "spin":
        while True:
            pass
    if how == "die":
        os._exit(11)
    if how == "eat":
        return str(len(b"x" * 2_000_000_000))
    if how == "raise":
        raise ValueError(how)
    return how.upper()


async def run_all(executor: Executor, items: list[str]) -> list[str | WorkerFailed]:
    async with executor:
        return await asyncio.gather(*(executor.run(behave, item) for item in items))


def reasons(results: list[str | WorkerFailed]) -> list[str]:
    return [result.reason if isinstance(result, WorkerFailed) else result for result in results]


def test_one_bad_item_costs_the_others_nothing() -> None:
    items = ["a", "hang", "b", "die", "c", "eat", "d", "raise", "e", "spin", "f"]
    settings = WorkerSettings(count=2, timeout=2.0, memory=700)
    results = asyncio.run(run_all(ProcessPool(settings), items))
    assert reasons(results) == [
        *("A", "timeout", "B", "crashed", "C", "memory", "D", "error", "E", "timeout", "F")
    ]


def test_workers_are_recycled() -> None:
    settings = WorkerSettings(count=1, timeout=10.0, recycle_after=2)

    async def pids() -> list[int | WorkerFailed]:
        async with ProcessPool(settings) as pool:
            return [await pool.run(process_id, n) for n in range(6)]

    assert len(set(asyncio.run(pids()))) == 3


def priority(_: int) -> int:
    """The priority of this process, as nice(1) has it."""
    return os.getpriority(os.PRIO_PROCESS, 0)


def test_workers_let_the_main_process_first() -> None:
    async def run() -> int | WorkerFailed:
        async with ProcessPool(WorkerSettings(count=1, timeout=10.0)) as pool:
            return await pool.run(priority, 0)

    assert asyncio.run(run()) == min(priority(0) + 5, 19)


def test_a_worker_killed_while_idle_is_replaced() -> None:
    async def before_and_after() -> tuple[int | WorkerFailed, int | WorkerFailed]:
        async with ProcessPool(WorkerSettings(count=1, timeout=10.0)) as pool:
            first = await pool.run(process_id, 0)
            assert isinstance(first, int)
            os.kill(first, signal.SIGKILL)
            await asyncio.sleep(1.0)
            return first, await pool.run(process_id, 1)

    first, second = asyncio.run(before_and_after())
    assert isinstance(second, int)
    assert second != first


def process_id(_item: int) -> int:
    """Which process this is."""
    return os.getpid()


def test_in_process_gives_the_same_answers() -> None:
    assert reasons(asyncio.run(run_all(InProcess(), ["a", "raise"]))) == ["A", "error"]
