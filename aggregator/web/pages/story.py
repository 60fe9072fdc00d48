"""The page of one story: its texts with their copies, what is new in it, what is near it."""

from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from aggregator.output.charts import share
from aggregator.storage import board, carding, changes, decisions, seen, story_pages
from aggregator.storage.cards import Card
from aggregator.storage.database import Database
from aggregator.storage.related import Related, related
from aggregator.storage.seen import Look
from aggregator.storage.story_pages import Marked, StoryText
from aggregator.web import story_views
from aggregator.web.api.pages import absent
from aggregator.web.api.parameters import LAST_NUMBER, Number
from aggregator.web.rendering import page, telling
from aggregator.web.story_views import News
from aggregator.web.viewers import CurrentEditor, CurrentViewer, Viewer

if TYPE_CHECKING:
    from aggregator.web.desk import Desk
    from aggregator.web.ports import Marks

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_MOST_TEXTS: Final = 200
_AT_ONCE: Final = 20
_MOST_COPIES: Final = 500
_TWO: Final = 2

Article = Annotated[int, Field(ge=1, le=LAST_NUMBER)]


@dataclass(frozen=True, slots=True)
class Story:
    """One story as it was read for one reader; `seq` is the last change that it knows."""

    card: Card
    texts: tuple[StoryText, ...]
    marked: tuple[Marked, ...]
    news: News | None
    related: tuple[Related, ...]
    cards: Mapping[int, Card]
    seq: int

    def of_kind(self, kind: str) -> list[Marked]:
        """What editors made of it in one way, the newest first."""
        return [each for each in self.marked if each.kind == kind]

    def starred_by(self, name: str) -> bool:
        """Whether an editor starred it."""
        return any(each.author == name for each in self.of_kind("star"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads when, and what they looked at that is not yet written."""

    name: str
    now: datetime
    pending: Mapping[int, Look | None]


@router.get("/stories/{story_id}")
async def story(
    request: Request,
    story_id: Number,
    viewer: CurrentViewer,
    texts: Annotated[int, Query(ge=1, le=_MOST_TEXTS)] = story_pages.MOST_TEXTS,
) -> Response:
    """Show one story; the number of one that was merged into another leads there."""
    desk: Desk = request.app.state.desk
    marks = desk.ports.marks
    now = desk.clock()
    reader = Reader(viewer.name, now, {} if marks is None else marks.pending(viewer.name))
    found = await desk.read(lambda db: _read(db, story_id, reader, texts))
    if isinstance(found, int):
        # What it was merged into may be merged too: a browser is to ask again.
        fresh = {"Cache-Control": "no-cache"}
        return RedirectResponse(f"/stories/{found}", status_code=301, headers=fresh)
    if marks is not None and not _is_prefetch(request):
        _note(marks, reader, found)
    shown = partial(_shown, request, viewer, found)
    # What takes long to write is written beside the loop that answers everybody.
    many = len(story_views.tellers(found.texts)) > _AT_ONCE
    return await to_thread(shown) if many else shown()


def _shown(request: Request, viewer: Viewer, found: Story) -> Response:
    desk: Desk = request.app.state.desk
    later = found.news.later if found.news else frozenset()
    return page(
        request,
        "story.html",
        story=found,
        sections=story_views.sections(found.texts),
        timeline=story_views.drawn(found.texts, later, telling(request)),
        bar=share,
        editing=desk.ports.editing is not None and viewer.role == "editor",
        pictured=desk.ports.pictures is not None,
        most_texts=_MOST_TEXTS,
    )


@router.get("/stories/{story_id}/texts/{group_id}")
async def copies(request: Request, story_id: Number, group_id: Number) -> Response:
    """Show all articles that carry one text of a story."""
    desk: Desk = request.app.state.desk

    def read(db: Database) -> tuple[Card, StoryText] | int:
        now = _now(db, story_id)
        text = story_pages.text(db, group_id, copies=_MOST_COPIES)
        if now != story_id or text is None:
            return now
        return _card(db, story_id, Reader("", desk.clock(), {})), text

    found = await desk.read(read)
    if isinstance(found, int):
        return RedirectResponse(f"/stories/{found}", status_code=303)
    card, text = found
    return page(request, "story_text.html", card=card, text=text, bar=share)


@router.post("/stories/{story_id}/chosen")
async def chosen(
    story_id: Number,
    editor: CurrentEditor,
    go: Annotated[Literal["compare", "move"], Form()],
    article: Annotated[list[Article], Form(max_length=_MOST_COPIES)] | None = None,
) -> Response:
    """Lead to where one goes on with the articles that are selected on a story's page."""
    del editor  # it is for editors alone
    ids = article or []
    if not ids or (go == "compare" and len(ids) > _TWO):
        return RedirectResponse(f"/stories/{story_id}", status_code=303)
    # Of one alone it is asked there with which other.
    where = "/compare?" + urlencode(list(zip("ab", ids, strict=False)))
    if go == "move":
        where = "/articles/move?" + urlencode([*(("article", each) for each in ids), ("folded", 1)])
    return RedirectResponse(where, status_code=303)


def _is_prefetch(request: Request) -> bool:
    return "prefetch" in request.headers.get("sec-purpose", "")


def _note(marks: "Marks", reader: Reader, found: Story) -> None:
    """Note that a reader looked at a story, and is here."""
    versions = {each.id: each.version for each in story_views.tellers(found.texts)}
    marks.saw(reader.name, found.card.id, reader.now, versions)
    marks.visited(reader.name, reader.now)


# --- reading ---------------------------------------------------------------------------------


def _read(db: Database, story_id: int, reader: Reader, most: int) -> Story | int:
    """A story, or the number of that which it was merged into; raises Problem where none is."""
    now = _now(db, story_id)
    if now != story_id:
        return now
    texts = story_pages.texts(db, story_id, most=most)
    near = related(db, story_id)
    cards = board.cards_of(db, [each.story.id for each in near], reader.name)
    return Story(
        card=_card(db, story_id, reader),
        texts=tuple(texts),
        marked=tuple(story_pages.marked(db, story_id)),
        news=_news(db, story_id, texts, reader),
        related=tuple(near),
        cards={each.id: each for each in cards},
        seq=changes.last(db),
    )


def _now(db: Database, story_id: int) -> int:
    now = decisions.story_now(db, story_id)
    if now is None:
        raise absent(db, "story", story_id)
    return now


def _card(db: Database, story_id: int, reader: Reader) -> Card:
    """The card of a story: as the board has it, or made now where it is too old for that."""
    kept = board.cards_of(db, [story_id], reader.name)
    card = kept[0] if kept else carding.made(db, story_id, reader.now)[0]
    if card is None:
        raise absent(db, "story", story_id)
    return card


def _news(db: Database, story_id: int, texts: list[StoryText], reader: Reader) -> News | None:
    look = seen.look_before(db, reader.name, story_id, reader.now)
    noted = reader.pending.get(story_id, look)
    look = noted if look is None or noted is None else look
    if look is None:
        return None
    asked = story_views.asked(texts, look)
    if not asked.later:
        return None
    before = story_pages.wordings(db, asked.known)
    now = story_pages.wordings(db, {each.id: each.version for each in asked.later})
    return story_views.news(asked, before, now, look)
