"""Chooses the story to merge with, or to move articles to: near ones, found ones, or by number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from aggregator.storage import board, decisions, readers, related, search
from aggregator.storage.database import Database
from aggregator.storage.readers import ArticleRow, Filter, StoryRow
from aggregator.web.acting import local
from aggregator.web.problems import NOT_FOUND, Problem
from aggregator.web.rendering import page
from aggregator.web.viewers import CurrentEditor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_NEAR: Final = 8
_HITS: Final = 60
_FOUND: Final = 12
_MOST: Final = 500
_LONGEST: Final = 2000

_Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
_Asked = Annotated[int, Query(ge=1, le=2**63 - 1)]
_Words = Annotated[str, Query(max_length=500)]
_Back = Annotated[str, Query(max_length=_LONGEST)]


@dataclass(frozen=True, slots=True)
class _Near:
    """A story that may be meant, and the words that it shares with the one in question."""

    story: StoryRow
    headline: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is to be put where: the story, or the articles of it, and stories that may be meant."""

    story: StoryRow | None
    headline: str
    articles: tuple[ArticleRow, ...]
    near: tuple[_Near, ...]
    found: tuple[_Near, ...]


@router.get("/stories/{story}/merge")
async def merge(
    request: Request, editor: CurrentEditor, story: _Number, q: _Words = "", back: _Back = ""
) -> HTMLResponse:
    """Choose the story to merge one with."""
    del editor
    choice = await _read(request, lambda db: _of_story(db, story, q))
    return _page(request, choice, f"/stories/{story}/merge", q, back)


@router.get("/articles/move")
async def move(
    request: Request,
    editor: CurrentEditor,
    article: Annotated[list[_Asked], Query(min_length=1, max_length=_MOST)],
    *,
    q: _Words = "",
    back: _Back = "",
    folded: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """Choose the story to move articles to."""
    del editor
    choice = await _read(request, lambda db: _of_articles(db, article, q, folded=bool(folded)))
    return _page(request, choice, "/articles/move", q, back, folded=bool(folded))


def _page(
    request: Request, choice: _Choice, url: str, q: str, back: str, *, folded: bool = False
) -> HTMLResponse:
    home = "/" if choice.story is None else f"/stories/{choice.story.id}"
    back = local(back) if back else _came_from(request) or home
    return page(
        request,
        "pick.html",
        choice=choice,
        url=url,
        q=q,
        back=back,
        home=home,
        folded=folded,
    )


def _came_from(request: Request) -> str:
    """The page of ours that led here, as the browser says; empty where none did."""
    came = urlsplit(request.headers.get("referer", "")[:_LONGEST])
    if came.netloc != request.headers.get("host") or came.path == request.url.path:
        return ""
    return local(urlunsplit(("", "", came.path, came.query, "")))


async def _read(request: Request, read: Callable[[Database], _Choice | None]) -> _Choice:
    found: _Choice | None = await request.app.state.desk.read(read)
    if found is None:
        raise Problem(NOT_FOUND, "there is no such story or article")
    return found


def _of_story(db: Database, number: int, q: str) -> _Choice | None:
    story = readers.story_row(db, number)
    if story is None:
        return None
    return _Choice(story, _headline(db, story), (), _near(db, story.id), _found(db, q, story.id))


def _of_articles(db: Database, numbers: Sequence[int], q: str, *, folded: bool) -> _Choice | None:
    # What is taken along is shown, and named by the forms from here on.
    rows = readers.article_rows(db, decisions.with_copies(db, numbers) if folded else numbers)
    story = next((row.story_id for row in rows if row.story_id is not None), None)
    if not rows:
        return None
    near = () if story is None else _near(db, story)
    here = None if story is None else readers.story_row(db, story)
    headline = "" if here is None else _headline(db, here)
    return _Choice(here, headline, tuple(rows), near, _found(db, q, story))


def _near(db: Database, story: int) -> tuple[_Near, ...]:
    found = related.related(db, story, limit=_NEAR)
    return tuple(_Near(each.story, _headline(db, each.story), each.terms) for each in found)


def _found(db: Database, q: str, but: int | None) -> tuple[_Near, ...]:
    """The stories of the articles that a search finds, the best first."""
    if not q.strip():
        return ()
    hits = search.search(db, q, Filter(), limit=_HITS)
    numbers = dict.fromkeys(each.article.story_id for each in hits)
    wanted = [each for each in numbers if each is not None and each != but][:_FOUND]
    rows = (readers.story_row(db, each) for each in wanted)
    return tuple(_Near(row, _headline(db, row)) for row in rows if row is not None)


def _headline(db: Database, story: StoryRow) -> str:
    """What the board and its own page call a story."""
    card = next(iter(board.cards_of(db, [story.id], "")), None)
    return (card.kept.headline if card else story.title) or ""
