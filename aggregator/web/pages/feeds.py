"""The page of feeds: how each is, by charts and in words, and what can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from aggregator.core.feed_days import Day, median_delay, share_answered, together
from aggregator.model import FeedSource
from aggregator.output import day_charts
from aggregator.output.opml import feed_list
from aggregator.storage import feed_acts, feed_days, feed_health, readers
from aggregator.web.pages.feed_words import KINDS, STATES, diagnosed
from aggregator.web.rendering import page, telling
from aggregator.web.viewers import CurrentViewer, unsealed

if TYPE_CHECKING:
    from aggregator.core.health import Diagnosis
    from aggregator.output.charts import Drawing
    from aggregator.storage.database import Database
    from aggregator.storage.feed_acts import FeedAct
    from aggregator.storage.feed_health import FeedHealth
    from aggregator.web.desk import Desk
    from aggregator.web.languages import Telling

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_DAYS: Final = 14
_ON_A_PAGE: Final = 30
_ACTS: Final = 12
_QUIET: Final = frozenset({"ok", "new", "paused", "waiting"})
_ORDER: Final = (
    "gone", "blocked", "html", "unreadable", "failing", "moved", "silent", "churn", "waiting",
    "new", "paused", "ok",
)  # fmt: skip


class Asked(BaseModel):
    """Which feeds are to be shown."""

    q: str = Field("", max_length=200)
    state: str = Field("", max_length=20)
    page: int = Field(1, ge=1, le=10_000)
    removed: str = Field("", max_length=4000)

    def url(self, **changes: object) -> str:
        """The address with something else asked."""
        values = {"q": self.q, "state": self.state, "page": None, **changes}
        given = urlencode({name: each for name, each in values.items() if each})
        return f"/feeds?{given}" if given else "/feeds"


@dataclass(frozen=True, slots=True)
class Charts:
    """What came of polling, day by day."""

    answered: "Drawing"
    delay: "Drawing"
    volume: "Drawing"
    answered_words: str
    delay_words: str
    volume_words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One feed as it is shown; `target` is where it has moved to, `site` where to look for it."""

    health: "FeedHealth"
    state: str
    word: str
    kind: str
    sentence: str
    raw: str
    detail: str
    action: str
    charts: Charts
    target: str
    site: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read: the feeds on the page with their days, all days together, and counts."""

    every: int
    counts: Mapping[str, int]
    chosen: "Sequence[FeedHealth]"
    pages: int
    days: Mapping[int, list[Day]]
    whole: Sequence[Day]
    acts: "Sequence[FeedAct]"


@router.get("/feeds")
async def feeds(
    request: Request, viewer: CurrentViewer, asked: Annotated[Asked, Query()]
) -> HTMLResponse:
    """Show how the feeds are, those that are not well first."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    seen = await desk.read(lambda db: _seen(db, asked, now))
    show = telling(request)
    return page(
        request,
        "feeds.html",
        asked=asked,
        seen=seen,
        rows=[_row(each, seen.days.get(each.feed.id or 0, []), show) for each in seen.chosen],
        whole=_charts(seen.whole, show),
        states=STATES,
        kinds=KINDS,
        ill=sum(count for state, count in seen.counts.items() if state not in _QUIET),
        can_gather=desk.ports.gathering is not None,
        removed=unsealed(viewer, asked.removed),
    )


