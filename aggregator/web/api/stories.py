"""Stories, and the copy groups that they are made of."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from aggregator.storage import paging, readers, whereabouts
from aggregator.storage.database import Database
from aggregator.storage.states import state
from aggregator.storage.times import from_text
from aggregator.web.api.models import CopyGroup, Page, Story, StorySummary
from aggregator.web.api.pages import absent, page, place_of
from aggregator.web.api.parameters import Filtering, Nothing, Number
from aggregator.web.asking import Asked, Moved
from aggregator.web.problems import invalid

__all__ = ["Group", "StoriesAsked", "find", "find_group", "router", "select"]

router = APIRouter(tags=["stories"])


class StoriesAsked(Filtering):
    """Which stories, and in which order."""

    order: Literal["newest", "top"] = Field(
        "newest",
        description="`newest`: by the last article, page by page. `top`: pinned ones, then the "
        "newest and biggest, as the command lists them; one page.",
    )
    hidden: bool = Field(default=False, description="Those that an editor hid, too.")


class Group(CopyGroup):
    """A copy group with its story."""

    story_id: int = Field(description="The story that it is part of.")


# --- reading ---------------------------------------------------------------------------------


def select(db: Database, asked: StoriesAsked, now: datetime) -> Page[StorySummary]:
    """The stories that are asked for; raises Problem for a cursor of another list."""
    after, last, chosen = place_of(asked.cursor), state(db), asked.filter(now)
    if asked.order == "newest":
        found, behind = paging.newest_stories(
            db, chosen, after, limit=asked.limit, hidden=asked.hidden
        )
        return page(StorySummary, found, behind, last)
    if after is not None:
        raise invalid(parameter="cursor", detail="the list `top` has one page only")
    # As at the last change: while nothing changes the order stays.
    at = from_text(last.at) or now
    top = readers.stories(db, chosen, limit=asked.limit, now=at, hidden=asked.hidden)
    return page(StorySummary, top, None, last)


def find(db: Database, story_id: int) -> Story:
    """One story; raises Moved where it was merged into another, Problem where there is none."""
    found = readers.story(db, story_id)
    if found is None:
        raise absent(db, "story", story_id)
    if found.story.id != story_id:
        raise Moved(kind="stories", number=found.story.id)
    parts = {"copy_groups": found.copy_groups, "decisions": found.decisions}
    return Story.model_validate({**asdict(found.story), **parts})


def find_group(db: Database, group_id: int) -> Group:
    """One copy group; raises Moved and Problem likewise."""
    into = whereabouts.merged_into(db, "copy_group", group_id)
    if into is not None:
        raise Moved(kind="copy-groups", number=into)
    story_id = whereabouts.story_of_group(db, group_id)
    if story_id is None or (found := readers.story(db, story_id)) is None:
        raise absent(db, "copy_group", group_id)
    shown = next(each for each in found.copy_groups if each.id == group_id)
    return Group(**dict(CopyGroup.model_validate(shown)), story_id=story_id)


# --- routes ----------------------------------------------------------------------------------


@router.get("/stories", response_model=Page[StorySummary])
async def stories(ask: Asked, asked: Annotated[StoriesAsked, Query()]) -> Response:
    """List stories, the newest first or the biggest of the newest."""
    now = ask.desk.clock()
    return await ask.answer(lambda db: select(db, asked, now), by_content=asked.moves)


@router.get("/stories/{story_id}", response_model=Story, responses={301: {}, 404: {}, 410: {}})
async def story(ask: Asked, story_id: Number, _: Annotated[Nothing, Query()]) -> Response:
    """Show one story with its articles by copy group, and what editors decided of it.

    The number of a story that was merged into another leads there (301).
    """
    return await ask.answer(lambda db: find(db, story_id))


@router.get("/copy-groups/{group_id}", response_model=Group, responses={301: {}, 404: {}, 410: {}})
async def copy_group(ask: Asked, group_id: Number, _: Annotated[Nothing, Query()]) -> Response:
    """Show one copy group with its articles.

    The number of a copy group that was merged into another leads there (301).
    """
    return await ask.answer(lambda db: find_group(db, group_id))
