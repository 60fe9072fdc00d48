"""A real WebSub hub on loopback: takes subscriptions, calls back, delivers, and misbehaves."""

import hmac
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal, Self
from urllib.parse import parse_qs, urlencode

__all__ = ["Heard", "Hub"]

Way = Literal["accepts", "at once", "denies", "refuses", "fails", "silent", "other topic"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a subscriber answered when the hub called: status and text."""

    status: int
    text: str


@dataclass
class Hub:
    """Answers each form as `way` says and keeps forms, answers and confirmed subscriptions.

    "accepts" answers 202 and calls back; "at once" calls back first; "denies" calls back to deny;
    "refuses" answers 400, "fails" 503; "silent" never calls back; "other topic" asks about a
    topic that nobody named. `subscribers` maps a confirmed callback to its secret.
    """

    address: str = "127.0.0.1"
    way: Way = "accepts"
    lease: str = "864000"
    connections: list[object] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    subscribers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open a socket on a free port."""
        self._http = ThreadingHTTPServer((self.address, 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=[0.02], daemon=True)

    @property
    def url(self) -> str:
        """Where it takes subscriptions."""
        return f"http://{self.address}:{self._http.server_address[1]}/hub"

    def asked(self, mode: str) -> list[dict[str, str]]:
        """The forms of one mode, in order."""
        return [form for form in self.forms if form["hub.mode"] == mode]

    def deliver(self, body: bytes, *, method: str = "sha256", secret: str | None = None) -> int:
        """Deliver to the only subscriber, signed with its secret or another; returns the status."""
        ((callback, known),) = self.subscribers.items()
        signature = hmac.new((secret or known).encode(), body, method).hexdigest()
        headers = {
            "Content-Type": "application/rss+xml",
            "X-Hub-Signature": f"{method}={signature}",
        }
        return _call(urllib.request.Request(callback, body, headers)).status  # noqa: S310 - ours

    def call_back(self, callback: str, mode: str, topic: str, **more: str) -> Heard:
        """Ask a subscriber whether it wants this."""
        query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": "a challenge"}
        query |= {f"hub.{name}": value for name, value in more.items()}
        heard = _call(urllib.request.Request(f"{callback}?{urlencode(query)}"))  # noqa: S310 - ours
        self.heard.append(heard)
        return heard

    def _take(self, form: dict[str, str]) -> tuple[int, bool]:
        """The status to answer with, and whether to call back after it."""
        self.forms.append(form)
        if self.way == "at once":
            self._confirm(form)
        status = {"refuses": 400, "fails": 503}.get(self.way, 202)
        return status, self.way in {"accepts", "denies", "other topic"}

    def _confirm(self, form: dict[str, str]) -> None:
        callback, mode, topic = form["hub.callback"], form["hub.mode"], form["hub.topic"]
        if self.way == "denies":
            self.call_back(callback, "denied", topic, reason="not here")
            return
        named = "http://127.0.0.1/other" if self.way == "other topic" else topic
        heard = self.call_back(callback, mode, named, lease_seconds=self.lease)
        if heard == Heard(200, "a challenge"):
            if mode == "subscribe":
                self.subscribers[callback] = form["hub.secret"]
            else:
                self.subscribers.pop(callback, None)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            """Answers POST."""

            def setup(self) -> None:
                hub.connections.append(self.client_address)
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                assert self.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
                hub.agents.append(self.headers["User-Agent"])
                form = {name: values[0] for name, values in parse_qs(body).items()}
                status, calls_back = hub._take(form)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                if calls_back:
                    threading.Thread(target=hub._confirm, args=[form], daemon=True).start()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Be quiet."""

        return Handler

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


def _call(request: urllib.request.Request) -> Heard:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
            return Heard(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Heard(error.code, "")
    except OSError as error:
        return Heard(0, str(error))
