"""What the client asks for and what it notes on the way: kinds of request, hops, time spent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, Self

import httpx

from aggregator.core.urls import legible
from aggregator.model import Failed, Hop, Validators
from aggregator.net.targets import Target, without_login

__all__ = ["Ask", "Gate", "Note", "Quiet", "Redirect", "Trail", "validators"]

# Asked with each URL before a page is asked for; a Failed keeps it from being asked.
Gate = Callable[[str], Awaitable[Failed | None]]
# Asked with a host and its addresses (none yet before they are resolved) before anything is sent:
# until when the host wants no request, if it does.
Quiet = Callable[[str, tuple[str, ...]], datetime | None]

_PERMANENT: Final = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of request: what is sent along, what is taken as an answer, how much of it.

    `conditions` are the headers that make it conditional, meant for the URL
    `conditions_for` alone (None: the first that is asked); `cut` keeps the first `max_bytes` of a
    larger answer where it would be refused otherwise.
    """

    kind: Literal["feed", "page", "robots", "hub"]
    accept: str
    max_bytes: int
    accepted: frozenset[int]
    redirects: frozenset[int]
    conditions: Mapping[str, str] = field(default_factory=dict)
    conditions_for: str | None = None
    gate: Gate | None = None
    form: bytes | None = None
    cut: bool = False

    def to(self, url: str, first: str) -> Self:
        """The same as it is sent to `url`; `first` is the URL that was asked to begin with."""
        if not self.conditions or url == (self.conditions_for or first):
            return self
        return replace(self, conditions={})


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that leads elsewhere."""

    status: int
    target: Target


class Trail:
    """One chain of requests: its hops, the time it may still take, and where it has moved to."""

    def __init__(self, deadline: float) -> None:
        """`deadline` in seconds for all that is not waiting for a polite turn."""
        self.hops: list[Hop] = []
        self.moved_to: str | None = None
        self._left, self._permanent = deadline, True

    @asynccontextmanager
    async def clocked(self) -> AsyncIterator[None]:
        """Spend of the time that is left; raises TimeoutError when it is gone."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left):
                yield
        finally:
            self._left -= loop.time() - began

    def follow(self, source: Target, redirect: Redirect) -> None:
        """Note a redirect: a feed has moved as far as permanent ones alone lead from the first on.

        One with a login has not: at its new address it would be asked for without.
        """
        self._permanent &= redirect.status in _PERMANENT and source.login is None
        if self._permanent:
            self.moved_to = redirect.target.text


class Note:
    """What is noted of one request while it is under way; in the end a Hop."""

    def __init__(self, url: str, host: str, ask: Ask, now: datetime) -> None:
        """Begin before anything is sent, `now`."""
        self._url, self._host, self._ask = url, host, ask
        self._at = now
        self._began = self._loop_time()
        self._answer: tuple[int, str | None, datetime | None] = (0, None, None)
        self._address: str | None = None
        self.size = 0
        self.was_sent = False

    def sent(self, now: datetime) -> None:
        """It is sent now, after it waited for its turn."""
        self._at, self._began, self.was_sent = now, self._loop_time(), True

    def connected(self, address: str) -> None:
        """It goes to this IP address."""
        self._address = address

    def answered(self, status: int, location: str | None, retry_after: datetime | None) -> None:
        """The head of an answer has come."""
        shown = location and without_login(legible(location))
        self._answer = (status, shown, retry_after)

    def hop(self, outcome: str) -> Hop:
        """The end of it; `outcome` is a code as in Failed.reason where no complete answer came."""
        status, location, retry_after = self._answer
        return Hop(
            url=self._url,
            host=self._host,
            kind=self._ask.kind,
            at=self._at,
            status=status or None,
            outcome=outcome,
            address=self._address,
            sent=self._ask.conditions,
            size=self.size,
            seconds=self._loop_time() - self._began,
            location=location,
            retry_after=retry_after,
        )

    @staticmethod
    def _loop_time() -> float:
        return asyncio.get_running_loop().time()


def validators(headers: httpx.Headers, url: str) -> Validators:
    """What the answer of `url` gave to ask with next time, byte for byte (as Latin-1)."""
    return Validators(_given(headers, b"etag"), _given(headers, b"last-modified"), url)


def _given(headers: httpx.Headers, name: bytes) -> str | None:
    """A header's value, unless it was given twice or could not be sent back as it is."""
    values = {value for key, value in headers.raw if key.lower() == name}
    value = values.pop().decode("latin-1") if len(values) == 1 else ""
    return value if value and not any(c < " " or c == "\x7f" for c in value) else None
