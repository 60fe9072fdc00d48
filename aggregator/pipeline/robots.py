"""What each site's robots.txt says, asked for once before its first page: the gate to pages."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from aggregator.core import robots
from aggregator.core.robots import Rules
from aggregator.core.urls import host
from aggregator.model import Failed, FetchResult, Robots
from aggregator.net.client import Client
from aggregator.pipeline.hosts import HostBook, log
from aggregator.storage import requests
from aggregator.storage import robots as kept
from aggregator.storage.database import Database

__all__ = ["Gate"]

_MOST_AT_HAND: Final = 1000
_LONGEST_WAIT: Final = timedelta(seconds=60)


class Gate:
    """Lets requests for pages through where robots.txt does; one serves a whole run."""

    def __init__(
        self,
        db: Database,
        client: Client,
        book: HostBook,
        clock: Callable[[], datetime],
        *,
        pause: float,
    ) -> None:
        """`clock` gives the present in UTC, `pause` is our own between two requests (seconds)."""
        self._db = db
        self._client = client
        self._book = book
        self._clock = clock
        self._asking: dict[str, asyncio.Lock] = {}
        self._at_hand: dict[str, tuple[Robots, Rules]] = {}
        self._pause = pause
        self._one_by_one: dict[str, asyncio.Lock] = {}
        self._last: dict[str, datetime] = {}
        self._begun: dict[str, datetime] = {}

    async def refusal(self, url: str) -> Failed | None:
        """Why the page at `url` must not be asked for; None where it may.

        A robots.txt that is out of reach, or whose host wants quiet, refuses for a time
        (`transient`, with `retry_after`).
        """
        origin = _origin(url)
        if origin is None:
            return None  # the client says what is wrong with it
        found = await self._rules(origin)
        if isinstance(found, Failed):
            return found
        known, rules = found
        if known.text is None:
            detail = f"{origin}/robots.txt cannot be read, so pages wait: {known.reason}"
            return Failed(url, "robots", detail, retry_after=known.expires_at)
        rule = rules.forbidding(url)
        if rule is None:
            return None
        return Failed(url, "robots", f"{origin}/robots.txt: {rule[:200]}", transient=False)

    async def page(self, url: str) -> FetchResult:
        """The page at `url`, asked for where robots.txt lets it be and when its turn has come."""
        if (refused := await self.refusal(url)) is not None:
            return refused
        async with self.turn(url) as put_off:
            return put_off or await self._client.page(url, gate=self.refusal)

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[Failed | None]:
        """Wait for the turn that Crawl-delay leaves for a page at `url`, which was let through.

        One page after the other, as far as that goes in a minute; then "backed_off" gives the turn.
        """
        _, rules = self._at_hand.get(_origin(url) or "", (None, None))
        if rules is None or rules.delay <= self._pause:
            yield None
            return
        name, delay = host(url), timedelta(seconds=rules.delay)
        async with self._one_by_one.setdefault(name, asyncio.Lock()):
            now = self._clock()
            last = self._last.get(name) or requests.last_page(self._db, name)
            begun = self._begun.setdefault(name, now)
            turn = now if last is None else max(now, last + delay)
            self._last[name] = turn
            if turn - begun > _LONGEST_WAIT:
                detail = f"robots.txt asks for {rules.delay:g} seconds between two pages"
                yield Failed(url, "backed_off", detail, retry_after=turn)
                return
            await asyncio.sleep((turn - now).total_seconds())
            yield None
            self._last[name] = max(self._clock(), turn)

    async def _rules(self, origin: str) -> tuple[Robots, Rules] | Failed:
        """What holds for `origin`; of those who want to know at once, one asks."""
        async with self._asking.setdefault(origin, asyncio.Lock()):
            now = self._clock()
            at_hand = self._at_hand.get(origin)
            if at_hand is not None and at_hand[0].expires_at > now:
                return at_hand
            known = kept.load(self._db, origin)
            if known is None or known.expires_at <= now:
                asked = await self._ask(origin, known)
                if isinstance(asked, Failed):
                    return asked
                known = asked
            found = (known, Rules(known.text or ""))
            if len(self._at_hand) >= _MOST_AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
            self._at_hand[origin] = found
            return found

    async def _ask(self, origin: str, known: Robots | None) -> Robots | Failed:
        """Ask for the robots.txt and keep it; Failed where its host wants no request now."""
        result = await self._client.robots(f"{origin}/robots.txt")
        now = self._clock()
        found = _understood(known, result, origin, now)
        with self._db.write():
            log(self._db, self._book, result.hops, now)
            if isinstance(found, Robots):
                kept.save(self._db, found)
        return found


def _understood(
    known: Robots | None, result: FetchResult, origin: str, now: datetime
) -> Robots | Failed:
    """What to go by now; where nothing was asked, since its host wants no request at all, that.

    A robots.txt that leads to such a host was asked for: it cannot be had before that answers.
    """
    if isinstance(result, Failed) and result.reason == "backed_off" and not result.hops:
        return result
    return robots.after(known, result, origin, now)


def _origin(url: str) -> str | None:
    """Scheme, host and port of an address; None where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    name = host(url)
    if parts.scheme not in {"http", "https"} or not name:
        return None
    shown = f"[{name}]" if ":" in name else name
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port in {None, default} else f":{port}")
