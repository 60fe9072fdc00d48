"""The page that lays two articles, or two versions of one, beside each other."""

import re
from asyncio import to_thread
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from aggregator.core.comparing import Compared, compare
from aggregator.core.shingles import body
from aggregator.storage import sides, versions
from aggregator.storage.database import Database
from aggregator.storage.readers import ArticleRow
from aggregator.storage.versions import Version
from aggregator.web.api.pages import absent
from aggregator.web.api.parameters import LAST_NUMBER, Number
from aggregator.web.problems import NOT_FOUND, Problem
from aggregator.web.rendering import page

if TYPE_CHECKING:
    from aggregator.web.desk import Desk

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_NUMBER: Final = re.compile(r"(?:^|/)#?(\d{1,19})$")

Typed = Annotated[str, Query(max_length=500)]
Place = Annotated[int | None, Query(ge=1, le=LAST_NUMBER)]


@dataclass(frozen=True, slots=True)
class Beside:
    """Two texts beside each other; `title` compares their headlines."""

    article: ArticleRow
    other: ArticleRow
    title: Compared
    text: Compared


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody typed to have compared, what was found of it, and what else there is."""

    typed: tuple[str, str]
    article: ArticleRow | None = None
    neighbours: tuple[ArticleRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions of an article beside each other; `moments` are when each version was seen."""

    article: ArticleRow
    before: Version
    after: Version
    moments: tuple[tuple[int, datetime], ...]
    title: Compared
    text: Compared

    @property
    def is_silent(self) -> bool:
        """Whether the outlet says nothing of having changed it."""
        return self.before.updated_at == self.after.updated_at


# --- two articles ----------------------------------------------------------------------------


@router.get("/compare")
async def articles(request: Request, a: Typed = "", b: Typed = "") -> HTMLResponse:
    """Lay two articles beside each other, or ask which."""
    desk: Desk = request.app.state.desk
    found = await desk.read(lambda db: _asked_for(db, a.strip(), b.strip()))
    if isinstance(found, Choice):
        return page(request, "compare_choice.html", choice=found)
    # Two long texts take long to write, too.
    return await to_thread(page, request, "compare.html", beside=found)


def _asked_for(db: Database, a: str, b: str) -> Beside | Choice:
    one, other = _number(a), _number(b)
    if one is None or other is None or one == other:
        return _choice(db, a, b, other if one is None else one)
    before, after = _side(db, one), _side(db, other)
    return Beside(
        before.article,
        after.article,
        compare(before.article.title, after.article.title),
        compare(before.text, after.text),
    )


def _choice(db: Database, a: str, b: str, number: int | None) -> Choice:
    if number is None:
        return Choice((a, b))
    article = _side(db, number).article
    return Choice((a, b), article, tuple(sides.neighbours(db, article)))


def _number(typed: str) -> int | None:
    """The number of an article that somebody typed, or of its address on the desk."""
    found = _NUMBER.search(typed)
    number = int(found[1]) if found else 0
    return number if 0 < number <= LAST_NUMBER else None


def _side(db: Database, number: int) -> sides.Side:
    found = sides.side(db, number)
    if found is None:
        raise absent(db, "article", number)
    return found


# --- two versions ----------------------------------------------------------------------------


@router.get("/articles/{article_id}/compare")
async def article_versions(
    request: Request,
    article_id: Number,
    before: Annotated[Place, Query(alias="from")] = None,
    after: Annotated[Place, Query(alias="to")] = None,
) -> HTMLResponse:
    """Lay two versions of an article beside each other; the last change where nothing is asked."""
    desk: Desk = request.app.state.desk
    found = await desk.read(lambda db: _versions(db, article_id, before, after))
    return await to_thread(page, request, "compare_versions.html", versions=found)


def _versions(db: Database, article_id: int, before: int | None, after: int | None) -> Versions:
    article = _side(db, article_id).article
    moments = versions.moments(db, article_id)
    newest = moments[-1][0]
    after = newest if after is None else after
    before = max(1, after - 1) if before is None else before
    one, other = (versions.numbered(db, article_id, number) for number in (before, after))
    if one is None or other is None:
        message = f"article {article_id} has no such version: its newest is {newest}"
        raise Problem(NOT_FOUND, message)
    return Versions(
        article,
        one,
        other,
        tuple(moments),
        compare(one.title, other.title, exact=True),
        compare(body(one.lead, one.text), body(other.lead, other.text), exact=True),
    )
