"""Queues of work: no host is pressed, none holds up the others, and no run is held up by one."""

import asyncio
from collections import deque
from datetime import UTC, datetime

from aggregator.pipeline.queues import Work, by_host, work_off

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Hosts:
    """Hosts that answer after a while or fail, and what was done and left."""

    def __init__(self, slow: str = "", failing: str = "", quiet: str = "") -> None:
        """Name the ones that are not good."""
        self._slow, self._failing, self._quiet = slow, failing, quiet
        self.done: list[str] = []
        self.left: list[tuple[list[str], datetime | None]] = []

    async def _do(self, item: str) -> bool:
        host = item.partition("/")[0]
        await asyncio.sleep(0.05 if host == self._slow else 0)
        self.done.append(item)
        return host != self._failing

    def work(self) -> Work[str]:
        """All of it, for a test to be done."""
        return Work(
            do=self._do,
            quiet=lambda host: NEVER if host == self._quiet else None,
            leave=lambda left, until: self.left.append((left, until)),
            stop=lambda: False,
        )


def queues(**counts: int) -> dict[str, deque[str]]:
    """So many items for each host."""
    return by_host((host, f"{host}/{n}") for host, count in counts.items() for n in range(count))


def test_a_slow_host_does_not_hold_up_the_run() -> None:
    """After its time a run begins nothing more; what a slow host has left stays in its queue."""
    hosts, waiting = Hosts(slow="slow"), queues(slow=1000, good=100)
    asyncio.run(work_off(waiting, hosts.work(), hands=2, seconds=0.5))
    assert sum(item.startswith("good") for item in hosts.done) == 100
    assert len(hosts.done) < 600
    assert len(hosts.done) + len(waiting["slow"]) == 1100
    assert hosts.left == []


def test_a_failing_host_is_left_alone_with_the_rest() -> None:
    """After three failures in a row the rest is left, not to be begun again at once."""
    hosts = Hosts(failing="down")
    asyncio.run(work_off(queues(down=10, good=10), hosts.work(), hands=1))
    assert hosts.left == [([f"down/{n}" for n in range(3, 10)], None)]
    assert sum(item.startswith("good") for item in hosts.done) == 10


def test_a_host_that_wants_quiet_is_left_until_then() -> None:
    """Nothing is done there."""
    hosts = Hosts(quiet="quiet")
    asyncio.run(work_off(queues(quiet=2, good=2), hosts.work(), hands=2))
    assert hosts.left == [(["quiet/0", "quiet/1"], NEVER)]
    assert sorted(hosts.done) == ["good/0", "good/1"]
