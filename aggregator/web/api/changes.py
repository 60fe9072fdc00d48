"""What happened, in its order, for those who follow."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from aggregator.errors import ChangesGone
from aggregator.storage import changes as kept
from aggregator.storage.database import Database
from aggregator.web.api.models import Shape
from aggregator.web.api.parameters import LAST_NUMBER, Nothing
from aggregator.web.asking import Asked, Asking
from aggregator.web.problems import TOO_LATE, Problem

__all__ = ["Changes", "Following", "find", "router"]

router = APIRouter(tags=["changes"])


class Following(Nothing):
    """From where, and how much."""

    after: int = Field(
        0, ge=0, le=LAST_NUMBER, description="The last change that you know; 0 for none."
    )
    limit: int = Field(100, ge=1, le=1000, description="So many at most.")


class ChangesAsked(Following):
    """How long to wait, too."""

    wait: float = Field(
        0,
        ge=0,
        le=60,
        description="Where nothing is newer, wait so many seconds for it to come, 60 at most.",
    )


class Change(Shape):
    """One thing that happened."""

    seq: int = Field(description="Its number: it grows, and what comes later has a higher one.")
    at: datetime = Field(description="When it happened.")
    kind: str = Field(description="What happened, `story_merged` for one.")
    id: int | None = Field(description="What it happened to; its kind begins with what that is.")
    other_id: int | None = Field(description="Into which it was merged, or from which it split.")
    detail: dict[str, str | int | None] = Field(description="More about it; often empty.")


class Changes(Shape):
    """What happened after a change."""

    items: tuple[Change, ...] = Field(description="What happened, in its order.")
    after: int = Field(description="The `after` with which to go on.")
    last: int = Field(description="The last change that there is.")


def find(db: Database, asked: Following) -> Changes:
    """What happened; raises Problem where that is not all known from there."""
    first, last = kept.first(db), kept.last(db)
    try:
        found = kept.since(db, asked.after, asked.limit)
    except ChangesGone as error:
        detail = f"changes are kept from {first} to {last}, and you know {asked.after}"
        raise Problem(TOO_LATE, detail, {"first": first, "last": last}) from error
    items = tuple(Change.model_validate(each) for each in found)
    return Changes(items=items, after=items[-1].seq if items else asked.after, last=last)


async def _wait(ask: Asking, asked: ChangesAsked) -> None:
    """Wait until something is newer, the time is over or the server ends."""
    with ask.desk.following():
        left = asked.wait
        while left > 0 and await ask.desk.read(kept.last) <= asked.after:
            pause = min(left, ask.desk.limits.follower_pause)
            left -= pause
            if not await ask.desk.pause(pause):
                return


@router.get("/changes", response_model=Changes, responses={410: {}})
async def changes(ask: Asked, asked: Annotated[ChangesAsked, Query()]) -> Response:
    """Tell what happened after a change, in its order.

    Begin with the `seq` of the list that you read first, and go on with `after`. An `after` beyond
    the last change, or before what is kept, is answered with 410: read all anew.
    """
    if asked.wait:
        await _wait(ask, asked)

    return await ask.answer(lambda db: find(db, asked))
