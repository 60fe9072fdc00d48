"""Signing in and out, and giving oneself another password."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from aggregator.core.guessable import LONGEST, SHORTEST
from aggregator.web.accounts import Accounts, Refused, SignedIn
from aggregator.web.acting import after, local
from aggregator.web.doors import session_cookie
from aggregator.web.guessing import REMEMBERED, Caller
from aggregator.web.peers import address
from aggregator.web.problems import NOT_FOUND, Problem
from aggregator.web.rendering import page, telling
from aggregator.web.viewers import CurrentViewer

if TYPE_CHECKING:
    from aggregator.web.entry import Entry

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Next = Annotated[str, Query(alias="next", max_length=2000)]
Typed = Annotated[str, Form(max_length=1000)]
_UNSEEN: Final = {"Cache-Control": "no-store"}


@router.get("/login")
async def ask(request: Request, viewer: CurrentViewer, onwards: Next = "/") -> Response:
    """Ask who it is; whoever is in goes on at once."""
    if viewer.name:
        return RedirectResponse(local(onwards), 303, _UNSEEN)
    return _login(request, onwards)


@router.post("/login")
async def enter(
    request: Request, name: Typed, password: Typed, onwards: Annotated[str, Form()] = "/"
) -> Response:
    """Let in whoever gives the right password."""
    former = request.cookies.get(_cookie(request), "")
    let_in = await _accounts(request).sign_in(name, password, _caller(request), former=former)
    if isinstance(let_in, Refused):
        return _login(request, onwards, name=name, refused=let_in)
    answer = RedirectResponse(local(onwards), 303, _UNSEEN)
    _remember(request, answer, let_in)
    return answer


@router.post("/logout")
async def leave(request: Request, viewer: CurrentViewer) -> Response:
    """End the session that asks."""
    cookie = _cookie(request)
    await _accounts(request).sign_out(viewer.name, request.cookies.get(cookie, ""))
    # What the browser kept of pages is not for the next one at this machine.
    answer = RedirectResponse("/login", 303, {**_UNSEEN, "Clear-Site-Data": '"cache"'})
    answer.delete_cookie(cookie, httponly=True, samesite="lax")
    return answer


@router.get("/password")
async def choose(request: Request, viewer: CurrentViewer) -> Response:
    """Ask for another password."""
    _require_signed_in(request, signed_in=viewer.signed_in)
    return _password(request)


@router.post("/password")
async def change(
    request: Request, viewer: CurrentViewer, former: Typed, wanted: Typed, again: Typed
) -> Response:
    """Take another password from whoever knows the former one."""
    accounts = _require_signed_in(request, signed_in=viewer.signed_in)
    if wanted != again:
        return _password(request, why="differs")
    done = await accounts.change_password(viewer.name, former, wanted, _caller(request))
    if isinstance(done, str):
        return _password(request, why=done)
    if isinstance(done, Refused):
        return _password(request, refused=done)
    gettext = telling(request).language.gettext
    answer = after(request, gettext("The password is another one now."), back="/")
    _remember(request, answer, done)
    return answer


# --- pages -----------------------------------------------------------------------------------


def _login(
    request: Request, onwards: str, *, name: str = "", refused: Refused | None = None
) -> Response:
    status, headers, wait = _told(refused)
    return page(
        request,
        "login.html",
        status=status,
        headers=headers,
        onwards=local(onwards),
        name=name,
        refused=refused is not None,
        wait=wait,
    )


def _password(request: Request, *, why: str = "", refused: Refused | None = None) -> Response:
    status, headers, wait = _told(refused)
    return page(
        request,
        "password.html",
        status=422 if why else status,
        headers=headers,
        why="wrong" if refused else why,
        wait=wait,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _told(refused: Refused | None) -> tuple[int, Mapping[str, str], int]:
    """How a refusal is answered, and the seconds after which to try again."""
    if refused is None:
        return 200, _UNSEEN, 0
    if not refused.wait:
        return 403, _UNSEEN, 0
    wait = int(refused.wait.total_seconds()) + 1
    return 429, {**_UNSEEN, "Retry-After": str(wait)}, wait


# --- the browser -----------------------------------------------------------------------------


def _accounts(request: Request) -> Accounts:
    accounts: Accounts | None = request.app.state.accounts
    if accounts is None:
        raise Problem(NOT_FOUND, "nobody signs in at this desk")
    return accounts


def _require_signed_in(request: Request, *, signed_in: bool) -> Accounts:
    if not signed_in:
        raise Problem(NOT_FOUND, "whoever is let in without a password here has none to change")
    return _accounts(request)


def _cookie(request: Request) -> str:
    return session_cookie(secure=_entry(request).secure)


def _device_cookie(request: Request) -> str:
    return "__Host-device" if _entry(request).secure else "device"


def _caller(request: Request) -> Caller:
    device = request.cookies.get(_device_cookie(request), "")
    return Caller(address(request, _entry(request).proxies), device)


def _entry(request: Request) -> "Entry":
    entry: Entry = request.app.state.entry
    return entry


def _remember(request: Request, answer: Response, let_in: SignedIn) -> None:
    """A new cookie at each sign-in: whatever somebody else may know of the former is no use."""
    cookies = (
        (_cookie(request), let_in.token, _accounts(request).lasting.absolute),
        (_device_cookie(request), let_in.device, REMEMBERED),
    )
    for name, value, lasting in cookies:
        seconds = int(lasting.total_seconds())
        answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax")
