"""Searches that are saved: opened, made, forgotten, and who is told of what they find."""

import asyncio
import logging
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import APIRouter, BackgroundTasks, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from aggregator.storage import alerts
from aggregator.storage.readers import Filter
from aggregator.web.acting import after
from aggregator.web.gathering import NotDone, Searching
from aggregator.web.marking import marked
from aggregator.web.pages.search import Asked, found, shown
from aggregator.web.problems import FORBIDDEN, NOT_FOUND, Problem
from aggregator.web.rendering import fragment, page, telling
from aggregator.web.viewers import CurrentEditor, CurrentViewer, sealed, unsealed

if TYPE_CHECKING:
    from aggregator.storage.alerts import Watched
    from aggregator.storage.database import Database
    from aggregator.web.desk import Desk
    from aggregator.web.pages.search import Results

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Number = Annotated[int, Path(ge=1, lt=2**62)]
Back = Annotated[str, Form(max_length=2000)]

_REFUSALS = {
    "busy": marked("Another program writes to the database just now: try again in a moment."),
    "name": marked("A name has 1 to 100 characters in one line."),
    "no-search": marked("That saved search is gone: somebody deleted it."),
    "taken": marked("There is a saved search of that name already: choose another name."),
    "words": marked("A search to save needs a word with a letter or digit."),
}


@router.get("/searches")
async def listed(
    request: Request,
    viewer: CurrentViewer,
    forgotten: Annotated[str, Query(max_length=4000)] = "",
) -> HTMLResponse:
    """List the searches that are saved."""
    desk: Desk = request.app.state.desk
    kept = await desk.read(lambda db: alerts.watched(db, viewer.name))
    can_save = desk.ports.searching is not None
    return page(
        request,
        "searches.html",
        kept=kept,
        can_save=can_save,
        forgotten=_forgotten(unsealed(viewer, forgotten)),
    )


def _forgotten(written: str) -> dict[str, str] | None:
    """What was just deleted, to be saved again; None where nothing was."""
    values = dict(parse_qsl(written))
    names = ("name", "q", "outlet", "language", "tag")
    return {each: values.get(each, "")[:500] for each in names} if values.get("name") else None


@router.get("/searches/alerts")
async def fresh(request: Request, viewer: CurrentViewer) -> HTMLResponse:
    """Say in how many saved searches there is something new, for the bar above each page."""
    desk: Desk = request.app.state.desk
    number = await desk.read(lambda db: alerts.fresh(db, viewer.name))
    return fragment(request, "alerts.html", block="alerts", number=number)


@router.get("/searches/{search_id}")
async def opened(
    request: Request,
    viewer: CurrentViewer,
    search_id: Number,
    afterwards: BackgroundTasks,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> HTMLResponse:
    """Show what a saved search finds, the new hits marked; with that they are looked at."""
    desk: Desk = request.app.state.desk
    now = desk.clock()

    def read(db: "Database") -> "tuple[Watched, Asked, Results] | None":
        kept = next(
            (each for each in alerts.watched(db, viewer.name) if each.search.id == search_id), None
        )
        if kept is None:
            return None
        chosen = kept.search.filter
        words = {"q": kept.search.words, "outlet": chosen.outlet, "language": chosen.language}
        given = {**words, "tag": chosen.tag, "page": page}
        asked = Asked.model_validate({name: each for name, each in given.items() if each})
        return kept, asked, found(db, asked, now, kept.looked_to)

    answer = await desk.read(read)
    if answer is None:
        raise Problem(NOT_FOUND, "there is no such saved search")
    kept, asked, results = answer
    searching = desk.ports.searching
    if searching is not None and kept.looked_to is not None and results.newest > kept.looked_to:
        afterwards.add_task(_looked, searching, search_id, viewer.name, results.newest)
    return shown(request, asked, results, kept)


def _looked(searching: Searching, search_id: int, reader: str, to: int) -> None:
    """Note it once the page is sent; what cannot be noted now is new once more."""
    try:
        searching.looked(search_id, reader, to)
    except NotDone as error:
        logging.getLogger(__name__).warning("looks are not noted: %s", error.detail)


class Wanted(BaseModel):
    """A search to keep, as its form has it."""

    name: str = Field("", max_length=500)
    q: str = Field("", max_length=500)
    outlet: str = Field("", max_length=200)
    language: str = Field("", max_length=40)
    tag: str = Field("", max_length=200)
    alert: str = Field("", max_length=5)
    back: str = Field("/searches", max_length=2000)


@router.post("/searches")
async def save(
    request: Request, viewer: CurrentEditor, wanted: Annotated[Wanted, Form()]
) -> Response:
    """Keep a search under a name."""
    chosen = Filter(None, wanted.outlet or None, wanted.language or None, wanted.tag or None)
    try:
        saved = await asyncio.to_thread(
            _searching(request).save,
            wanted.name,
            wanted.q,
            chosen,
            viewer.name,
            alert=bool(wanted.alert),
        )
    except NotDone as error:
        return after(request, _why(request, error), back=wanted.back)
    told = telling(request).language.gettext("Saved: %(name)s") % {"name": saved.name}
    return after(request, told, back=f"/searches/{saved.id}")


@router.post("/searches/{search_id}/delete")
async def delete(request: Request, viewer: CurrentEditor, search_id: Number) -> Response:
    """Forget a search; the page that comes then offers to save it again."""
    try:
        gone = await asyncio.to_thread(_searching(request).delete, search_id)
    except NotDone as error:
        return after(request, _why(request, error), back="/searches")
    fields = {
        "name": gone.name,
        "q": gone.words,
        "outlet": gone.filter.outlet or "",
        "language": gone.filter.language or "",
        "tag": gone.filter.tag or "",
    }
    told = telling(request).language.gettext("Deleted: %(name)s") % {"name": gone.name}
    return after(
        request, told, back=f"/searches?forgotten={quote(sealed(viewer, urlencode(fields)))}"
    )


@router.post("/searches/{search_id}/alert")
async def alert(
    request: Request,
    viewer: CurrentEditor,
    search_id: Number,
    wanted: Annotated[bool, Form()],
    back: Back = "/searches",
) -> Response:
    """Tell who asks of new hits, or no longer."""
    try:
        saved = await asyncio.to_thread(
            _searching(request).alert, search_id, viewer.name, wanted=wanted
        )
    except NotDone as error:
        return after(request, _why(request, error), back=back)
    gettext = telling(request).language.gettext
    told = (
        gettext("You are told of new hits: %(name)s")
        if wanted
        else gettext("No more told of: %(name)s")
    )
    return after(request, told % {"name": saved.name}, back=back)


def _searching(request: Request) -> Searching:
    found: Searching | None = request.app.state.desk.ports.searching
    if found is None:
        raise Problem(FORBIDDEN, "this desk was started to be read only")
    return found


def _why(request: Request, error: NotDone) -> str:
    return telling(request).language.gettext(_REFUSALS[error.reason])
