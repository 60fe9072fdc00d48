"""Stories as feeds for feed readers: Atom and JSON Feed."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from aggregator.errors import NotFound
from aggregator.output.atom import atom
from aggregator.output.jsonfeed import json_feed
from aggregator.storage import selections
from aggregator.storage.selections import Selection
from aggregator.storage.states import state
from aggregator.storage.wal import settle
from aggregator.web.api.models import Listing, Shape
from aggregator.web.api.parameters import Nothing
from aggregator.web.asking import Answer, Asked, Asking
from aggregator.web.problems import NOT_FOUND, Problem

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["feeds", "router"]

router = APIRouter(tags=["syndicated feeds"])
feeds = APIRouter(prefix="/feeds", tags=["syndicated feeds"])

Format = Annotated[Literal["atom", "json"], Path(description="Atom or JSON Feed.")]


class FeedAsked(Nothing):
    """How much a feed has."""

    limit: int = Field(100, ge=1, le=200, description="So many stories at most.")
    outlets: int = Field(
        1, ge=1, le=1000, description="Only stories that are reported by so many outlets."
    )


class SyndicatedFeed(Shape):
    """A feed of stories to subscribe to."""

    kind: Literal["all", "tag", "language", "outlet", "search"] = Field(
        description="By what its stories are selected."
    )
    name: str = Field(description="The tag, language, outlet or saved search; empty for all.")
    title: str = Field(description="What a feed reader shows.")
    atom: str = Field(description="The address of its Atom feed.")
    json_feed: str = Field(description="The address of its JSON Feed.")


@router.get("/selections", response_model=Listing[SyndicatedFeed])
async def listed(ask: Asked, _: Annotated[Nothing, Query()]) -> Response:
    """List the feeds of stories that there are to subscribe to."""

    def read(db: "Database") -> Listing[SyndicatedFeed]:
        items = tuple(_shown(each) for each in selections.selections(db))
        return Listing[SyndicatedFeed](items=items, seq=state(db).seq)

    return await ask.answer(read, by_content=True)


def _shown(chosen: Selection) -> SyndicatedFeed:
    path = "all" if chosen.kind == "all" else f"{chosen.kind}/{quote(chosen.name, safe='')}"
    return SyndicatedFeed(
        kind=chosen.kind,
        name=chosen.name,
        title=chosen.title,
        atom=f"/feeds/{path}.atom",
        json_feed=f"/feeds/{path}.json",
    )


@feeds.get("/all.{form}", response_class=Response)
async def every(ask: Asked, form: Format, asked: Annotated[FeedAsked, Query()]) -> Response:
    """Give the newest stories as a feed."""
    return await _feed(ask, "all", "", form, asked)


@feeds.get("/{kind}/{name:path}.{form}", response_class=Response, responses={404: {}})
async def selected(
    ask: Asked,
    kind: Annotated[Literal["tag", "language", "outlet", "search"], Path(description="By what.")],
    name: Annotated[str, Path(max_length=200, description="The tag, language, outlet or search.")],
    form: Format,
    asked: Annotated[FeedAsked, Query()],
) -> Response:
    """Give the newest stories of a tag, language, outlet or saved search as a feed."""
    return await _feed(ask, kind, name, form, asked)


async def _feed(ask: Asking, kind: str, name: str, form: str, asked: FeedAsked) -> Response:
    now, own = ask.desk.clock(), str(ask.request.url)
    home = str(ask.request.base_url)

    def read(db: "Database") -> Answer:
        settle(db.path)
        try:
            chosen = selections.find(db, kind, name)
            made = selections.feed(db, chosen, now, limit=asked.limit, outlets=asked.outlets)
        except NotFound as error:
            raise Problem(NOT_FOUND, str(error)) from error
        made = replace(made, self_url=own, home_url=home)
        if form == "atom":
            return Answer(atom(made), "application/atom+xml")
        return Answer(json_feed(made), "application/feed+json")

    # Which stories are in it, and their tags, depend on what feeds.yaml says and on the day.
    return await ask.answer(read, by_content=True)
