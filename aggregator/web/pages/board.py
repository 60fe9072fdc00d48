"""The board: what is new and big, by rank, with filters; page by page."""

import math
import re
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from aggregator.output.charts import growth
from aggregator.storage import board, changes, seen
from aggregator.storage.board import Card, Place
from aggregator.web import cursors
from aggregator.web.api.parameters import LAST_NUMBER
from aggregator.web.boards import (
    REASONS,
    WORDS,
    Asked,
    View,
    Within,
    age,
    flags,
    shown_for,
    times,
    values,
)
from aggregator.web.live import Watch, as_json, events, since
from aggregator.web.looks import looked
from aggregator.web.problems import invalid
from aggregator.web.rendering import by_script, fragment, page, telling
from aggregator.web.viewers import CurrentViewer, Viewer

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.storage.board import Seen
    from aggregator.storage.database import Database
    from aggregator.web.desk import Desk

__all__ = ["Filters", "router"]

router = APIRouter(include_in_schema=False)

_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_TOLD: Final = ("etag", "cache-control", "content-security-policy", "vary")
_SIZE: Final = 25
_MOST: Final = 150
_NAME: Final = Field("", max_length=200)


class Filters(BaseModel):
    """The board's filters as its addresses have them."""

    model_config = ConfigDict(extra="ignore")

    within: Within = "all"
    language: str = _NAME
    tag: str = _NAME
    agency: str = _NAME
    outlet: str = _NAME
    single: bool = False
    unread: bool = False
    starred: bool = False
    hidden: bool = False

    def asked(self) -> Asked:
        """These as a value."""
        return Asked(**{name: getattr(self, name) for name in Asked.__slots__})


class BoardAsked(Filters):
    """Which part of the board."""

    after: str = Field("", max_length=300)
    shown: int = Field(_SIZE, ge=1, le=100_000)


@router.get("/")
async def show(
    request: Request, asked: Annotated[BoardAsked, Query()], viewer: CurrentViewer
) -> Response:
    """Show stories; a script that asks for more gets the rows alone."""
    desk: Desk = request.app.state.desk
    place, marks = _place(asked.after), desk.ports.marks
    read = _reading(asked, place, viewer.name, desk.clock(), looked(marks, viewer.name))
    view = await desk.read(read)
    if marks is not None:
        marks.visited(viewer.name, desk.clock())
    said = _said(request, viewer) | {"view": view, "flags": flags, "times": times, "values": values}
    if asked.after and by_script(request):
        return fragment(request, "board.html", block="rows", **said)
    return _unless_known(request, page(request, "board.html", **said))


def _said(request: Request, viewer: Viewer) -> dict[str, Any]:
    """What cards are shown with."""
    desk: Desk = request.app.state.desk
    gettext = telling(request).language.gettext
    return {
        "age": age,
        "curve": growth,
        "may_edit": viewer.role == "editor" and desk.ports.editing is not None,
        "pictured": desk.ports.pictures is not None,
        "reasons": {name: gettext(each) for name, each in REASONS.items()},
        "words": {name: gettext(each) for name, each in WORDS.items()},
    }


class CardsAsked(Filters):
    """Which stories' cards."""

    id: list[Annotated[int, Field(ge=1, le=LAST_NUMBER)]] = Field(max_length=100)


@router.get("/board/cards")
async def cards(
    request: Request, asked: Annotated[CardsAsked, Query()], viewer: CurrentViewer
) -> Response:
    """Show stories anew where they stand; those that fit no longer are left out."""
    desk: Desk = request.app.state.desk
    chosen, seen_at = asked.asked().chosen(desk.clock()), looked(desk.ports.marks, viewer.name)

    def read(db: "Database") -> list[Card]:
        fitting = board.fitting(db, asked.id, chosen, viewer.name)
        there = [each for each in asked.id if each in fitting]
        return board.cards_of(db, there, viewer.name, seen_at=seen_at)

    found = await desk.read(read)
    said = _said(request, viewer) | {"cards": found}
    return fragment(request, "board_cards.html", block="cards", **said)


class LiveAsked(Filters):
    """From where on."""

    since: int = Field(ge=0, le=LAST_NUMBER)


@router.get("/live")
async def live(
    request: Request, asked: Annotated[LiveAsked, Query()], viewer: CurrentViewer
) -> Response:
    """Tell what begins or grows: as events to who listens for them, else what came until now."""
    desk: Desk = request.app.state.desk
    filters = asked.asked()
    seq = _last_heard(request) or asked.since
    if "text/event-stream" not in request.headers.get("accept", ""):
        chosen = filters.chosen(desk.clock())
        told = await desk.read(lambda db: since(db, seq, chosen, viewer.name))
        kept = {"Cache-Control": "no-store"}
        return Response(as_json(told), headers=kept, media_type="application/json")
    watch: Watch = request.app.state.watch
    watch.admit()
    return StreamingResponse(
        events(desk, watch, seq, filters.chosen, viewer.name, request.state.still_in),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        media_type="text/event-stream",
    )


def _last_heard(request: Request) -> int | None:
    """The last change that a browser heard of before it was cut off."""
    said = request.headers.get("last-event-id", "")
    return int(said) if _NUMBER.fullmatch(said) else None


def _reading(
    asked: BoardAsked, place: Place | None, reader: str, now: datetime, seen_at: "Seen"
) -> "Callable[[Database], View]":
    filters = asked.asked()
    chosen = filters.chosen(now)
    limit = shown_for(asked.shown, _SIZE, _MOST)

    def read(db: "Database") -> View:
        found, behind = board.cards(db, chosen, reader, place, limit=limit, seen_at=seen_at)
        pinned = board.pinned(db, chosen, reader, seen_at=seen_at) if place is None else []
        last = seen.last_visit(db, reader, now)
        return View(
            asked=filters,
            pinned=tuple(pinned),
            cards=tuple(found),
            more="" if behind is None else filters.going_on(_word(behind)),
            sought=behind is not None and len(found) < limit,
            further=place is not None,
            choices=board.choices(db),
            last_visit=last,
            news=None if last is None else board.news(db, last),
            seq=changes.last(db),
        )

    return read


def _unless_known(request: Request, answer: Response) -> Response:
    """The page, or 304 where the browser has just that."""
    tag = f'W/"{blake2b(bytes(answer.body), digest_size=12).hexdigest()}"'
    known = request.headers.get("if-none-match", "")
    answer.headers["ETag"] = tag
    if tag in known and "set-cookie" not in answer.headers:
        # A browser takes over all that stands here: also what the page may do.
        told = {name: answer.headers[name] for name in _TOLD if name in answer.headers}
        return Response(status_code=304, headers=told)
    return answer


def _word(place: Place) -> str:
    return cursors.to_word((int(place.older), place.key, place.id))


def _place(word: str) -> Place | None:
    """The place that a word stands for; raises Problem where it is none of ours."""
    if not word:
        return None
    older, key, number = cursors.from_word(word, int, str, int)
    if not older and not _is_score(str(key)):
        raise invalid(parameter="after", detail="the place is none that this board gave")
    return Place(bool(older), str(key), int(number))


def _is_score(key: str) -> bool:
    try:
        return math.isfinite(float(key))
    except ValueError:
        return False
