"""Stands before every route: finds out who asks, and lets no other site act in their name.

After the OWASP cheat sheet on cross-site request forgery: whatever may change something carries a
token that is bound to a cookie no script can read, and comes from a page of the desk itself as far
as the browser says where it comes from.
"""

import hmac
import re
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.web.accounts import new_token
from aggregator.web.acting import page_of
from aggregator.web.bodies import replay, whole
from aggregator.web.doors import BY_ITSELF
from aggregator.web.failures import EXPECTED, answer, is_syndicated, wants_page
from aggregator.web.marking import marked
from aggregator.web.problems import FORBIDDEN, FORGED, LOGIN, Problem
from aggregator.web.viewers import NOBODY, Doors, StillIn, Viewer, form_token

__all__ = ["FIELD", "HEADER", "OPEN", "OWN_AFFAIRS", "Admission"]

FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"
OPEN: Final = frozenset({"/login", "/settings"})
"""What is there for who is not signed in yet, beside the files of `_OPEN_BELOW`."""

OWN_AFFAIRS: Final = frozenset({"/login", "/logout", "/password", "/settings"})
"""What a viewer may send too: it changes nothing but how the desk is to them."""

_OPEN_BELOW: Final = ("/static/", "/problems/")
# Programs are told how to say who they are; a browser would ask people for it in a window.
_BASIC_BELOW: Final = ("/api/", "/metrics")
_VISITOR: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Admission:
    """Lets in whom the doors admit, and what they themselves sent."""

    def __init__(self, app: ASGIApp, doors: Doors, *, secure: bool) -> None:
        """Stand before `app`, with its `doors`; `secure` where browsers come by HTTPS."""
        self._app, self._doors = app, doors
        self._cookie = "__Host-visitor" if secure else "visitor"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        known = request.cookies.get(self._cookie, "")
        visitor = known if _VISITOR.fullmatch(known) else new_token()
        if visitor != known:
            send = self._introduced(send, visitor)
        try:
            refusal = await self._refused(request, visitor)
            if refusal is None and _acts(request):
                receive = await _sent_by_themselves(scope, receive)
        except EXPECTED as error:
            refusal = answer(request, error)
        except ClientDisconnect:
            return
        await (refusal or self._app)(scope, receive, send)

    async def _refused(self, request: Request, visitor: str) -> Response | None:
        """The answer to who is not let in; whoever is, is noted as the request's viewer."""
        viewer = await self._doors.admit(request, visitor)
        path, acts = request.url.path, _acts(request)
        if viewer is None:
            token = form_token(self._doors.key, visitor)
            request.state.viewer = Viewer(NOBODY, "viewer", token, signed_in=False)
            is_open = path in OPEN or (not acts and path.startswith(_OPEN_BELOW))
            return None if is_open else _to_login(request)
        request.state.viewer = viewer
        request.state.still_in = self._asking_again(request, visitor, viewer)
        if viewer.role != "editor" and acts and path not in OWN_AFFAIRS:
            raise Problem(FORBIDDEN, "this is for editors: you may only read")
        return None

    def _asking_again(self, request: Request, visitor: str, viewer: Viewer) -> StillIn:
        async def still_in() -> bool:
            return await self._doors.admit(request, visitor) == viewer

        return still_in

    def _introduced(self, send: Send, visitor: str) -> Send:
        """Give the cookie along with a page; programs have no use for it."""
        # Lax, or whoever follows a link from elsewhere would come as another visitor.
        cookie = f"{self._cookie}={visitor}; Path=/; HttpOnly; SameSite=Lax"

        async def introduced(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", cookie)
            await send(message)

        return introduced


def _acts(request: Request) -> bool:
    """Whether it may change something: no route takes another method, none for programs any."""
    return request.method == "POST" and not _is_for_programs(request.url.path)


def _is_for_programs(path: str) -> bool:
    return path.startswith(_BASIC_BELOW) or is_syndicated(path)


def _to_login(request: Request) -> Response:
    """Send people to where they sign in, and tell programs that they are to say who they are."""
    path = request.url.path
    login = f"/login?next={quote(page_of(request), safe='')}"
    is_read = request.method in {"GET", "HEAD"}
    if is_read and wants_page(request) and "hx-request" not in request.headers:
        return RedirectResponse(login, 303, {"Cache-Control": "no-store", "Vary": "Cookie"})
    refusal = answer(request, Problem(LOGIN, ""))
    if is_read and path not in BY_ITSELF:
        refusal.headers["HX-Redirect"] = login
    if _is_for_programs(path):
        refusal.headers["WWW-Authenticate"] = 'Basic realm="aggregator", charset="UTF-8"'
    return refusal


async def _sent_by_themselves(scope: Scope, receive: Receive) -> Receive:
    """The body again, once it is sure who sent it; raises Problem."""
    headers, viewer = Headers(scope=scope), scope["state"]["viewer"]
    _require_own_page(headers)
    body = await whole(headers, receive)
    token = headers.get(HEADER) or await _field(scope, replay(body, receive), headers)
    if not viewer.csrf or not hmac.compare_digest(token.encode(), viewer.csrf.encode()):
        detail = marked(
            "the form is from another visit: load the page again, and repeat what you did"
        )
        raise Problem(FORGED, detail)
    return replay(body, receive)


def _require_own_page(headers: Headers) -> None:
    """Raise Problem where the browser says that another site's page asks."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in {None, "same-origin", "none"}:
        raise Problem(FORGED, "another site's page asked for this")
    if origin is not None and _host(origin) != headers.get("host", "").lower():
        raise Problem(FORGED, "another site's page asked for this, going by its origin")


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


async def _field(scope: Scope, receive: Receive, headers: Headers) -> str:
    """The token in a form, empty where there is none."""
    if not headers.get("content-type", "").startswith(_FORMS):
        return ""
    async with Request(scope, receive).form(max_files=10, max_fields=1000) as form:
        token = form.get(FIELD, "")
    return token if isinstance(token, str) else ""
