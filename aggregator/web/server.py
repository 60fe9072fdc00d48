"""Serves the application on this machine, until it is asked to stop."""

import asyncio
import ipaddress
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from aggregator.errors import UsageError
from aggregator.web.entry import Tls

__all__ = ["bound", "serve"]

_CONNECTIONS: Final = 200
_SECONDS_TO_LEAVE: Final = 3
_SECONDS_IDLE: Final = 15
_MOST_HEADER_BYTES: Final = 16_384


def bound(host: str, port: int, *, elsewhere: bool = False) -> socket.socket:
    """A socket that listens at an address; port 0 is any that is free.

    Raises UsageError for an address that is not of this machine alone, unless `elsewhere`, OSError
    where it cannot be had.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        address = None
    if address is None or not (elsewhere or address.is_loopback):
        message = f"{host!r} is no address of this machine alone (127.0.0.1, ::1, localhost)"
        raise UsageError(f"{host!r} is no address to listen at" if elsewhere else message)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
    try:
        listening = socket.create_server((str(address), port), family=family)
    except OSError as error:  # which names no file, so that nobody would know what it is about
        shown = f"{address}:{port}" if address.version == 4 else f"[{address}]:{port}"  # noqa: PLR2004
        raise OSError(error.errno, os.strerror(error.errno or 0), shown) from error
    # An answer goes out as head and body: without this the body waits 40 ms for the head's receipt.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def serve(
    app: FastAPI,
    listening: socket.socket,
    stop: Callable[[], Awaitable[object]],
    *,
    seconds_idle: int = _SECONDS_IDLE,
    tls: Tls | None = None,
) -> None:
    """Serve until `stop` returns; what is at work then has three seconds to end.

    By HTTPS where there is a certificate; raises UsageError where that cannot be used.
    A connection on which no whole request comes for `seconds_idle` is closed.
    """
    server = _Server(_config(app, seconds_idle, tls))
    at_work = asyncio.create_task(server.serve([listening]))
    asked = asyncio.ensure_future(stop())
    await asyncio.wait({at_work, asked}, return_when=asyncio.FIRST_COMPLETED)
    # Those who wait for changes are answered first, so that nobody is cut off.
    app.state.desk.closing.set()
    server.should_exit = True
    await at_work


def _config(app: FastAPI, seconds_idle: int, tls: Tls | None) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http=_Hurried,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=seconds_idle,
        timeout_graceful_shutdown=_SECONDS_TO_LEAVE,
        h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
        ssl_certfile=tls and tls.certificate,
        ssl_keyfile=tls and tls.key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        message = f"the certificate or its key cannot be used: {error}"
        raise UsageError(message) from error
    return config


class _Server(uvicorn.Server):
    """Leaves signals to the program."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


class _Hurried(H11Protocol):
    """Closes a connection whose request does not come, or drips: a few hundred take all places.

    The library itself does so only where one answer has gone before and nothing at all follows.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._hurry()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request, which gives no more time for the rest of it."""
        super().data_received(data)
        self._hurry()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._rest()
        super().connection_lost(exc)

    def _hurry(self) -> None:
        # Before the first request there is no cycle.
        if not getattr(self.cycle, "response_complete", True):
            self._rest()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.timeout_keep_alive, self.transport.close)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