def _seen(db: "Database", asked: Asked, now: datetime) -> Seen:
    listed = [each for each in feed_health.every(db, now) if each.diagnosis is not None]
    counts: dict[str, int] = {}
    for each in listed:
        counts[_state(each)] = counts.get(_state(each), 0) + 1
    chosen = sorted((each for each in listed if _is_asked(each, asked)), key=_place)
    begin = (asked.page - 1) * _ON_A_PAGE
    since = now.date() - timedelta(days=_DAYS - 1)
    by_date = {day.day: day for day in feed_days.whole(db, since)}
    whole = [by_date.get(at, Day(at)) for at in _dates(now)]
    acts = feed_acts.latest(db, _ACTS)
    shown = chosen[begin : begin + _ON_A_PAGE]
    days = feed_days.of(db, [each.feed.id for each in shown if each.feed.id is not None], since)
    pages = max(-(-len(chosen) // _ON_A_PAGE), 1)
    return Seen(len(listed), counts, shown, pages, days, whole, acts)


def _state(each: "FeedHealth") -> str:
    return "" if each.diagnosis is None else each.diagnosis.code


def _is_asked(each: "FeedHealth", asked: Asked) -> bool:
    state, words = _state(each), f"{each.feed.outlet} {each.feed.url} {each.feed.title}".casefold()
    fits = asked.state in {"", state} or (asked.state == "ill" and state not in _QUIET)
    return fits and all(word in words for word in asked.q.casefold().split())


def _place(each: "FeedHealth") -> tuple[int, str, int]:
    return (_ORDER.index(_state(each)), each.feed.outlet.casefold(), each.feed.id or 0)


def _dates(now: datetime) -> list[date]:
    return [now.date() - timedelta(days=ago) for ago in reversed(range(_DAYS))]


def _row(health: "FeedHealth", days: Sequence[Day], show: "Telling") -> Row:
    found: Diagnosis | None = health.diagnosis
    assert found is not None  # only listed ones are shown
    sentence, raw, detail, action = diagnosed(found, show)
    by_date = {day.day: day for day in days}
    whole = [by_date.get(at, Day(at)) for at in _dates(show.now)]
    target = (
        getattr(found.sentence, "values", {}).get("target", "") if found.code == "moved" else ""
    )
    parts = urlsplit(health.feed.url)
    return Row(
        health=health,
        state=found.code,
        word=show.language.gettext(STATES[found.code]),
        kind=KINDS[found.code],
        sentence=sentence,
        raw=raw,
        detail=detail,
        action=action,
        charts=_charts(whole, show),
        target=str(target),
        site=f"{parts.scheme}://{parts.netloc}/" if _wants_search(found) else "",
    )


def _wants_search(found: "Diagnosis") -> bool:
    return "find" in getattr(found.action, "values", {})


def _charts(days: Sequence[Day], show: "Telling") -> Charts:
    """Charts of days in a row, with what they say in words."""
    gettext, ngettext = show.language.gettext, show.language.ngettext
    whole = together(days, show.now.date())
    answered, delay = share_answered(whole), median_delay(whole)
    answered_words = (
        gettext("not polled in these days")
        if answered is None
        else ngettext(
            "%(share)s of %(num)s poll answered", "%(share)s of %(num)s polls answered", whole.polls
        )
        % {"share": show.percent(answered), "num": show.number(whole.polls)}
    )
    delay_words = (
        gettext("not known yet")
        if delay is None
        else gettext("half of the news seen within %(span)s") % {"span": show.span(delay)}
    )
    volume_words = ngettext("%(num)s new entry", "%(num)s new entries", whole.entries) % {
        "num": show.number(whole.entries)
    }
    minutes = [median_delay(day) for day in days]
    return Charts(
        day_charts.shares([share_answered(day) for day in days], title=answered_words),
        day_charts.delays(
            [None if each is None else each / timedelta(minutes=1) for each in minutes],
            title=delay_words,
        ),
        day_charts.volumes([day.entries for day in days], title=volume_words),
        answered_words,
        delay_words,
        volume_words,
    )


@router.get("/feeds/feeds.opml")
async def exported(request: Request) -> Response:
    """Give the feeds as a list in OPML, without names and passwords in addresses."""
    desk: Desk = request.app.state.desk
    rows = await desk.read(readers.feeds)
    listed = [row for row in rows if row.listed]
    sources = [
        FeedSource(row.url, row.outlet, row.language, row.tags, row.text_source, row.paused)
        for row in listed
    ]
    titles = {row.url: row.title or "" for row in listed}
    headers = {"Content-Disposition": 'attachment; filename="feeds.opml"'}
    return Response(feed_list(sources, titles, desk.clock()), 200, headers, "text/x-opml")
