"""What each host wants of us, kept at hand: who is to be left alone until when, who was asked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from aggregator.core import hosts
from aggregator.core.urls import registrable
from aggregator.model import Hop, HostState
from aggregator.storage import hosts as kept
from aggregator.storage import requests
from aggregator.storage.database import Database

__all__ = ["HostBook", "asked_by_others", "heed", "kept_book", "log"]

_NONE: Final[Mapping[str, float]] = MappingProxyType({})


class HostBook:
    """Knows the hosts that have turned us away; built from what storage.hosts keeps of them."""

    def __init__(
        self,
        states: Iterable[HostState],
        clock: Callable[[], datetime],
        *,
        anew: Callable[[], Iterable[HostState] | None] = lambda: None,
    ) -> None:
        """`clock` gives the present in UTC; `anew` all states, if another process changed them."""
        self._clock, self._anew = clock, anew
        self._by_site: dict[str, dict[str, HostState]] = {}
        self._shared: dict[str, datetime] = {}
        for state in states:
            self._remember(state)

    def quiet_until(self, host: str, addresses: tuple[str, ...] = ()) -> datetime | None:
        """Until when `host`, resolved to `addresses`, wants no request; None: it may be asked.

        Once a host was found to share another's address, its name alone is enough to tell.
        """
        self._renew()
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

    def concerns(self, hops: Iterable[Hop]) -> bool:
        """Whether what came back may change anything here."""
        self._renew()
        return any(hosts.refuses(hop) or self._known(hop.host) is not None for hop in hops)

    def note(self, hops: Iterable[Hop], now: datetime) -> tuple[HostState, ...]:
        """Take in what came back; returns the states that changed by it, to be saved."""
        self._renew()
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

    def _renew(self) -> None:
        if (states := self._anew()) is not None:
            self._by_site.clear()
            for state in states:
                self._remember(state)

    def _known(self, host: str) -> HostState | None:
        return self._by_site.get(registrable(host), {}).get(host) if self._by_site else None

    def _remember(self, state: HostState) -> None:
        self._by_site.setdefault(state.site, {})[state.host] = state


class _Changes:
    """Says whether another connection has written since it was asked last; yes the first time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen: int | None = None

    def __call__(self) -> bool:
        before, self._seen = self._seen, self._db.version_of_others()
        return self._seen != before


def kept_book(db: Database, clock: Callable[[], datetime]) -> HostBook:
    """The hosts that the database knows of, also those that another process comes to know."""
    changed = _Changes(db)
    return HostBook((), clock, anew=lambda: kept.load(db) if changed() else None)


def asked_by_others(
    db: Database, clock: Callable[[], datetime], within: float
) -> Callable[[], Mapping[str, float]]:
    """How the log tells whom others asked `within` so many seconds: at first, and when it grows."""
    changed = _Changes(db)
    return lambda: requests.just_asked(db, clock(), within) if changed() else _NONE


def heed(db: Database, book: HostBook, hops: Sequence[Hop], now: datetime) -> None:
    """Keep what hosts said, where they said something."""
    if book.concerns(hops):
        with db.write():
            kept.save(db, book.note(hops, now))


def log(db: Database, book: HostBook, hops: Sequence[Hop], now: datetime) -> None:
    """Keep requests in the log, and what their hosts said, in one transaction."""
    with db.write():
        requests.keep(db, hops)
        kept.save(db, book.note(hops, now))
