"""A server that says bytes as told, whether they are HTTP or not, and counts who came."""

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

__all__ = ["RawServer", "answer", "reset"]

# What to do with a connection once a request's head has been read from it.
Behaviour = Callable[[socket.socket], None]


class RawServer:
    """Does what `routes` say for a path, and closes the connection, unless it is to `keep` it.

    `heads` are the requests as they came, with their bodies; `connections` counts all that were
    made. A behaviour that has not ended when the server stops finds its socket closed. With `tls`
    it speaks TLS.
    """

    def __init__(
        self, host: str = "127.0.0.1", *, keep: bool = False, tls: ssl.SSLContext | None = None
    ) -> None:
        """Listen on a free port of `host`."""
        self.routes: dict[str, Behaviour] = {}
        self.heads: list[bytes] = []
        self.connections = 0
        self._host, self._keep, self._tls = host, keep, tls
        self._listener = socket.create_server((host, 0))
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def url(self, path: str = "/") -> str:
        """The address of `path`."""
        return f"http{'s' if self._tls else ''}://{self._host}:{self.port}{path}"

    @property
    def open_now(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def on(self, path: str, behaviour: Behaviour) -> str:
        """Do `behaviour` for `path`; returns its address."""
        self.routes[path] = behaviour
        return self.url(path)

    def __enter__(self) -> Self:
        """Start."""
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and wait until nobody is left."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in tuple(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=[connection], daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._tls is None:
                self._converse(connection)
            else:
                with self._tls.wrap_socket(connection, server_side=True) as secure:
                    self._converse(secure)
        self._open.discard(connection)

    def _converse(self, connection: socket.socket) -> None:
        while head := _head(connection):
            self.heads.append(head)
            path = head.split(b" ")[1].decode("ascii").partition("?")[0]
            self.routes.get(path, answer(b"", "404 Not Found"))(connection)
            if not self._keep:
                return


def answer(body: bytes, status: str = "200 OK", *headers: str, head: bytes = b"") -> Behaviour:
    """A complete answer, `head` in front of it; no Content-Length where `headers` name it."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if not any(each.lower().startswith(("content-length", "transfer-")) for each in headers):
        lines.append(f"Content-Length: {len(body)}")
    whole = head + "\r\n".join([*lines, "", ""]).encode("latin-1") + body
    return lambda connection: connection.sendall(whole)


def reset(connection: socket.socket) -> None:
    """End a connection with a reset in place of a goodbye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _head(connection: socket.socket) -> bytes:
    """A request's head, and its body where it says how long that is."""
    head = b""
    while b"\r\n\r\n" not in head or len(head) < _length(head):
        more = connection.recv(4096)
        if not more:
            return b""
        head += more
    return head


def _length(request: bytes) -> int:
    head, _, _ = request.partition(b"\r\n\r\n")
    found = re.search(rb"\r\ncontent-length: *(\d+)", head.lower())
    return len(head) + 4 + int(found[1]) if found else 0
