"""A real receiver of webhooks on loopback: checks signatures, fails, hangs, drips and restarts."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

__all__ = ["SECRET", "WRITTEN", "Got", "Receiver", "Reply", "until"]

SECRET = b"a secret of thirty-two bytes, ok"
WRITTEN = f"whsec_{base64.b64encode(SECRET).decode()}"
"""The secret as an operator writes it."""


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came; `signed` says whether its signature is right."""

    path: str
    id: str
    timestamp: int
    body: bytes
    headers: dict[str, str]
    signed: bool

    @property
    def data(self) -> dict[str, Any]:
        """What it tells."""
        found: dict[str, Any] = json.loads(self.body)["data"]
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: a status with headers, after `hold` seconds; or bytes that drip."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hold: float = 0.0
    drips: bool = False


@dataclass
class Receiver:
    """Answers as `way` says, which is given each request; `took` has those that it accepted."""

    way: Callable[[Got], Reply] = lambda _got: Reply()
    address: str = "127.0.0.1"
    port: int = 0
    secrets: tuple[bytes, ...] = (SECRET,)
    got: list[Got] = field(default_factory=list)
    took: list[Got] = field(default_factory=list)
    most_open: int = 0
    _open: int = 0

    def __post_init__(self) -> None:
        """Nothing is open yet."""
        self._leave = threading.Event()
        self._lock = threading.Lock()

    def url(self, path: str = "/hook") -> str:
        """The address of `path`."""
        return f"http://{self.address}:{self.port}{path}"

    def start(self) -> Self:
        """Open, at the same port as before."""
        self._leave.clear()
        self._http = ThreadingHTTPServer((self.address, self.port), self._handler())
        self._http.daemon_threads = True
        self.port = int(self._http.server_address[1])
        threading.Thread(target=self._http.serve_forever, args=[0.02], daemon=True).start()
        return self

    def stop(self) -> None:
        """Close; what hangs is let go."""
        self._leave.set()
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> Self:
        """Open."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.stop()

    @property
    def ids(self) -> list[str]:
        """The ids of what was accepted, in its order."""
        return [each.id for each in self.took]

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        """Check as a receiver does, by the text of Standard Webhooks."""
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        right = {
            "v1," + base64.b64encode(hmac.new(each, content, hashlib.sha256).digest()).decode()
            for each in self.secrets
        }
        return right <= set(headers["webhook-signature"].split(" "))

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        signed = self._is_signed(headers, body)
        timestamp = int(headers["webhook-timestamp"])
        got = Got(path, headers["webhook-id"], timestamp, body, headers, signed)
        with self._lock:
            self._open += 1
            self.most_open = max(self.most_open, self._open)
            self.got.append(got)
        reply = self.way(got)
        if reply.hold:
            self._leave.wait(reply.hold)
        with self._lock:
            self._open -= 1
            if 200 <= reply.status < 300 and not (reply.hold or reply.drips):
                self.took.append(got)
        return reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take, leave = self._take, self._leave

        class Handler(BaseHTTPRequestHandler):
            """Answers POST."""

            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers["content-length"]))
                reply = take(self.path, headers, body)
                try:
                    self._send(reply)
                except OSError:
                    self.close_connection = True

            def _send(self, reply: Reply) -> None:
                if reply.drips:
                    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
                        self.wfile.write(bytes([byte]))
                        if leave.wait(0.05):
                            return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Be quiet."""

        return Handler


def until(condition: Callable[[], object]) -> None:
    """Wait until `condition` holds."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
