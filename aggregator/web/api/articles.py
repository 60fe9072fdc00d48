"""Articles, and searching them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from aggregator.storage import paging, readers
from aggregator.storage.search import search as find
from aggregator.storage.states import state
from aggregator.web.api.models import Article, ArticleSummary, Page, SearchHit
from aggregator.web.api.pages import absent, begin_of, hits_page, page, place_of
from aggregator.web.api.parameters import Filtering, Nothing, Number
from aggregator.web.asking import Asked

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["router"]

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


@router.get("/articles", response_model=Page[ArticleSummary])
async def articles(ask: Asked, asked: Annotated[Filtering, Query()]) -> Response:
    """List articles without their texts, by the time of publication, the newest first."""
    now, after = ask.desk.clock(), place_of(asked.cursor)

    def read(db: "Database") -> Page[ArticleSummary]:
        found, behind = paging.articles(db, asked.filter(now), after, limit=asked.limit)
        return page(ArticleSummary, found, behind, state(db))

    return await ask.answer(read, by_content=asked.moves)


@router.get("/articles/{article_id}", response_model=Article, responses={404: {}, 410: {}})
async def article(ask: Asked, article_id: Number, _: Annotated[Nothing, Query()]) -> Response:
    """Show one article with its text, what was stripped from it, and its copies."""

    def read(db: "Database") -> Article:
        found = readers.article(db, article_id)
        if found is None:
            raise absent(db, "article", article_id)
        fields = asdict(found)
        return Article.model_validate({**fields.pop("article"), **fields})

    return await ask.answer(read)


@router.get("/search", response_model=Page[SearchHit])
async def search(ask: Asked, asked: Annotated[SearchAsked, Query()]) -> Response:
    """Find the articles that have all words, the most relevant first, up to a thousand of them."""
    now, begin = ask.desk.clock(), begin_of(asked.cursor)

    def read(db: "Database") -> Page[SearchHit]:
        found = find(db, asked.q, asked.filter(now), limit=begin + asked.limit + 1)
        return hits_page(found, begin, asked.limit, state(db))

    return await ask.answer(read, by_content=asked.moves)
