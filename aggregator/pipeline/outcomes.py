"""What became of one feed or one article, as the event that a run tells of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from aggregator.core.urls import without_credentials
from aggregator.model import (
    Change,
    EntryChange,
    Failed,
    Feed,
    FetchResult,
    ParsedFeed,
    Rejected,
)
from aggregator.pipeline.events import ArticleDone, FeedPolled
from aggregator.storage.entries import PendingEntry

__all__ = ["ended", "polled", "put_off", "quiet", "skipped", "stalled"]

_BACKED_OFF: Final = "backed_off"


def polled(
    feed: Feed,
    result: FetchResult,
    outcome: ParsedFeed | Rejected | None,
    decided: Sequence[EntryChange],
) -> FeedPolled:
    """The feed was asked, and this came of it."""
    url, outlet = without_credentials(feed.source.url), feed.source.outlet
    if isinstance(result, Failed):
        end: Literal["postponed", "failed"]
        end = "postponed" if result.reason == _BACKED_OFF else "failed"
        return FeedPolled(url, outlet, end, detail=f"{result.reason}: {result.detail}")
    if isinstance(outcome, Rejected):
        return FeedPolled(url, outlet, "failed", detail=f"{outcome.reason}: {outcome.detail}")
    if outcome is None:
        return FeedPolled(url, outlet, "unchanged")
    fresh = sum(change.change is not Change.SAME for change in decided)
    return FeedPolled(url, outlet, "changed", fresh, "; ".join(outcome.warnings))


def put_off(feed: Feed, why: str) -> FeedPolled:
    """The feed was not asked."""
    url = without_credentials(feed.source.url)
    return FeedPolled(url, feed.source.outlet, "postponed", detail=why)


def ended(
    waiting: Sequence[PendingEntry],
    outcome: Literal["stored", "known", "rejected", "retry", "postponed"],
    article_id: int | None = None,
    detail: str = "",
) -> ArticleDone:
    """The way of the article that `waiting` lead to ended, for now or for good."""
    first = waiting[0]
    return ArticleDone(first.url, first.source.outlet, outcome, article_id, detail)


def quiet(until: datetime) -> str:
    """Why nothing is asked of a host that turned us away."""
    return f"backed_off: the host wants no request before {_told(until)}"


def skipped(until: datetime | None) -> str:
    """Why a feed is not asked at an hour or on a day that it names."""
    when = f", asked again at {_told(until)}" if until else ""
    return f"skipped: the feed asks for quiet now (skipHours, skipDays){when}"


def stalled(until: datetime) -> str:
    """Why entries of a feed are left alone."""
    return f"others of its feed held up the workers: left alone until {_told(until)}"


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
