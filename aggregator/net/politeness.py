"""Manners towards a host: few connections at a time, and a pause between two requests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aggregator.settings import NetworkSettings

__all__ = ["Politeness"]


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Politeness:
    """Lets requests through host by host; one instance serves all requests of a run."""

    def __init__(
        self, settings: NetworkSettings, *, monotonic: Callable[[], float] | None = None
    ) -> None:
        """`monotonic` gives seconds; the event loop's clock where None."""
        self._settings = settings
        self._monotonic = monotonic
        self._hosts: dict[str, _Host] = {}
        self._all = asyncio.Semaphore(settings.connections)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a free connection to `host` and for the pause since its last request."""
        known = self._host(host)
        async with known.slots:
            await self._pause(known)
            async with self._all:
                yield

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            slots = asyncio.Semaphore(self._settings.connections_per_host)
            self._hosts[host] = _Host(slots)
        return self._hosts[host]

    async def _pause(self, host: _Host) -> None:
        async with host.turn:
            now = self._now()
            if host.free_at > now:
                await asyncio.sleep(host.free_at - now)
            host.free_at = self._now() + self._settings.seconds_between_requests

    def _now(self) -> float:
        return self._monotonic() if self._monotonic else asyncio.get_running_loop().time()
