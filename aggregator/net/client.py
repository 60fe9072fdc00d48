"""The HTTP client: one honest, bounded, conditional GET at a time; its outcomes are values."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from aggregator.model import Failed, Fetched, FetchResult, NotModified, Validators
from aggregator.net.failures import from_exception, from_status
from aggregator.net.politeness import Politeness
from aggregator.settings import NetworkSettings

__all__ = ["FEED_TYPES", "PAGE_TYPES", "Client", "user_agent"]

FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, application/json;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = frozenset({200, 203})
_NOT_MODIFIED = 304


def user_agent(settings: NetworkSettings) -> str:
    """Who we say we are: the program, its version and how to reach the operator."""
    contact = f"; +{settings.contact}" if settings.contact else ""
    return f"aggregator/{version('aggregator')} (news feed reader{contact})"


class Client:
    """Fetches feeds and pages for one run; use as an async context manager."""

    def __init__(self, settings: NetworkSettings, clock: Callable[[], datetime]) -> None:
        """`clock` gives the present in UTC, to read Retry-After by."""
        self._settings = settings
        self._clock = clock
        self._politeness = Politeness(settings)
        # No kept connections: httpcore scans its whole pool at every event (encode/httpcore#1035),
        # and politeness leaves a connection idle between two requests anyway.
        self._http = httpx.AsyncClient(
            headers={"User-Agent": user_agent(settings)},
            timeout=settings.timeout,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )
        # No cookies: none is ever accepted, so none is ever sent.
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def __aenter__(self) -> Self:
        """Open."""
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._http.__aexit__(kind, error, trace)

    async def feed(self, url: str, validators: Validators) -> FetchResult:
        """Ask for a feed, conditionally where `validators` say how."""
        headers = {"Accept": FEED_TYPES}
        if validators.etag is not None:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified is not None:
            headers["If-Modified-Since"] = validators.last_modified
        return await self._get(url, headers, self._settings.max_feed_bytes)

    async def page(self, url: str) -> FetchResult:
        """Ask for an article's page."""
        return await self._get(url, {"Accept": PAGE_TYPES}, self._settings.max_page_bytes)

    async def _get(self, url: str, headers: dict[str, str], max_bytes: int) -> FetchResult:
        """Follow redirects by hand: every hop is polite to its own host."""
        asked = url
        for _ in range(self._settings.max_redirects + 1):
            result = await self._hop(url, headers, max_bytes)
            if not isinstance(result, str):
                return result
            url = result
        limit = self._settings.max_redirects
        return Failed(asked, "redirects", f"more than {limit} redirects", transient=False)

    async def _hop(self, url: str, headers: dict[str, str], max_bytes: int) -> FetchResult | str:
        """One request; a str is where a redirect leads."""
        host = _host(url)
        if host is None:
            return Failed(url, "bad_url", "no address for http or https", transient=False)
        async with self._politeness.turn(host):
            try:
                async with asyncio.timeout(self._settings.deadline):
                    return await self._ask(url, headers, max_bytes)
            # Whatever a server makes the library raise is that request's failure, not the run's.
            except Exception as error:  # noqa: BLE001
                return from_exception(url, error)

    async def _ask(self, url: str, headers: dict[str, str], max_bytes: int) -> FetchResult | str:
        async with self._http.stream("GET", url, headers=headers) as answer:
            received = {name.lower(): value for name, value in answer.headers.items()}
            if answer.status_code == _NOT_MODIFIED:
                return NotModified(url, received)
            if answer.status_code in _REDIRECTS and "location" in received:
                return urljoin(url, received["location"])
            if answer.status_code not in _OK:
                return from_status(url, answer.status_code, received, self._clock())
            body = await _bounded(answer, max_bytes)
        if body is None:
            return Failed(url, "too_large", f"more than {max_bytes} bytes", transient=False)
        validators = Validators(_sendable(received, "etag"), _sendable(received, "last-modified"))
        return Fetched(url, answer.status_code, received, body, validators)


def _sendable(headers: dict[str, str], name: str) -> str | None:
    """A header's value, unless it could not be sent back as it is."""
    value = headers.get(name)
    return value if value and value.isascii() and value.isprintable() else None


def _host(url: str) -> str | None:
    """The host of an address that can be fetched, else None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


async def _bounded(answer: httpx.Response, max_bytes: int) -> bytes | None:
    """The decoded body, or None as soon as it grows past `max_bytes`."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in answer.aiter_bytes():
        size += len(chunk)
        if size > max_bytes:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
