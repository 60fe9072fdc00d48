"""What each host wants of us, kept at hand during a run: who asked to be left alone until when."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from aggregator.core import hosts
from aggregator.core.urls import registrable
from aggregator.model import Hop, HostState
from aggregator.storage import hosts as kept
from aggregator.storage import requests
from aggregator.storage.database import Database

__all__ = ["HostBook", "log"]


class HostBook:
    """Knows the hosts that have turned us away; built from what storage.hosts keeps of them."""

    def __init__(self, states: Iterable[HostState], clock: Callable[[], datetime]) -> None:
        """`clock` gives the present in UTC."""
        self._clock = clock
        self._by_site: dict[str, dict[str, HostState]] = {}
        self._shared: dict[str, datetime] = {}
        for state in states:
            self._remember(state)

    def quiet_until(self, host: str, addresses: tuple[str, ...] = ()) -> datetime | None:
        """Until when `host`, resolved to `addresses`, wants no request; None: it may be asked.

        Once a host was found to share another's address, its name alone is enough to tell.
        """
        if not self._by_site:
            return None
        now, site = self._clock(), registrable(host)
        sharing = [
            until
            for state in self._by_site.get(site, {}).values()
            if (until := hosts.quiet_for(state, host, site, addresses, now)) is not None
        ]
        if sharing:
            self._shared[host] = max(sharing)
        until = self._shared.get(host)
        return until if until is not None and until > now else None

    def note(self, hops: Iterable[Hop], now: datetime) -> tuple[HostState, ...]:
        """Take in what came back; returns the states that changed by it, to be saved."""
        changed: dict[str, HostState] = {}
        for hop in hops:
            before = self._known(hop.host)
            if before is None and not hosts.refuses(hop):
                continue
            state = hosts.after(before or HostState(hop.host, registrable(hop.host)), hop, now)
            if state != before:
                self._remember(state)
                changed[hop.host] = state
        return tuple(changed.values())

    def _known(self, host: str) -> HostState | None:
        return self._by_site.get(registrable(host), {}).get(host) if self._by_site else None

    def _remember(self, state: HostState) -> None:
        self._by_site.setdefault(state.site, {})[state.host] = state


def log(db: Database, book: HostBook, hops: Sequence[Hop], now: datetime) -> None:
    """Keep requests in the log, and what their hosts said, in one transaction."""
    states = book.note(hops, now)
    with db.write():
        requests.keep(db, hops)
        kept.save(db, states)
