"""Rows of feeds, placements and totals, as the faces read them by `readers`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.model import TextSource

__all__ = ["FeedRow", "Placement", "Totals"]


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed's state; `listed` is False where feeds.yaml no longer has it.

    `status` is active or gone (410), or new for one that no run has seen, which has no id.
    `text_source` is where its articles are to be taken from, `text_from` where they are.
    `paused` is as feeds.yaml has it: it is not asked meanwhile.
    """

    url: str
    outlet: str
    language: str | None
    tags: tuple[str, ...]
    id: int | None = None
    title: str | None = None
    status: str = "new"
    listed: bool = True
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    next_poll_at: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    text_source: TextSource = "auto"
    text_from: Literal["page", "feed"] = "page"
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """The copy group and story that a clustered article is in."""

    id: int
    url: str
    copy_group_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is; `copies` are articles that share their text with another."""

    feeds: int
    articles: int
    copy_groups: int
    copies: int
    stories: int
    waiting: int
    rejected: int
