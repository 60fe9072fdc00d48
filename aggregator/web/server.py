"""Serves the application on this machine, until it is asked to stop."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

from aggregator.errors import UsageError

__all__ = ["bound", "serve"]

_CONNECTIONS: Final = 200
_SECONDS_TO_LEAVE: Final = 3
_SECONDS_IDLE: Final = 15
_MOST_HEADER_BYTES: Final = 16_384


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address of this machine alone; port 0 is any that is free.

    Raises UsageError for any other address, OSError where it cannot be had.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        message = (
            f"{host!r} is no address of this machine alone (127.0.0.1, ::1, localhost): whoever "
            "reaches the port reads everything, since there are no accounts yet. To let others "
            "in, put a web server with a login before it."
        )
        raise UsageError(message)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
    listening = socket.create_server((str(address), port), family=family)
    # An answer goes out as head and body: without this the body waits 40 ms for the head's receipt.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def serve(
    app: FastAPI, listening: socket.socket, stop: Callable[[], Awaitable[object]]
) -> None:
    """Serve until `stop` returns; what is at work then has three seconds to end."""
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=_CONNECTIONS,
            timeout_keep_alive=_SECONDS_IDLE,
            timeout_graceful_shutdown=_SECONDS_TO_LEAVE,
            h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
        )
    )
    at_work = asyncio.create_task(server.serve([listening]))
    asked = asyncio.ensure_future(stop())
    await asyncio.wait({at_work, asked}, return_when=asyncio.FIRST_COMPLETED)
    # Those who wait for changes are answered first, so that nobody is cut off.
    app.state.desk.closing.set()
    server.should_exit = True
    await at_work


class _Server(uvicorn.Server):
    """Leaves signals to the program."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
