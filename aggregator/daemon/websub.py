"""Where hubs reach us: a small web server inside the daemon's loop, behind the operator's proxy.

It answers two things at one address for each subscription: a hub's question whether we want it
(GET), and what the hub delivers (POST). Everything else does not exist.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from aggregator.core import websub
from aggregator.core.polling import body_hash
from aggregator.core.websub import Subscription, SubscriptionState
from aggregator.storage import subscriptions
from aggregator.storage.database import Database

__all__ = ["Receiver", "Server"]

_CONNECTIONS: Final = 32
_SECONDS_FOR_A_BODY: Final = 30.0
_SECONDS_FOR_A_HEAD: Final = 5.0
_SECONDS_TO_LEAVE: Final = 2
_MOST_HEADER_BYTES: Final = 16_384
_UNWANTED: Final = frozenset({SubscriptionState.DENIED, SubscriptionState.ENDED})


class Receiver:
    """The application: `woken` is called whenever something was delivered."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        woken: Callable[[], None],
        *,
        most_bytes: int,
    ) -> None:
        """A body of more than `most_bytes` is refused."""
        self._db, self._clock, self._jitter, self._woken = db, clock, jitter, woken
        self._most_bytes = most_bytes
        self._reading: set[str] = set()
        # Whatever path the proxy leaves of the public address, the token is its last part.
        route = Route("/{path:path}", self._answer, methods=["GET", "POST"])
        self.app = Starlette(routes=[route])

    async def _answer(self, request: Request) -> Response:
        token = str(request.path_params["path"]).rpartition("/")[2]
        subscription = subscriptions.by_token(self._db, token) if token else None
        if subscription is None:
            return Response(status_code=404)
        if request.method == "GET":
            return self._called_back(request, subscription)
        if request.method == "POST":
            return await self._delivered(request, subscription)
        return Response(status_code=405)

    def _called_back(self, request: Request, subscription: Subscription) -> Response:
        """Say yes, in the hub's own words, to what we asked for; to anything else 404."""
        now = self._clock()
        found = websub.answered(subscription, request.query_params, now, jitter=self._jitter())
        if found is None:
            return Response(status_code=404)
        after, text = found
        subscriptions.keep(self._db, after)
        return PlainTextResponse(text, headers={"X-Content-Type-Options": "nosniff"})

    async def _delivered(self, request: Request, subscription: Subscription) -> Response:
        if subscription.state in _UNWANTED:
            return Response(status_code=410)
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            return Response(status_code=415)
        # One at a time for each feed: no hub can fill the memory.
        if subscription.token in self._reading:
            return Response(status_code=503, headers={"Retry-After": "5"})
        self._reading.add(subscription.token)
        try:
            async with asyncio.timeout(_SECONDS_FOR_A_BODY):
                body = await self._body(request)
        except TimeoutError:
            return Response(status_code=408)
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            self._reading.discard(subscription.token)
        if body is None:
            return Response(status_code=413)
        self._take(request, subscription, body)
        return Response(status_code=202)

    async def _body(self, request: Request) -> bytes | None:
        """The body, or None as soon as it is, or says that it will be, too large."""
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._most_bytes:
            return None
        read = bytearray()
        async for chunk in request.stream():
            read += chunk
            if len(read) > self._most_bytes:
                return None
        return bytes(read)

    def _take(self, request: Request, subscription: Subscription, body: bytes) -> None:
        """Keep a delivery whose signature is right; the hub is told nothing of one that is not."""
        signature = request.headers.get("x-hub-signature")
        if not websub.is_signed(subscription.secret, signature, body):
            what = "a wrong" if signature else "no"
            reason = f"a delivery with {what} signature was ignored"
            return subscriptions.ignore(self._db, subscription, reason)
        fresh = subscriptions.receive(
            self._db,
            subscription,
            body,
            content_type=request.headers.get("content-type", ""),
            body_hash=body_hash(body),
            now=self._clock(),
        )
        if fresh:
            self._woken()
        return None


class Server:
    """Serves a Receiver until it is stopped; made inside the running event loop."""

    def __init__(self, receiver: Receiver, listen: str) -> None:
        """Listen at `listen`, "address:port". Raises OSError where that cannot be had."""
        host, _, port = listen.rpartition(":")
        host = host.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, int(port)), family=family)
        self._server = _Uvicorn(
            uvicorn.Config(
                receiver.app,
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=_SECONDS_TO_LEAVE,
                h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
            )
        )
        self._task = asyncio.create_task(self._server.serve([self._socket]))

    async def stop(self) -> None:
        """Let what is in hand end within two seconds, and close."""
        self._server.leave.set()
        await self._task
        self._socket.close()


class _Uvicorn(uvicorn.Server):
    """Serves inside a loop that is not its own: signals are the daemon's, and nothing ticks."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leave = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    async def main_loop(self) -> None:
        """Wait to be stopped: what it would do every tenth of a second is needed for nothing."""
        await self.leave.wait()


class _Protocol(H11Protocol):
    """Gives each connection a few seconds to ask something whole.

    One that takes them all the same makes way for those who come after it: whoever opens many and
    asks nothing keeps nobody out.
    """

    waits_since: float = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let those that wait longest go, where there are too many."""
        super().connection_made(transport)
        self.waits_since = self.loop.time()
        self.loop.call_later(_SECONDS_FOR_A_HEAD, self._look)
        others = (each for each in self.connections if isinstance(each, _Protocol))
        idle = [each for each in others if each is not self and each.is_idle]
        too_many = max(len(self.connections) - _CONNECTIONS + 1, 0)
        for each in sorted(idle, key=lambda each: each.waits_since)[:too_many]:
            each.transport.close()
            self.connections.discard(each)

    def on_response_complete(self) -> None:
        """Wait for the next request from now on."""
        self.waits_since = self.loop.time()
        super().on_response_complete()

    @property
    def is_idle(self) -> bool:
        """Whether no whole request is in hand."""
        # Its type forgets that there is none before the first request.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _look(self) -> None:
        """Close it where it has asked nothing whole for too long."""
        if self.transport.is_closing():
            return
        left = self.waits_since + _SECONDS_FOR_A_HEAD - self.loop.time()
        if self.is_idle and left <= 0:
            self.transport.close()
        else:
            self.loop.call_later(left if left > 0 else _SECONDS_FOR_A_HEAD, self._look)
