"""Decides for how long a host that turns us away is left alone, and with whom it shares that."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from aggregator.core.urls import same_site
from aggregator.model import Hop, HostState

__all__ = ["after", "quiet_for", "quiet_until", "refuses"]

_REFUSALS: Final = frozenset({429, 503})
_FIRST_ERROR: Final = 400
_FIRST_PAUSE: Final = timedelta(minutes=5)
_LONGEST_PAUSE: Final = timedelta(days=1)
_NEIGHBOURS: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 10
_MOST_ADDRESSES: Final = 16


def refuses(hop: Hop) -> bool:
    """Whether the answer asks all of us to go away for a while: 429 or 503."""
    return hop.status in _REFUSALS


def after(state: HostState, hop: Hop, now: datetime) -> HostState:
    """The host's state after one more answer; the same value where nothing changes.

    A refusal makes it quiet, a success lifts what refusals left. What comes in while it is quiet
    was asked before it was: such a refusal can make the pause longer but is not another one in a
    row, and such a success says nothing.
    """
    if refuses(hop):
        return _refused(state, hop, now)
    succeeded = hop.status is not None and hop.status < _FIRST_ERROR
    if succeeded and state.refusals and quiet_until(state, now) is None:
        return replace(state, quiet_until=None, refusals=0, refused_at=None, reason=None)
    return state


def _refused(state: HostState, hop: Hop, now: datetime) -> HostState:
    """Retry-After as the host gives it; without one 5 minutes, doubled at each refusal in a row."""
    quiet = quiet_until(state, now)
    refusals = state.refusals if quiet else state.refusals + 1
    doubled = _FIRST_PAUSE * 2 ** min(refusals - 1, _MOST_DOUBLINGS)
    asked = hop.retry_after if hop.retry_after is not None and hop.retry_after > now else None
    until = asked or now + min(doubled, _LONGEST_PAUSE)
    return replace(
        state,
        addresses=_with(state.addresses, hop.address),
        quiet_until=max(until, quiet) if quiet else until,
        refusals=refusals,
        refused_at=now,
        reason=f"http_{hop.status}" + (" with Retry-After" if asked else ""),
    )


def _with(addresses: tuple[str, ...], address: str | None) -> tuple[str, ...]:
    """The addresses it refused at, the newest last."""
    if address is None or address in addresses:
        return addresses
    return (*addresses, address)[-_MOST_ADDRESSES:]


def quiet_until(state: HostState, now: datetime) -> datetime | None:
    """Until when the host wants no request, None where it may be asked."""
    until = state.quiet_until
    return until if until is not None and until > now else None


def quiet_for(
    state: HostState, host: str, site: str, addresses: Collection[str], now: datetime
) -> datetime | None:
    """Until when what `state` says holds for `host` of `site`, which resolves to `addresses`.

    It does for the host itself, and for one of the same registrable domain behind the same
    address: there it is one machine that is asked too often, under two names. Customers of one
    hoster share that for an hour at most, so that none can silence the others.
    """
    until = quiet_until(state, now)
    if until is None or state.host == host:
        return until
    if not site or state.site != site or set(addresses).isdisjoint(state.addresses):
        return None
    if state.refused_at is not None and not same_site(f"//{host}", f"//{state.host}"):
        until = min(until, state.refused_at + _NEIGHBOURS)
    return until if until > now else None
