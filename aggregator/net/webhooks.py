"""Posts to webhooks: one bounded request each, no redirect followed, nothing of the answer read."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from aggregator.model import Answer
from aggregator.net.client import user_agent
from aggregator.net.curl import CurlTransport, Resolve, system_resolve
from aggregator.net.failures import NetworkError, Reason, retry_after
from aggregator.net.targets import Target, redirected, target
from aggregator.settings import NetworkSettings

__all__ = ["Sender"]

# What a house has inside; not the addresses by which clouds tell machines their keys.
_INSIDE: Final = (
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128",
    "fc00::/7",
)  # fmt: skip
_REDIRECT: Final = range(300, 400)


class Sender:
    """Sends to addresses that the operator named, at any port; use as an async context manager."""

    def __init__(
        self,
        settings: NetworkSettings,
        timeout: float,
        clock: Callable[[], datetime],
        *,
        internal: bool = False,
        resolve: Resolve = system_resolve,
        ca: Path | None = None,
    ) -> None:
        """`timeout` in seconds holds for all of one attempt, from its name to its status.

        Public addresses may be sent to, those in `settings.allow_addresses`, and where it is
        `internal` those inside a house.
        """
        self._timeout, self._clock, self._agent = timeout, clock, user_agent(settings)
        opened = (*settings.allow_addresses, *(_INSIDE if internal else ()))
        ours = replace(settings, allow_addresses=opened, allow_ports=(), timeout=timeout)
        self._transport = CurlTransport(ours, resolve=resolve, ca=ca)

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a JSON `body`; whatever comes of it is an Answer, which never quotes the address."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._send(target(url), headers, body)
        except TimeoutError:
            return Answer(None, "timeout", f"no answer within {self._timeout:g} seconds")
        # Whatever a receiver makes a library raise is that attempt's failure, not the run's.
        except Exception as error:  # noqa: BLE001
            return _failed(url, error)

    async def _send(self, wanted: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        route = await self._transport.route(wanted)
        sent = {
            "User-Agent": self._agent,
            "Accept": "*/*",
            "Content-Type": "application/json",
            **headers,
        }
        raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        if wanted.login is not None:
            raw.append((b"Authorization", wanted.login))
        request = httpx.Request(
            "POST",
            wanted.url,
            headers=raw,
            stream=httpx.ByteStream(body),
            extensions={"route": route},
        )
        answer = await self._transport.handle_async_request(request)
        await answer.aclose()  # its status says all; a body may drip for ever
        received = {name.lower(): value for name, value in answer.headers.items()}
        return self._answer(wanted, answer.status_code, received)

    def _answer(self, wanted: Target, status: int, received: Mapping[str, str]) -> Answer:
        detail = f"the receiver answered {status} {httpx.codes.get_reason_phrase(status)}".strip()
        if status in _REDIRECT:
            where = _host_of(wanted, received.get("location", ""))
            detail = f"{detail}: it redirects{where}, which is not followed; name the new address"
        return Answer(status, "", detail, retry_after(received, self._clock()))


def _host_of(wanted: Target, location: str) -> str:
    """Where a redirect leads, as far as it may be shown."""
    try:
        return f" to {redirected(wanted, location).host}" if location else ""
    except NetworkError:
        return ""


def _failed(url: str, error: Exception) -> Answer:
    """Name what went wrong; of an address that is none nothing is quoted."""
    if not isinstance(error, NetworkError):
        return Answer(None, "connection", f"the request failed: {type(error).__name__}")
    if error.reason == Reason.BAD_URL:
        return Answer(None, error.reason.value, "its address is no usable address")
    detail = str(error)
    if error.reason == Reason.FORBIDDEN_ADDRESS:
        detail += "; 'internal: true' at the webhook opens a house's own networks"
    secret = urlsplit(url).path
    return Answer(None, error.reason.value, detail.replace(secret, "/...") if secret else detail)
