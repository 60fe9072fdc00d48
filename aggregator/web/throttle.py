"""Whoever tries something too often waits, longer with each try."""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

__all__ = ["Backoff", "Throttle", "network"]


@dataclass(frozen=True, slots=True)
class Backoff:
    """So many tries are free; each one more doubles the wait, from a second to `longest`.

    After `forgotten` without a try all of them are free again.
    """

    free: int
    longest: timedelta
    forgotten: timedelta = timedelta(hours=1)

    def wait(self, tries: int) -> timedelta:
        """How long nobody may try again after so many tries."""
        if tries < self.free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(tries - self.free, 20)), self.longest)


_MOST: Final = 20_000


@dataclass(slots=True)
class Throttle:
    """Counts the tries of each one, `most` of them: who tried longest ago is forgotten first."""

    backoff: Backoff
    most: int = _MOST
    _tries: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)

    def wait(self, who: str, now: datetime) -> timedelta:
        """How long somebody is to wait before the next try; nothing where they need not."""
        tries, last = self._of(who, now)
        return max(last + self.backoff.wait(tries) - now, timedelta())

    def tried(self, who: str, now: datetime) -> None:
        """Count a try before it is known how it ends: many at once are many."""
        tries, _ = self._of(who, now)
        self._tries[who] = tries + 1, now
        self._tries.move_to_end(who)
        while len(self._tries) > self.most:
            self._tries.popitem(last=False)

    def succeeded(self, who: str) -> None:
        """Take the last try back: it was no guess."""
        if who in self._tries:
            tries, last = self._tries[who]
            self._tries[who] = max(tries - 1, 0), last

    def forget(self, who: str) -> None:
        """Count somebody's tries anew."""
        self._tries.pop(who, None)

    def _of(self, who: str, now: datetime) -> tuple[int, datetime]:
        tries, last = self._tries.get(who, (0, now))
        return (0, now) if now - last > self.backoff.forgotten else (tries, last)


def network(address: str) -> str:
    """Whose an address is, as far as that can be told: of IPv6 everybody has a whole /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
