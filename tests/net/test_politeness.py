"""Requests keep their distance: to one host, and over all hosts together."""

import asyncio
import time
from itertools import pairwise

from aggregator.net.politeness import Politeness
from aggregator.settings import NetworkSettings


def starts(
    hosts: list[str], settings: NetworkSettings, takes: float = 0.0
) -> list[tuple[float, str]]:
    """When a request to each of `hosts` begins, all asked for at once."""
    began: list[tuple[float, str]] = []

    async def run() -> None:
        politeness = Politeness(settings)
        loop = asyncio.get_running_loop()

        async def request(host: str) -> None:
            async with politeness.connection(host), politeness.turn(host):
                began.append((loop.time(), host))
                await asyncio.sleep(takes)

        await asyncio.gather(*(request(host) for host in hosts))

    asyncio.run(run())
    return began


def gaps(began: list[tuple[float, str]]) -> list[float]:
    return [later - earlier for (earlier, _), (later, _) in pairwise(began)]


def test_requests_to_all_hosts_are_paced() -> None:
    """However many wait, they begin one after the other: no burst when a run begins."""
    settings = NetworkSettings(seconds_between_requests=0, requests_per_second=50)
    began = starts([f"h{n}" for n in range(20)], settings)
    assert began[-1][0] - began[0][0] > 14 / 50  # of 19, less what a busy machine is late with


def test_who_was_held_up_does_not_go_with_the_next_ones() -> None:
    """However long the process stood still, requests begin one pause after the other."""
    settings = NetworkSettings(seconds_between_requests=0, requests_per_second=50)

    async def run() -> list[float]:
        politeness = Politeness(settings)
        loop = asyncio.get_running_loop()
        began: list[float] = []

        async def request(host: str) -> None:
            async with politeness.turn(host):
                began.append(loop.time())

        loop.call_later(0.05, time.sleep, 0.3)
        await asyncio.gather(*(request(f"h{n}") for n in range(12)))
        return began

    began = asyncio.run(run())
    assert min(later - earlier for earlier, later in pairwise(began)) > 0.019


def test_requests_to_one_host_are_at_least_so_far_apart() -> None:
    settings = NetworkSettings(seconds_between_requests=0.1, requests_per_second=1000)
    assert min(gaps(starts(["h"] * 6, settings))) > 0.099


def test_the_pause_is_kept_though_connections_are_short() -> None:
    """Who waited for a free connection after the pause is not followed closely by the next."""
    settings = NetworkSettings(
        seconds_between_requests=0.1, requests_per_second=1000, connections=1
    )
    began = starts(["a", "b", "a", "b", "a", "b"], settings, takes=0.07)
    for host in "ab":
        assert min(gaps([each for each in began if each[1] == host])) > 0.099


def test_a_cancelled_turn_is_given_back() -> None:
    settings = NetworkSettings(
        seconds_between_requests=0.2, requests_per_second=1000, connections=1
    )

    async def run() -> None:
        politeness = Politeness(settings)
        async with politeness.turn("a"):
            waiting = [asyncio.create_task(turn(politeness, host)) for host in "aab"]
            await asyncio.sleep(0.01)
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.wait_for(turn(politeness, "a"), 5)
        await asyncio.wait_for(turn(politeness, "b"), 5)

    async def turn(politeness: Politeness, host: str) -> None:
        async with politeness.turn(host):
            pass

    asyncio.run(run())
