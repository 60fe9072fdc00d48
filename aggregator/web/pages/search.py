"""The search page: what words find, counted by facet and put together by story."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from aggregator.core import faceting
from aggregator.core.faceting import SPANS, Brief, Chosen, Dimension, Facet, Group
from aggregator.storage import alerts, finding
from aggregator.storage.finding import Seen, StoryLine
from aggregator.storage.readers import Filter
from aggregator.storage.search import widest
from aggregator.web.rendering import page
from aggregator.web.viewers import CurrentViewer

if TYPE_CHECKING:
    from aggregator.storage.database import Database
    from aggregator.web.desk import Desk

__all__ = ["Asked", "Results", "found", "router", "shown"]

router = APIRouter(include_in_schema=False)

_GROUPS: Final = 15
_HITS: Final = 3
_MOST_PAGES: Final = 1000


class Asked(BaseModel):
    """What is searched for, and which part of what is found is to be shown."""

    q: str = Field("", max_length=500)
    since: str = Field("", max_length=10)
    language: str = Field("", max_length=40)
    outlet: str = Field("", max_length=200)
    tag: str = Field("", max_length=200)
    sort: str = Field("", max_length=10)
    page: int = Field(1, ge=1, le=_MOST_PAGES)
    before: int | None = Field(None, ge=1, lt=2**62)

    @property
    def chosen(self) -> Chosen:
        """The facets that are chosen."""
        since = self.since if self.since in SPANS else None
        return Chosen(since, self.language or None, self.outlet or None, self.tag or None)

    def url(self, **changes: object) -> str:
        """The address of this search with something else asked; its newest hits otherwise."""
        values = {"page": None, "before": None, **changes}
        given = {name: values.get(name, getattr(self, name)) for name in Asked.model_fields}
        return f"/search?{urlencode({name: each for name, each in given.items() if each})}"


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that was found; texts in pieces, each with whether it matches."""

    seen: Seen
    title: tuple[tuple[str, bool], ...]
    snippet: tuple[tuple[str, bool], ...]
    new: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one story, a few of them to be shown; `more` is how many there are besides."""

    story: StoryLine | None
    hits: tuple[Hit, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Results:
    """What a search found; `bounded` says that only the newest hits were looked at.

    `older` is the number of an article before which the search goes on, None where it is at its
    end. `newest` is the highest number of a hit.
    """

    found: tuple[Found, ...] = ()
    articles: int = 0
    stories: int = 0
    facets: Mapping[Dimension, tuple[Facet, ...]] | None = None
    pages: int = 1
    bounded: bool = False
    older: int | None = None
    newest: int = 0


def found(db: "Database", asked: Asked, now: datetime, new_after: int | None = None) -> Results:
    """What is found, inside a read; hits of higher numbers than `new_after` are marked as new."""
    chosen, words = asked.chosen, asked.q
    broad = narrow = widest(db, words, None)
    every = finding.look(db, broad, Filter(), before=asked.before)
    wanted = Filter(_since(chosen, now), chosen.outlet, chosen.language, chosen.tag)
    hits = every
    if wanted != Filter():
        narrow = widest(db, words, chosen.language) if chosen.language else broad
        hits = finding.look(db, narrow, wanted, before=asked.before)
    briefs = hits.briefs
    if asked.sort == "best":
        briefs = finding.ranked(db, words, chosen.language, briefs)
    groups = faceting.groups(briefs)
    begin = (asked.page - 1) * _GROUPS
    return Results(
        found=_found(db, narrow, groups[begin : begin + _GROUPS], new_after),
        articles=len(briefs),
        stories=len(groups),
        facets=_facets(every.briefs, hits.briefs, chosen, now),
        pages=max(-(-len(groups) // _GROUPS), 1),
        bounded=hits.more,
        older=min(brief.id for brief in briefs) if hits.more and briefs else None,
        newest=max((brief.id for brief in briefs), default=0),
    )


def _since(chosen: Chosen, now: datetime) -> datetime | None:
    return None if chosen.since is None else now - SPANS[chosen.since]


def _facets(
    every: tuple[Brief, ...], hits: tuple[Brief, ...], chosen: Chosen, now: datetime
) -> dict[Dimension, tuple[Facet, ...]]:
    """What is chosen is counted among all that it let pass, not only among the newest hits."""
    return {
        dimension: tuple(
            replace(each, count=max(each.count, len(hits))) if each.chosen else each
            for each in values
        )
        for dimension, values in faceting.facets(every, chosen, now).items()
    }


def _found(
    db: "Database", expression: str, groups: list[Group], new_after: int | None
) -> tuple[Found, ...]:
    ids = [each for group in groups for each in group.ids[:_HITS]]
    seen = finding.seen(db, expression, ids)
    lines = finding.stories(db, [each.story_id for each in groups if each.story_id is not None])
    return tuple(
        Found(
            None if group.story_id is None else lines.get(group.story_id),
            tuple(_hit(seen[each], new_after) for each in group.ids[:_HITS] if each in seen),
            max(len(group.ids) - _HITS, 0),
        )
        for group in groups
    )


def _hit(seen: Seen, new_after: int | None) -> Hit:
    snippet, lead = faceting.pieces(seen.snippet), faceting.pieces(seen.lead)
    in_lead = any(marked for _, marked in lead)
    in_text = any(marked for _, marked in snippet)
    best = lead if in_lead and not in_text else snippet or lead
    is_new = new_after is not None and seen.article.id > new_after
    return Hit(seen, faceting.pieces(seen.title), best, is_new)


@router.get("/search")
async def search(
    request: Request, viewer: CurrentViewer, asked: Annotated[Asked, Query()]
) -> HTMLResponse:
    """Search all articles; without words, show the searches that are saved."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    if not asked.q.strip():
        kept = await desk.read(lambda db: alerts.watched(db, viewer.name))
        return page(
            request, "search.html", asked=asked, results=None, kept=kept, saved=None, can_save=False
        )
    results = await desk.read(lambda db: found(db, asked, now))
    return shown(request, asked, results)


def shown(
    request: Request, asked: Asked, results: Results, saved: alerts.Watched | None = None
) -> HTMLResponse:
    """The page of what was found; by a saved search where that is given."""
    can_save = request.app.state.desk.ports.searching is not None
    return page(
        request,
        "search.html",
        asked=asked,
        results=results,
        kept=(),
        saved=saved,
        can_save=can_save,
    )
