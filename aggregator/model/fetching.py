"""Requests and their outcomes as values, and what is remembered of hosts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from aggregator.model.feeds import Validators

__all__ = [
    "Failed",
    "FetchResult",
    "Fetched",
    "Hop",
    "HostState",
    "NotModified",
    "Robots",
]


@dataclass(frozen=True, slots=True)
class Hop:
    """One request as it went out and what came back: the operator's proof of our manners.

    `url` is without credentials; `sent` are the conditional headers that went along; `status` is
    None where no answer came, and `outcome` then a code as in Failed.reason or "stopped" (by us, at
    the end of the run), else "" or one;
    `address` is the IP address that was connected to; `size` counts body bytes as they came over
    the wire; `seconds` is how long it took; `location` is where a redirect leads.
    """

    url: str
    host: str
    kind: Literal["feed", "page", "robots", "hub"]
    at: datetime
    status: int | None = None
    outcome: str = ""
    address: str | None = None
    sent: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    seconds: float = 0.0
    location: str | None = None
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete answer with a body; `url` is where it came from after redirects.

    `headers` has lower-case names; of a repeated header the values are joined by ", ". `hops` are
    the requests that led to it; `moved_to` is where permanent redirects (301, 308) alone led, from
    the first on, else None.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    validators: Validators = field(default_factory=Validators)
    hops: tuple[Hop, ...] = ()
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: what we have is still current; `validators` are those that it gives anew."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hops: tuple[Hop, ...] = ()
    moved_to: str | None = None
    validators: Validators = field(default_factory=Validators)


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer. `reason` is a short stable code, `detail` a sentence for the operator.

    Reasons: dns, refused, connection, tls, timeout, too_large, redirects, bad_url, protocol,
    truncated, forbidden_address, backed_off (the host asked for a pause, nothing was sent),
    robots, http_4xx / http_5xx as "http_404". `retry_after` is the earliest time the server
    allows, `fresh_until` is how long it says that its answer holds. `transient` says that asking
    again later may help.
    """

    url: str
    reason: str
    detail: str
    status: int | None = None
    retry_after: datetime | None = None
    transient: bool = True
    hops: tuple[Hop, ...] = ()
    fresh_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HostState:
    """What we remember of a host: its addresses, and until when it wants to be left alone.

    `site` is its registrable domain; `refusals` counts its 429 and 503 in a row, of which the last
    came at `refused_at`.
    """

    host: str
    site: str
    addresses: tuple[str, ...] = ()
    quiet_until: datetime | None = None
    refusals: int = 0
    reason: str | None = None
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's robots.txt as last fetched; `origin` is scheme, host and port.

    `text` is None where the host allows nothing for now: it could not be reached, or said 5xx;
    `reason` says why it could not be read the last time, if it could not.
    """

    origin: str
    text: str | None
    fetched_at: datetime
    expires_at: datetime
    reason: str | None = None


FetchResult = Fetched | NotModified | Failed
