"""What is done to feeds at the desk: asked again, moved, paused, taken out, found and added."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Path, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from aggregator.model import FeedSource, TextSource
from aggregator.web.acting import after
from aggregator.web.gathering import Gathering, NotDone
from aggregator.web.marking import marked
from aggregator.web.pages.feed_words import cause
from aggregator.web.problems import FORBIDDEN, INVALID, Problem
from aggregator.web.rendering import page, telling
from aggregator.web.viewers import CurrentEditor, sealed

if TYPE_CHECKING:
    from aggregator.web.desk import Desk
    from aggregator.web.gathering import Discovered

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_MOST_FEEDS: Final = 500
_MOST_BYTES: Final = 3_000_000
_REFUSALS: Final = {
    "address": marked("That is no address of a site or feed."),
    "busy": marked("Another program writes to the database just now: try again in a moment."),
    "file": marked("feeds.yaml was not changed: %(detail)s"),
    "listed": marked("That feed is listed already; nothing was added."),
    "no-feed": marked("That feed is no longer listed."),
    "no-list": marked("That is no list of feeds (OPML): %(detail)s"),
    "unlisted": marked("That feed stands in feeds.yaml no more."),
}
_DONE: Final = {
    "retry": marked("%(outlet)s is asked again with the next run."),
    "move": marked("%(outlet)s is read at its new address."),
    "pause": marked("%(outlet)s is paused."),
    "resume": marked("%(outlet)s is asked again."),
    "remove": marked("%(outlet)s was taken out of feeds.yaml."),
}

Number = Annotated[int, Path(ge=1, lt=2**62)]
Back = Annotated[str, Form(max_length=2000)]


class Listed(BaseModel):
    """A feed as a form carries it."""

    url: str = Field(max_length=2000)
    outlet: str = Field(max_length=200)
    language: str | None = Field(None, max_length=40)
    tags: tuple[str, ...] = Field((), max_length=50)
    text: TextSource = "auto"
    paused: bool = False


_LISTED: Final = TypeAdapter(Listed)


def _written(source: FeedSource) -> str:
    """A feed as one field of a form."""
    given = Listed(
        url=source.url,
        outlet=source.outlet,
        language=source.language,
        tags=source.tags,
        text=source.text,
        paused=source.paused,
    )
    return given.model_dump_json()


def _read(written: str) -> FeedSource:
    try:
        found = _LISTED.validate_json(written)
    except ValidationError as error:
        raise Problem(INVALID, "a feed in this form makes no sense") from error
    return FeedSource(**found.model_dump())


# --- mending ---------------------------------------------------------------------------------


@router.post("/feeds/{feed_id}/retry")
async def retry(
    request: Request, viewer: CurrentEditor, feed_id: Number, back: Back = "/feeds"
) -> Response:
    """Have a feed asked in the next run."""
    return await _act(request, "retry", lambda to: to.retry(feed_id, viewer.name), back)


@router.post("/feeds/{feed_id}/move")
async def move(
    request: Request, viewer: CurrentEditor, feed_id: Number, back: Back = "/feeds"
) -> Response:
    """List a feed where it has moved to."""
    return await _act(request, "move", lambda to: to.move(feed_id, viewer.name), back)


@router.post("/feeds/{feed_id}/pause")
async def pause(
    request: Request, viewer: CurrentEditor, feed_id: Number, back: Back = "/feeds"
) -> Response:
    """Have a feed not asked any more."""
    return await _act(
        request, "pause", lambda to: to.pause(feed_id, viewer.name, paused=True), back
    )


@router.post("/feeds/{feed_id}/resume")
async def resume(
    request: Request, viewer: CurrentEditor, feed_id: Number, back: Back = "/feeds"
) -> Response:
    """Have a paused feed asked again."""
    return await _act(
        request, "resume", lambda to: to.pause(feed_id, viewer.name, paused=False), back
    )


@router.post("/feeds/{feed_id}/remove")
async def remove(request: Request, viewer: CurrentEditor, feed_id: Number) -> Response:
    """Take a feed out of feeds.yaml; the page that comes then offers to list it again."""
    try:
        gone = await asyncio.to_thread(_gathering(request).remove, feed_id, viewer.name)
    except NotDone as error:
        return after(request, _why(request, error), back="/feeds")
    said = _DONE["remove"]
    told = telling(request).language.gettext(said) % {"outlet": gone.outlet}
    return after(request, told, back=f"/feeds?removed={quote(sealed(viewer, _written(gone)))}")


async def _act(
    request: Request, name: str, what: Callable[[Gathering], FeedSource], back: str
) -> Response:
    try:
        done = await asyncio.to_thread(what, _gathering(request))
    except NotDone as error:
        return after(request, _why(request, error), back=back)
    told = telling(request).language.gettext(_DONE[name]) % {"outlet": done.outlet}
    return after(request, told, back=back)


# --- adding ----------------------------------------------------------------------------------


@router.get("/feeds/add")
async def asked(
    request: Request, viewer: CurrentEditor, site: Annotated[str, Query(max_length=2000)] = ""
) -> HTMLResponse:
    """Ask for the address of a site, or for a list of feeds."""
    del viewer
    can_gather = request.app.state.desk.ports.gathering is not None
    return page(
        request,
        "feeds_add.html",
        site=site,
        found=None,
        proposed=None,
        refused="",
        can_gather=can_gather,
    )


@router.post("/feeds/discover")
async def discover(
    request: Request, viewer: CurrentEditor, site: Annotated[str, Form(max_length=2000)]
) -> HTMLResponse:
    """Show which feeds a site has, to choose from."""
    del viewer
    try:
        found = await _gathering(request).discover(site.strip())
    except NotDone as error:
        return _asked_again(request, site, _why(request, error))
    if found.reason:
        return _asked_again(request, site, cause(found.reason, telling(request)), found)
    written = [_written(each.source) for each in found.offers]
    return page(
        request,
        "feeds_add.html",
        site=site,
        found=found,
        offers=list(zip(found.offers, written, strict=True)),
        proposed=None,
        refused="",
    )


def _asked_again(
    request: Request, site: str, why: str, found: "Discovered | None" = None
) -> HTMLResponse:
    detail = found.detail if found else ""
    return page(
        request,
        "feeds_add.html",
        status=422,
        site=site,
        found=None,
        proposed=None,
        refused=why or detail,
        detail=detail,
        left_out=found.left_out if found else (),
    )


@router.post("/feeds/import")
async def imported(
    request: Request, viewer: CurrentEditor, file: Annotated[UploadFile, File()]
) -> HTMLResponse:
    """Show what of a list in OPML can be listed, to choose from."""
    del viewer
    gathering = _gathering(request)
    body = await file.read(_MOST_BYTES)
    try:
        lines = await asyncio.to_thread(gathering.proposed, body)
    except NotDone as error:
        return _asked_again(request, "", _why(request, error))
    offered = [(each, _written(each.source)) for each in lines if each.source is not None]
    left = [each for each in lines if each.source is None]
    return page(
        request,
        "feeds_add.html",
        site="",
        found=None,
        proposed=offered[:_MOST_FEEDS],
        more=max(len(offered) - _MOST_FEEDS, 0),
        left=left,
        refused="",
    )


@router.post("/feeds/add")
async def add(request: Request, viewer: CurrentEditor) -> Response:
    """List the feeds that were chosen; `outlet-N` names that of the Nth otherwise."""
    gathering = _gathering(request)
    form = await request.form(max_files=0, max_fields=1000)
    sources = []
    for written in form.getlist("feed")[:_MOST_FEEDS]:
        number, _, rest = str(written).partition(" ")
        source = _read(rest)
        outlet = " ".join(str(form.get(f"outlet-{number}", "")).split())[:200]
        sources.append(replace(source, outlet=outlet or source.outlet))
    say = telling(request).language
    if not sources:
        return after(request, say.gettext("No feed was chosen."), back="/feeds/add")
    try:
        number_added = await asyncio.to_thread(gathering.add, sources, viewer.name)
    except NotDone as error:
        return after(request, _why(request, error), back="/feeds")
    told = say.ngettext(
        "%(num)s feed was added; it is asked with the next run.",
        "%(num)s feeds were added; they are asked with the next run.",
        number_added,
    )
    return after(request, told % {"num": number_added}, back="/feeds")


def _gathering(request: Request) -> Gathering:
    desk: Desk = request.app.state.desk
    if desk.ports.gathering is None:
        raise Problem(FORBIDDEN, "this desk changes no feeds: it was started to be read only")
    return desk.ports.gathering


def _why(request: Request, error: NotDone) -> str:
    text = telling(request).language.gettext(_REFUSALS[error.reason])
    return text % {"detail": error.detail} if "%(detail)s" in text else text
