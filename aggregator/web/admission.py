"""Stands before every route: finds out who asks, and lets no other site act in their name.

After the OWASP cheat sheet on cross-site request forgery: whatever may change something carries a
token that is bound to a cookie no script can read, and comes from a page of the desk itself as far
as the browser says where it comes from.
"""

import hmac
import re
import secrets
from asyncio import timeout
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.web.problems import FORGED, SLOW, TOO_LARGE, Problem, response
from aggregator.web.viewers import Doors, Viewer

__all__ = ["FIELD", "HEADER", "Admission"]

FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_COOKIE: Final = "visitor"
_VISITOR: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_BYTES: Final = 4_000_000
_MOST_SECONDS: Final = 15.0
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Admission:
    """Lets in whom the doors admit, and what they themselves sent."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        """Stand before `app`, with its `doors`."""
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        known = asked.cookies.get(_COOKIE, "")
        visitor = known if _VISITOR.fullmatch(known) else secrets.token_urlsafe(32)
        send = send if visitor == known else _introduced(send, visitor)
        viewer = await self._doors.admit(asked, visitor)
        assert viewer is not None
        scope.setdefault("state", {})["viewer"] = viewer
        try:
            if scope["method"] not in _SAFE:
                receive = await _sent_by_themselves(scope, receive, viewer)
        except Problem as problem:
            await response(problem, scope["path"])(scope, receive, send)
            return
        except ClientDisconnect:
            return
        await self._app(scope, receive, send)


def _introduced(send: Send, visitor: str) -> Send:
    """Give the cookie along with a page; programs have no use for it."""
    cookie = f"{_COOKIE}={visitor}; Path=/; HttpOnly; SameSite=Strict"

    async def introduced(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers.append("Set-Cookie", cookie)
        await send(message)

    return introduced


async def _sent_by_themselves(scope: Scope, receive: Receive, viewer: Viewer) -> Receive:
    """The body again, once it is sure who sent it; raises Problem."""
    headers = Headers(scope=scope)
    _require_own_page(headers)
    body = await _body(headers, receive)
    again = _replay(body, receive)
    token = headers.get(HEADER) or await _field(scope, _replay(body, receive), headers)
    if not hmac.compare_digest(token.encode(), viewer.csrf.encode()):
        detail = "the form is from another visit: load the page again, and repeat what you did"
        raise Problem(FORGED, detail)
    return again


def _require_own_page(headers: Headers) -> None:
    """Raise Problem where the browser says that another site's page asks."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in {None, "same-origin", "none"}:
        raise Problem(FORGED, "another site's page asked for this")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise Problem(FORGED, "another site's page asked for this, going by its origin")


async def _body(headers: Headers, receive: Receive) -> bytes:
    """The whole body; raises Problem where it is too large or does not come."""
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > _MOST_BYTES:
        raise Problem(TOO_LARGE, f"at most {_MOST_BYTES} bytes are taken")
    body = bytearray()
    try:
        async with timeout(_MOST_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                if len(body) > _MOST_BYTES:
                    raise Problem(TOO_LARGE, f"at most {_MOST_BYTES} bytes are taken")
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise Problem(SLOW, f"the request did not come within {_MOST_SECONDS:g} seconds") from None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Receive a body that was read already, then what else comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return left.pop() if left else await receive()

    return replayed


async def _field(scope: Scope, receive: Receive, headers: Headers) -> str:
    """The token in a form, empty where there is none."""
    if not headers.get("content-type", "").startswith(_FORMS):
        return ""
    async with Request(scope, receive).form(max_files=10, max_fields=1000) as form:
        token = form.get(FIELD, "")
    return token if isinstance(token, str) else ""
