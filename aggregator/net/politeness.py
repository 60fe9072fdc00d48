"""Manners towards hosts: few connections at a time, a pause between two requests, no bursts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from aggregator.settings import NetworkSettings

__all__ = ["Asked", "Politeness", "nobody"]

# Whom others asked (an earlier run, a command beside this one), as far as that was not told yet:
# host → how many seconds ago.
Asked = Callable[[], Mapping[str, float]]

_NOBODY: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


def nobody() -> Mapping[str, float]:
    """Nobody else asks anything."""
    return _NOBODY


class Politeness:
    """Lets requests through host by host; one instance serves all requests of a run."""

    def __init__(
        self,
        settings: NetworkSettings,
        *,
        monotonic: Callable[[], float] | None = None,
        asked: Asked = nobody,
    ) -> None:
        """`monotonic` gives seconds; the event loop's clock where None.

        `asked` tells before each request whom others have asked.
        """
        self._settings = settings
        self._asked = asked
        self._monotonic = monotonic
        self._hosts: dict[str, _Host] = {}
        self._all = asyncio.Semaphore(settings.connections)
        self._pace = asyncio.Lock()
        self._gap = 1 / settings.requests_per_second
        self._next = 0.0

    def connection(self, host: str) -> asyncio.Semaphore:
        """One of the few connections to `host`, to be held (`async with`) while it is needed."""
        return self._host(host).slots

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until the next request to `host`, and the next to any host, may be sent.

        Ask for it last before sending: the pauses are between the moments that it lets through.
        """
        known = self._host(host)
        async with known.turn:
            self._hear_of_others()
            while known.free_at > self._now():
                await self._sleep_until(known.free_at)
                self._hear_of_others()
            await self._all.acquire()
            try:
                await self._place()
            except BaseException:
                self._all.release()
                raise
            known.free_at = self._now() + self._settings.seconds_between_requests
        try:
            yield
        finally:
            self._all.release()

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            slots = asyncio.Semaphore(self._settings.connections_per_host)
            self._hosts[host] = _Host(slots)
        return self._hosts[host]

    def _hear_of_others(self) -> None:
        for host, seconds_ago in self._asked().items():
            known = self._host(host)
            pause = self._settings.seconds_between_requests
            known.free_at = max(known.free_at, self._now() + pause - seconds_ago)

    async def _place(self) -> None:
        """Wait until no other request has begun for a while.

        Counted from when the last one did begin: who is held up must not go with the next ones.
        """
        async with self._pace:
            await self._sleep_until(self._next)
            self._next = self._now() + self._gap

    async def _sleep_until(self, moment: float) -> None:
        wait = moment - self._now()
        if wait > 0:
            await asyncio.sleep(wait)

    def _now(self) -> float:
        return self._monotonic() if self._monotonic else asyncio.get_running_loop().time()
