"""A real HTTP server on loopback that answers as told and remembers what it was asked."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, and when (monotonic seconds)."""

    path: str
    headers: Mapping[str, str]
    at: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer; `delay` in seconds before the head."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    length: int | None = None


Route = Callable[[Request], Answer]


class _Http(ThreadingHTTPServer):
    """Counts connections, and says nothing of clients that hang up, which is theirs to do."""

    def __init__(self, host: str, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__((host, 0), handler)
        self.open, self.most_open = 0, 0
        self._counting = threading.Lock()

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override] # its own types
        """Serve one connection until it ends."""
        with self._counting:
            self.open += 1
            self.most_open = max(self.open, self.most_open)
        try:
            super().finish_request(request, client_address)
        finally:
            with self._counting:
                self.open -= 1

    def handle_error(self, request: object, client_address: object) -> None:
        """Tell of all other surprises."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # its own types


class Server:
    """Serves `routes` (path → Answer or function of the request) on loopback; 404 elsewhere."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        """Open a socket on a free port of `host`, one of 127.0.0.0/8."""
        self.host = host
        self.routes: dict[str, Answer | Route] = {}
        self.requests: list[Request] = []
        self._http = _Http(host, self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=[0.02], daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_address[1])

    @property
    def most_open(self) -> int:
        """How many connections were open at once at most."""
        return self._http.most_open

    def url(self, path: str) -> str:
        """The address of `path`."""
        return f"http://{self.host}:{self.port}{path}"

    def asked(self, path: str) -> list[Request]:
        """The requests for `path`, in order."""
        return [request for request in self.requests if request.path == path]

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self._http.shutdown()
        self._http.server_close()

    def _answer(self, request: Request) -> Answer:
        self.requests.append(request)
        route = self.routes.get(request.path, Answer(b"not here", 404))
        return route if isinstance(route, Answer) else route(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer_to = self._answer

        class Handler(BaseHTTPRequestHandler):
            """Answers GET."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = answer_to(Request(self.path, headers, time.monotonic()))
                time.sleep(answer.delay)
                try:
                    self._send(answer)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                length = len(answer.body) if answer.length is None else answer.length
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(answer.body)
                self.close_connection = answer.length is not None

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Be quiet."""

        return Handler
