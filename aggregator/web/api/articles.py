"""Articles, what they said before, and searching them."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from aggregator.storage import paging, readers, versions
from aggregator.storage import search as searching
from aggregator.storage.database import Database
from aggregator.storage.states import state
from aggregator.web.api.models import Article, ArticleSummary, Listing, Page, SearchHit, Version
from aggregator.web.api.pages import absent, begin_of, hits_page, page, place_of
from aggregator.web.api.parameters import Filtering, Nothing, Number
from aggregator.web.asking import Asked

__all__ = ["SearchAsked", "find", "find_versions", "router", "search", "select"]

router = APIRouter(tags=["articles"])


class SearchAsked(Filtering):
    """What to search for."""

    q: str = Field(
        min_length=1,
        max_length=1000,
        description="Words that an article must have in title, lead or text: several in quotes are "
        "a phrase, a trailing * takes any ending.",
        examples=["bahn streik"],
    )


# --- reading ---------------------------------------------------------------------------------


def select(db: Database, asked: Filtering, now: datetime) -> Page[ArticleSummary]:
    """The articles that are asked for; raises Problem for a cursor of another list."""
    after = place_of(asked.cursor)
    found, behind = paging.articles(db, asked.filter(now), after, limit=asked.limit)
    return page(ArticleSummary, found, behind, state(db))


def find(db: Database, article_id: int) -> Article:
    """One article; raises Problem where there is none."""
    found = readers.article(db, article_id)
    if found is None:
        raise absent(db, "article", article_id)
    fields = asdict(found)
    gone_at = versions.taken_back(db, article_id)
    return Article.model_validate({**fields.pop("article"), **fields, "gone_at": gone_at})


def find_versions(db: Database, article_id: int) -> Listing[Version]:
    """All that an article said; raises Problem where there is none."""
    found = versions.of_article(db, article_id)
    if not found:
        raise absent(db, "article", article_id)
    items = tuple(Version.model_validate(each) for each in found)
    return Listing[Version](items=items, seq=state(db).seq)


def search(db: Database, asked: SearchAsked, now: datetime) -> Page[SearchHit]:
    """What a search finds; raises Problem for a cursor of another list."""
    begin = begin_of(asked.cursor)
    limit = begin + asked.limit + 1
    found = searching.search(db, asked.q, asked.filter(now), limit=limit)
    return hits_page(found, begin, asked.limit, state(db))


# --- routes ----------------------------------------------------------------------------------


@router.get("/articles", response_model=Page[ArticleSummary])
async def articles(ask: Asked, asked: Annotated[Filtering, Query()]) -> Response:
    """List articles without their texts, by the time of publication, the newest first."""
    now = ask.desk.clock()
    return await ask.answer(lambda db: select(db, asked, now), by_content=asked.moves)


@router.get("/articles/{article_id}", response_model=Article, responses={404: {}, 410: {}})
async def article(ask: Asked, article_id: Number, _: Annotated[Nothing, Query()]) -> Response:
    """Show one article with its text, what was stripped from it, and its copies."""
    # What was stripped, and whence the text came, may change without a change of the text.
    return await ask.answer(lambda db: find(db, article_id), by_content=True)


@router.get(
    "/articles/{article_id}/versions",
    response_model=Listing[Version],
    responses={404: {}, 410: {}},
)
async def article_versions(
    ask: Asked, article_id: Number, _: Annotated[Nothing, Query()]
) -> Response:
    """List what an article said before its outlet changed it, the present version last."""
    return await ask.answer(lambda db: find_versions(db, article_id))


@router.get("/search", response_model=Page[SearchHit])
async def search_articles(ask: Asked, asked: Annotated[SearchAsked, Query()]) -> Response:
    """Find the articles that have all words, the most relevant first, up to a thousand of them."""
    now = ask.desk.clock()
    return await ask.answer(lambda db: search(db, asked, now), by_content=asked.moves)
