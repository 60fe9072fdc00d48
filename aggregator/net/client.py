"""The HTTP client: one honest, bounded, conditional request at a time; its outcomes are values."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlencode

import httpx

from aggregator.model import Failed, Fetched, FetchResult, Hop, NotModified, Validators
from aggregator.net.asking import Ask, Gate, Note, Quiet, Redirect, Trail, validators
from aggregator.net.bodies import CODINGS, Body, receive
from aggregator.net.curl import CurlTransport, Resolve, Route, system_resolve
from aggregator.net.failures import NetworkError, Reason, from_exception, from_status, retry_after
from aggregator.net.politeness import Asked, Politeness, nobody
from aggregator.net.targets import Target, redirected, target, without_login
from aggregator.settings import NetworkSettings

__all__ = ["FEED_TYPES", "PAGE_TYPES", "Client", "Gate", "Quiet", "user_agent"]

FEED_TYPES: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, application/json;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
PAGE_TYPES: Final = "text/html, application/xhtml+xml, */*;q=0.5"
PICTURE_TYPES: Final = "image/webp, image/jpeg, image/png, image/gif;q=0.5"
_ROBOTS_TYPES: Final = "text/plain, */*;q=0.5"
_ROBOTS_BYTES: Final = 512 * 1024
_PICTURE_BYTES: Final = 8_000_000
_HUB_BYTES: Final = 64 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_REDIRECTS_OF_POST: Final = frozenset({307, 308})
_OK: Final = frozenset({200, 203})
_ANY_SUCCESS: Final = frozenset(range(200, 300))
_NOT_MODIFIED: Final = 304
_BACKED_OFF: Final = "backed_off"
_STOPPED: Final = "stopped"
_MOST_DIGITS: Final = 15
_KEPT_BACK: Final = "it redirects to another origin ({}), which was not told our secret"


def user_agent(settings: NetworkSettings) -> str:
    """Who we say we are: the program, its version and how to reach the operator."""
    contact = f"; +{settings.contact}" if settings.contact else ""
    return f"aggregator/{version('aggregator')} (news feed reader{contact})"


def _never(_host: str, _addresses: tuple[str, ...]) -> datetime | None:
    """No host wants quiet."""
    return None


class Client:
    """Fetches feeds and pages for one run; use as an async context manager."""

    def __init__(
        self,
        settings: NetworkSettings,
        clock: Callable[[], datetime],
        *,
        quiet: Quiet = _never,
        asked: Asked = nobody,
        resolve: Resolve = system_resolve,
        ca: Path | None = None,
    ) -> None:
        """`clock` gives the present in UTC; `quiet` says until when a host wants no request.

        `asked` tells before each request whom others asked. `resolve` and `ca` (a file of
        certificates to trust) are for networks of one's own.
        """
        self._settings, self._clock, self._quiet = settings, clock, quiet
        self._agent = user_agent(settings)
        self.cut_short: list[Hop] = []
        """The requests of those who were cancelled while they waited: nobody else tells of them."""
        self._politeness = Politeness(settings, asked=asked)
        # The threads that resolve names are few: who waits for one must not run out of time.
        self._resolving = asyncio.Semaphore(settings.connections)
        # The transport without httpx's client over it, which looks for cookies, redirects and
        # logins in every answer: none is wanted, and it costs half as much again.
        self._transport = CurlTransport(settings, resolve=resolve, ca=ca)

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def feed(self, url: str, validators: Validators) -> FetchResult:
        """Ask for a feed, conditionally where `validators` say how and for whom."""
        given = {
            "If-None-Match": validators.etag,
            "If-Modified-Since": validators.last_modified,
        }
        conditions = {name: value for name, value in given.items() if value is not None}
        most, giver = self._settings.max_feed_bytes, validators.url
        ask = Ask("feed", FEED_TYPES, most, _OK, _REDIRECTS, conditions, giver)
        return await self._fetch(url, ask)

    async def page(self, url: str, *, gate: Gate | None = None) -> FetchResult:
        """Ask for an article's page; `gate` is asked before each request, redirects too."""
        most = self._settings.max_page_bytes
        return await self._fetch(url, Ask("page", PAGE_TYPES, most, _OK, _REDIRECTS, gate=gate))

    async def picture(self, url: str, *, gate: Gate | None = None) -> FetchResult:
        """Ask for an article's picture, as for its page; of 8 MB at most."""
        ask = Ask("page", PICTURE_TYPES, _PICTURE_BYTES, _OK, _REDIRECTS, gate=gate)
        return await self._fetch(url, ask)

    async def robots(self, url: str) -> FetchResult:
        """Ask for a robots.txt; of a large one the first 512 KB."""
        ask = Ask("robots", _ROBOTS_TYPES, _ROBOTS_BYTES, _OK, _REDIRECTS, cut=True)
        return await self._fetch(url, ask)

    async def hub(self, url: str, form: Mapping[str, str]) -> FetchResult:
        """Post a form to a WebSub hub; whatever says success is Fetched.

        It holds secrets, so no redirect takes it to another scheme, host or port.
        """
        body = urlencode(form).encode()
        ask = Ask("hub", "*/*", _HUB_BYTES, _ANY_SUCCESS, _REDIRECTS_OF_POST, form=body, cut=True)
        return await self._fetch(url, ask)

    async def _fetch(self, url: str, ask: Ask) -> FetchResult:
        trail = Trail(self._settings.deadline)
        try:
            result = await self._chain(url, ask, trail)
        except asyncio.CancelledError:
            self.cut_short += trail.hops
            raise
        if isinstance(result, Failed):
            return replace(result, hops=tuple(trail.hops))
        return replace(result, hops=tuple(trail.hops), moved_to=trail.moved_to)

    async def _chain(self, url: str, ask: Ask, trail: Trail) -> FetchResult:
        """Follow redirects by hand: every hop is checked and polite to its own host."""
        try:
            wanted = first = target(url)
        except NetworkError as error:
            return from_exception(without_login(url, broken=True), error)
        asked: set[str] = set()
        while len(asked) <= self._settings.max_redirects:
            asked.add(wanted.text)
            result = await self._hop(wanted, ask.to(wanted.text, first.text), trail)
            if not isinstance(result, Redirect):
                return result
            if ask.form is not None and result.target.origin != wanted.origin:
                return _redirects(wanted, _KEPT_BACK.format(result.target.host))
            trail.follow(wanted, result)
            wanted = result.target
            if wanted.text in asked:
                return _redirects(wanted, "the redirects lead back to where they began")
        return _redirects(wanted, f"more than {self._settings.max_redirects} redirects")

    async def _hop(self, wanted: Target, ask: Ask, trail: Trail) -> FetchResult | Redirect:
        """One request and the note of it, unless it is not to be sent."""
        url = wanted.text
        refused = await ask.gate(url) if ask.gate is not None else None
        refused = refused or self._wants_quiet(wanted, ())
        if refused is not None:
            return refused
        note = Note(url, wanted.host, ask, self._clock())
        async with self._politeness.connection(wanted.host):
            try:
                async with self._resolving, trail.clocked():
                    route = await self._transport.route(wanted)
                refused = self._wants_quiet(wanted, route.addresses)
                if refused is not None:
                    return refused
                result = await self._send(route, ask, trail, note)
                if isinstance(result, Failed) and result.reason == _BACKED_OFF:
                    return result
            except asyncio.CancelledError:
                if note.was_sent:
                    trail.hops.append(note.hop(_STOPPED))
                raise
            # Whatever a server makes a library raise is that request's failure, not the run's.
            except Exception as error:  # noqa: BLE001
                result = from_exception(url, error)
        trail.hops.append(
            note.hop(result.reason if isinstance(result, Failed) and result.status is None else "")
        )
        return result

    def _wants_quiet(self, wanted: Target, addresses: tuple[str, ...]) -> Failed | None:
        until = self._quiet(wanted.host, addresses)
        if until is None:
            return None
        detail = f"{wanted.host} wants no request before {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return Failed(wanted.text, _BACKED_OFF, detail, retry_after=until)

    async def _send(
        self, route: Route, ask: Ask, trail: Trail, note: Note
    ) -> FetchResult | Redirect:
        """Send when it is polite, and read the answer in what time is left."""
        request = self._request(route, ask, note)
        async with self._politeness.turn(route.target.host):
            # While it waited for its turn, another request may have been turned away.
            refused = self._wants_quiet(route.target, route.addresses)
            if refused is not None:
                return refused
            note.sent(self._clock())
            async with trail.clocked():
                answer = await self._transport.handle_async_request(request)
                try:
                    return await self._read(route.target, ask, answer, note)
                finally:
                    await answer.aclose()

    def _request(self, route: Route, ask: Ask, note: Note) -> httpx.Request:
        headers = [
            (b"User-Agent", self._agent.encode()),
            (b"Accept", ask.accept.encode()),
            (b"Accept-Encoding", CODINGS.encode()),
            *((name.encode(), value.encode("latin-1")) for name, value in ask.conditions.items()),
        ]
        if route.target.login is not None:
            headers.append((b"Authorization", route.target.login))
        if ask.form is not None:
            headers.append((b"Content-Type", b"application/x-www-form-urlencoded"))
        return httpx.Request(
            "GET" if ask.form is None else "POST",
            route.target.url,
            headers=headers,
            stream=httpx.ByteStream(ask.form or b""),
            extensions={"route": route, "on_connect": note.connected},
        )

    async def _read(
        self, source: Target, ask: Ask, answer: httpx.Response, note: Note
    ) -> FetchResult | Redirect:
        """Understand the head, and take the body where it is wanted."""
        status, url = answer.status_code, source.text
        received = {name.lower(): value for name, value in answer.headers.items()}
        now = self._clock()
        location = received.get("location")
        note.answered(status, location, retry_after(received, now))
        if status == _NOT_MODIFIED:
            return NotModified(url, received, validators=validators(answer.headers, url))
        if status in ask.redirects and location is not None:
            return Redirect(status, redirected(source, location))
        if status not in ask.accepted:
            return from_status(url, status, received, now)
        if not ask.cut and _declared(received) > ask.max_bytes:
            raise NetworkError(Reason.TOO_LARGE, f"more than {ask.max_bytes} bytes")
        body = Body()
        try:
            coding = received.get("content-encoding", "")
            await receive(answer.aiter_raw(), coding, ask.max_bytes, body, cut=ask.cut)
        finally:
            note.size = body.wire
        given = validators(answer.headers, url)
        return Fetched(url, status, received, bytes(body.content), given)


def _declared(headers: Mapping[str, str]) -> int:
    """How much the server says it sends, where that counts."""
    length = headers.get("content-length", "")
    counts = length.isascii() and length.isdigit() and "transfer-encoding" not in headers
    return int(length[:_MOST_DIGITS]) if counts else 0


def _outcome(result: FetchResult | Redirect) -> str:
    """Why no complete answer came, where none did."""
    return result.reason if isinstance(result, Failed) and result.status is None else ""


def _redirects(wanted: Target, detail: str) -> Failed:
    return Failed(wanted.text, "redirects", detail, transient=False)
