"""A small HTTP/1.1 server on several loopback addresses: answers GET and HEAD, keeps a record."""

import asyncio
import gzip
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus
from http.client import HTTPException, parse_headers
from io import BytesIO
from urllib.parse import urlsplit

from aggregator.demo.content import ValidatorKind

__all__ = ["Address", "Request", "Resource", "Server", "bind"]


Address = tuple[str, int]
"""A numeric host and a port."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path answers; `delay` (seconds) passes before the answer begins."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    validators: ValidatorKind = "both"
    modified: datetime | None = None
    delay: float = 0.0

    @property
    def etag(self) -> str | None:
        """The entity tag, quoted, or None where the outlet sends none."""
        if self.validators not in {"both", "etag", "weak"} or self.status != HTTPStatus.OK:
            return None
        tag = f'"{blake2b(self.body, digest_size=8).hexdigest()}"'
        return f"W/{tag}" if self.validators == "weak" else tag

    @property
    def last_modified(self) -> str | None:
        """The HTTP date of the last change, or None where the outlet sends none."""
        if self.validators not in {"both", "modified"} or self.modified is None:
            return None
        return format_datetime(self.modified.astimezone(UTC), usegmt=True)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came, with the status it was answered; header names in lower case."""

    host: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    path: str
    query: str
    headers: Mapping[str, str]


@dataclass(slots=True)
class _State:
    """What the server's thread and its owner share."""

    started: threading.Event = field(default_factory=threading.Event)
    loop: asyncio.AbstractEventLoop | None = None
    stop: asyncio.Event | None = None
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    requests: list[Request] = field(default_factory=list)


def bind(ordinal: int, again: Address | None = None) -> socket.socket:
    """A listening socket on 127.0.0.2 and up, or on 127.0.0.1 where only that exists.

    With `again` on the very address where a host was before; raises OSError where that is taken.
    """
    listener = socket.socket()
    try:
        if again is not None:
            # Connections of a moment ago may still keep it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(again)
        else:
            _bind_anywhere(listener, ordinal)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _bind_anywhere(listener: socket.socket, ordinal: int) -> None:
    try:
        listener.bind((f"127.0.0.{ordinal + 2}", 0))
    except OSError:
        listener.bind(("127.0.0.1", 0))


class Server:
    """Serves, in a thread of its own, one host per listening socket until it is stopped."""

    def __init__(
        self,
        listeners: Mapping[str, socket.socket],
        find: Callable[[str, str], Resource | None],
    ) -> None:
        """Take `listeners` by host name; `find` gives the resource of a host and a path."""
        self._listeners = listeners
        self._find = find
        self._state = _State()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="newsroom", daemon=True
        )

    @property
    def requests(self) -> tuple[Request, ...]:
        """All requests answered so far."""
        return tuple(self._state.requests)

    def start(self) -> None:
        """Serve; returns when all hosts answer."""
        self._thread.start()
        self._state.started.wait()

    def stop(self) -> None:
        """End at once, delayed answers included."""
        if self._state.loop is not None and self._state.stop is not None:
            self._state.loop.call_soon_threadsafe(self._state.stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        state = self._state
        state.loop, state.stop = asyncio.get_running_loop(), asyncio.Event()
        servers = [
            await asyncio.start_server(self._host(name), sock=listener)
            for name, listener in self._listeners.items()
        ]
        state.started.set()
        await state.stop.wait()
        for server in servers:
            server.close()
        for task in state.tasks:
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        for server in servers:
            await server.wait_closed()

    def _host(self, name: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._converse(name, reader, writer))
            self._state.tasks.add(task)
            task.add_done_callback(self._state.tasks.discard)

        return accept

    async def _converse(
        self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection's requests until either side has had enough."""
        try:
            while (asked := await _read(reader)) is not None:
                await self._answer(host, asked, writer)
                if asked.headers.get("connection", "").lower() == "close":
                    break
        except (OSError, EOFError, HTTPException, ValueError, asyncio.LimitOverrunError):
            pass  # a client that breaks off, or does not speak HTTP, gets no answer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, host: str, asked: _Asked, writer: asyncio.StreamWriter) -> None:
        resource = self._find(host, asked.path) or Resource(b"<h1>404</h1>", status=404)
        await asyncio.sleep(resource.delay)
        status, headers, body = _reply(resource, asked)
        now = datetime.now(UTC)
        self._state.requests.append(
            Request(host, asked.method, asked.path, asked.query, asked.headers, status, now)
        )
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        writer.write(head if asked.method == "HEAD" else head + body)
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> _Asked | None:
    """The next request, or None when the client has closed the connection."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    line, _, rest = raw.partition(b"\r\n")
    method, target, _version = line.decode("latin-1").split(" ")
    headers = {key.lower(): value for key, value in parse_headers(BytesIO(rest)).items()}
    parts = urlsplit(target)
    return _Asked(method, parts.path, parts.query, headers)


def _reply(resource: Resource, asked: _Asked) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body for what was asked."""
    headers = {"Date": format_datetime(datetime.now(UTC), usegmt=True), "Server": "demo-newsroom"}
    if resource.etag:
        headers["ETag"] = resource.etag
    if resource.last_modified:
        headers["Last-Modified"] = resource.last_modified
    if asked.method not in {"GET", "HEAD"}:
        return 405, headers | {"Allow": "GET, HEAD", "Content-Length": "0"}, b""
    if _is_current(resource, asked.headers):
        return 304, headers, b""
    body = resource.body
    headers |= {"Content-Type": resource.content_type, "Vary": "Accept-Encoding"}
    if "gzip" in asked.headers.get("accept-encoding", ""):
        body = gzip.compress(body, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return resource.status, headers | {"Content-Length": str(len(body))}, body


def _is_current(resource: Resource, headers: Mapping[str, str]) -> bool:
    """Whether what the client has is what we have (RFC 9110, section 13.2.2)."""
    if "if-none-match" in headers and resource.etag:
        tags = {tag.strip().removeprefix("W/") for tag in headers["if-none-match"].split(",")}
        return resource.etag.removeprefix("W/") in tags
    if "if-modified-since" in headers and resource.last_modified and resource.modified:
        try:
            since = parsedate_to_datetime(headers["if-modified-since"])
        except ValueError:
            return False
        return resource.modified.replace(microsecond=0) <= since
    return False
