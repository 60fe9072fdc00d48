"""Queues of work: no host is pressed, none holds up the others, and no run is held up by one."""

import asyncio
import threading
import time
from collections import deque
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from aggregator.pipeline.queues import Work, by_host, work_off
from tests.support import papers
from tests.support.server import Answer, Request, Server

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Hosts:
    """Hosts that answer after a while or fail, and what was done and left."""

    def __init__(self, slow: str = "", failing: str = "", quiet: str = "") -> None:
        """Name the ones that are not good."""
        self._slow, self._failing, self._quiet = slow, failing, quiet
        self.done: list[str] = []
        self.in_hand = self.most_in_hand = 0
        self.left: list[tuple[list[str], datetime | None]] = []

    async def _do(self, item: str) -> bool:
        host = item.partition("/")[0]
        self.in_hand += 1
        self.most_in_hand = max(self.in_hand, self.most_in_hand)
        await asyncio.sleep(0.05 if host == self._slow else 0)
        self.in_hand -= 1
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
    asyncio.run(work_off(waiting, hosts.work(), hands=2, places=asyncio.Semaphore(9), seconds=0.5))
    assert sum(item.startswith("good") for item in hosts.done) == 100
    assert len(hosts.done) < 600
    assert len(hosts.done) + len(waiting["slow"]) == 1100
    assert hosts.left == []


def test_a_failing_host_is_left_alone_with_the_rest() -> None:
    """After three failures in a row the rest is left, not to be begun again at once."""
    hosts = Hosts(failing="down")
    asyncio.run(
        work_off(queues(down=10, good=10), hosts.work(), hands=1, places=asyncio.Semaphore(9))
    )
    assert hosts.left == [([f"down/{n}" for n in range(3, 10)], None)]
    assert sum(item.startswith("good") for item in hosts.done) == 10


def test_a_host_that_wants_quiet_is_left_until_then() -> None:
    """Nothing is done there."""
    hosts = Hosts(quiet="quiet")
    asyncio.run(
        work_off(queues(quiet=2, good=2), hosts.work(), hands=2, places=asyncio.Semaphore(9))
    )
    assert hosts.left == [(["quiet/0", "quiet/1"], NEVER)]
    assert sorted(hosts.done) == ["good/0", "good/1"]


def test_what_is_in_hand_is_bounded_over_all_hosts() -> None:
    """However many hosts there are, only so many bodies are in memory."""
    hosts = Hosts()
    asyncio.run(
        work_off(
            queues(**{f"h{n}": 3 for n in range(50)}),
            hosts.work(),
            hands=2,
            places=asyncio.Semaphore(7),
        )
    )
    assert (len(hosts.done), hosts.most_in_hand) == (150, 7)


def test_a_feed_that_leads_to_many_hosts_has_few_asked_side_by_side(tmp_path: Path) -> None:
    """By their number alone it would have all hands, and the workers behind them, to itself."""
    asked: list[int] = []
    counting = threading.Lock()
    under_way = [0]

    def slow(_request: Request) -> Answer:
        with counting:
            under_way[0] += 1
            asked.append(under_way[0])
        time.sleep(0.3)
        with counting:
            under_way[0] -= 1
        return papers.page()

    with ExitStack() as open_servers:
        servers = [open_servers.enter_context(Server(f"127.0.3.{n}")) for n in range(1, 11)]
        for server in servers:
            server.routes["/page"] = slow
        servers[0].routes["/feed"] = papers.feed(*(each.url("/page") for each in servers))
        report = papers.run(tmp_path, [servers[0].url("/feed")])
    assert report.articles_stored == len(asked) == 10
    assert 2 <= max(asked) <= 4
