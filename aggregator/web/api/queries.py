"""The documented queries, and the searches that are kept under a name."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field, create_model

from aggregator.model.contract import Parameter
from aggregator.model.contract import Query as Documented
from aggregator.storage import contract, saved_searches
from aggregator.storage.database import Database
from aggregator.storage.states import state
from aggregator.web.api.models import Listing, Page, SearchHit, Shape
from aggregator.web.api.pages import begin_of, hits_page
from aggregator.web.api.parameters import Nothing, Number, Paged
from aggregator.web.asking import Asked, Asking
from aggregator.web.problems import NOT_FOUND, Problem

__all__ = [
    "MOST_ROWS",
    "answer",
    "hits_of",
    "parameters",
    "router",
    "select",
    "select_searches",
]

router = APIRouter()
Value = str | int | float | None
MOST_ROWS: Final = 1000
"""So many rows of a query are shown."""


# --- documented queries ----------------------------------------------------------------------


class QueryParameter(Shape):
    """A parameter of a query."""

    name: str = Field(description="Its name.")
    default: Value = Field(description="The value that it has where none is given.")
    meaning: str = Field(description="What it means.")


class DocumentedQuery(Shape):
    """A query that is documented and tested."""

    name: str = Field(description="Its name.")
    title: str = Field(description="What it answers.")
    about: str = Field(description="More about it; often empty.")
    parameters: tuple[QueryParameter, ...] = Field(description="What can be given to it.")
    sql: str = Field(description="The query itself, over the documented views.")


class QueryResult(Shape):
    """What a query gave."""

    columns: tuple[str, ...] = Field(description="The names of the columns.")
    rows: tuple[tuple[Value, ...], ...] = Field(
        description="Values by column; times, lists and truth values as the database has them."
    )
    seq: int = Field(description="The last change that this result knows.")


def select(db: Database) -> Listing[DocumentedQuery]:
    """All documented queries."""
    items = tuple(DocumentedQuery.model_validate(each) for each in contract.queries())
    return Listing[DocumentedQuery](items=items, seq=state(db).seq)


def answer(db: Database, asked: Documented, given: BaseModel) -> QueryResult:
    """What a query gives, `MOST_ROWS` at most; raises UsageError for what it cannot work with."""
    found = contract.run(db, asked, given.model_dump(), most=MOST_ROWS)
    fields = {"columns": found.columns, "rows": found.rows, "seq": state(db).seq}
    return QueryResult.model_validate(fields)


@router.get("/queries", response_model=Listing[DocumentedQuery], tags=["queries"])
async def queries(ask: Asked, _: Annotated[Nothing, Query()]) -> Response:
    """List the documented queries with their parameters."""
    return await ask.answer(select)


def _run(asked: Documented) -> Callable[..., Awaitable[Response]]:
    """The function of the route that runs a query, with the query's parameters as its own."""

    async def run(ask: Asking, given: BaseModel) -> Response:
        return await ask.answer(lambda db: answer(db, asked, given), by_content=True)

    shape: Any = parameters(asked)
    run.__annotations__["given"] = Annotated[shape, Query()]
    run.__annotations__["ask"] = Asked
    return run


def parameters(asked: Documented) -> type[BaseModel]:
    """The parameters of a query with their kinds, defaults and meanings."""
    fields: dict[str, Any] = {each.name: _field(each) for each in asked.parameters}
    return create_model(f"{asked.name}", __base__=Nothing, **fields)


def _field(each: Parameter) -> tuple[object, object]:
    meaning = each.meaning
    if each.name == "limit":
        return int, Field(each.default, ge=1, le=MOST_ROWS, description=meaning)
    if isinstance(each.default, int):
        return int, Field(each.default, ge=-(2**63), lt=2**63, description=meaning)
    if isinstance(each.default, float):
        return float, Field(each.default, allow_inf_nan=False, description=meaning)
    kind = str if each.default is not None else str | None
    return kind, Field(each.default, max_length=1000, description=meaning)


for _each in contract.queries():
    router.get(
        f"/queries/{_each.name}",
        response_model=QueryResult,
        summary=_each.title,
        description=f"{_each.about} A documented query.".strip(),
        operation_id=f"query_{_each.name.replace('-', '_')}",
        tags=["queries"],
    )(_run(_each))


# --- saved searches --------------------------------------------------------------------------


class SavedSearch(Shape):
    """A search that is kept under a name."""

    id: int = Field(description="Its number.")
    name: str = Field(description="Its name.")
    words: str = Field(description="What is searched for.")
    outlet: str | None = Field(description="Only articles of this outlet.")
    language: str | None = Field(description="Only articles in this language.")
    tag: str | None = Field(description="Only articles from feeds with this tag.")
    created_at: datetime = Field(description="When it was saved.")


def select_searches(db: Database) -> Listing[SavedSearch]:
    """All saved searches."""
    items = tuple(_shown(each) for each in saved_searches.listed(db))
    return Listing[SavedSearch](items=items, seq=state(db).seq)


def hits_of(db: Database, search_id: int, asked: Paged) -> Page[SearchHit]:
    """What a saved search finds; raises Problem where there is none."""
    begin = begin_of(asked.cursor)
    saved = next((each for each in saved_searches.listed(db) if each.id == search_id), None)
    if saved is None:
        raise Problem(NOT_FOUND, f"there is no saved search {search_id}")
    found = saved_searches.hits(db, saved, limit=begin + asked.limit + 1)
    return hits_page(found, begin, asked.limit, state(db))


def _shown(saved: saved_searches.SavedSearch) -> SavedSearch:
    chosen = saved.filter
    return SavedSearch(
        id=saved.id,
        name=saved.name,
        words=saved.words,
        outlet=chosen.outlet,
        language=chosen.language,
        tag=chosen.tag,
        created_at=saved.created_at,
    )


@router.get("/saved-searches", response_model=Listing[SavedSearch], tags=["articles"])
async def searches(ask: Asked, _: Annotated[Nothing, Query()]) -> Response:
    """List the searches that are kept under a name."""
    return await ask.answer(select_searches, by_content=True)


@router.get(
    "/saved-searches/{search_id}/hits",
    response_model=Page[SearchHit],
    responses={404: {}},
    tags=["articles"],
)
async def hits(ask: Asked, search_id: Number, asked: Annotated[Paged, Query()]) -> Response:
    """Find what a saved search finds, the most relevant first."""
    return await ask.answer(lambda db: hits_of(db, search_id, asked), by_content=True)
