"""What stands before the application: who may ask by which name, and what browsers may do.

A page on another site may make a browser ask this machine, under a name of its own that leads
here; so only names of this machine are answered, and no other site is let read an answer.
"""

import logging
from collections.abc import Callable, Collection
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.web.problems import Problem, of_status, response

__all__ = ["Guard", "Heads", "Mistakes"]

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With no-referrer a browser would not say of our own forms where they come from.
    "Referrer-Policy": "same-origin",
    # Long answers are compressed for who takes that.
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_TWO_YEARS: Final = "max-age=63072000"


class Guard:
    """Answers only those who ask for one of `hosts`, and sets the headers for security."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], *, secure: bool) -> None:
        """Stand before `app`; `hosts` are names and addresses without a port.

        Where browsers come by HTTPS, which is `secure`, they are to come by nothing else.
        """
        self._app, self._hosts, self._secure = app, frozenset(hosts), secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(MutableHeaders(scope=message))
            await send(message)

        named = Headers(scope=scope).getlist("host")
        if len(named) == 1 and _name(named[0]) in self._hosts:
            await self._app(scope, receive, guarded)
        else:
            problem = Problem(of_status(421), "the header Host names another machine, or none")
            await response(problem, scope["path"])(scope, receive, guarded)

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if self._secure:
            headers["Strict-Transport-Security"] = _TWO_YEARS
            cookies = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for cookie in cookies:
                headers.append("set-cookie", f"{cookie}; Secure")


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


class Heads:
    """Answers HEAD as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, bodiless)


class Mistakes:
    """Answers a mistake of ours as a problem; what it was is for the log alone."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Problem], Response]) -> None:
        """Stand before `app`; `answer` tells a problem as who asks can use it."""
        self._app, self._tell = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            logging.getLogger(__name__).exception("%s could not be answered", scope["path"])
            if begun:
                raise
            problem = Problem(of_status(500), "the server's log says more")
            await self._answered(Request(scope), problem)(scope, receive, send)

    def _answered(self, request: Request, problem: Problem) -> Response:
        try:
            return self._tell(request, problem)
        except Exception:
            # The mistake may be one of the frame of all pages.
            logging.getLogger(__name__).exception("nor can that be told on a page")
            return response(problem, request.url.path)
