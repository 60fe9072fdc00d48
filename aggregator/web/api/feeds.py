"""The feeds that are polled, and what editors decided."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from aggregator.storage import decisions as kept
from aggregator.storage import readers
from aggregator.storage.database import Database
from aggregator.storage.states import state
from aggregator.web.api.models import Decision, Listing, Shape
from aggregator.web.api.parameters import Nothing
from aggregator.web.asking import Asked

__all__ = ["Feed", "router", "select", "select_decisions"]

router = APIRouter(tags=["feeds"])


class Feed(Shape):
    """A feed that is polled, or was."""

    id: int = Field(description="The feed's number.")
    url: str = Field(description="Its address, without a name and password.")
    outlet: str = Field(description="Who publishes it.")
    title: str | None = Field(description="What it calls itself.")
    language: str | None = Field(description="The language that feeds.yaml gives it.")
    tags: tuple[str, ...] = Field(description="The tags that feeds.yaml gives it.")
    status: Literal["active", "gone"] = Field(description="Whether it is there.")
    listed: bool = Field(description="Whether feeds.yaml has it still.")
    last_polled_at: datetime | None = Field(description="When it was last asked.")
    last_success_at: datetime | None = Field(description="When it last answered well.")
    next_poll_at: datetime | None = Field(description="When it is asked next.")
    last_error: str | None = Field(description="Why it failed last.")
    failures: int = Field(description="How often it failed in a row.")
    text_source: Literal["auto", "page", "feed"] = Field(
        description="Where its articles' texts are to be taken from."
    )
    text_from: Literal["page", "feed"] = Field(description="Where they are taken from.")
    paused: bool = Field(description="Whether feeds.yaml has it paused: it is not asked.")


def select(db: Database) -> Listing[Feed]:
    """All feeds."""
    items = tuple(Feed.model_validate(each) for each in readers.feeds(db))
    return Listing[Feed](items=items, seq=state(db).seq)


def select_decisions(db: Database) -> Listing[Decision]:
    """All decisions."""
    items = tuple(Decision.model_validate(each) for each in kept.listed(db))
    return Listing[Decision](items=items, seq=state(db).seq)


@router.get("/feeds", response_model=Listing[Feed])
async def feeds(ask: Asked, _: Annotated[Nothing, Query()]) -> Response:
    """List all feeds, by outlet, and how each of them is."""
    return await ask.answer(select, by_content=True)


@router.get("/decisions", response_model=Listing[Decision], tags=["stories"])
async def decisions(ask: Asked, _: Annotated[Nothing, Query()]) -> Response:
    """List all that editors decided, what they took back too."""
    return await ask.answer(select_decisions)
