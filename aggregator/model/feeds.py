"""Feeds as values: what the operator wrote, and what is remembered of each."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

__all__ = [
    "Feed",
    "FeedSource",
    "FeedState",
    "FeedStatus",
    "Schedule",
    "TextSource",
    "Validators",
]


TextSource = Literal["auto", "page", "feed"]


@dataclass(frozen=True, slots=True)
class FeedSource:
    """One feed as the operator wrote it in feeds.yaml.

    `text` says where articles come from: "page" fetches each entry's page, "feed" takes the text
    that the entry itself carries and asks for no page, "auto" finds out which of them serves. One
    that is `paused` is listed, but not asked until that is taken back.
    """

    url: str
    outlet: str
    language: str | None = None
    tags: tuple[str, ...] = ()
    text: TextSource = "auto"
    paused: bool = False


class FeedStatus(StrEnum):
    """Whether a feed is polled: a feed that is gone (410) is kept, and shown, but not asked."""

    ACTIVE = "active"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave us to ask with next time, byte for byte, or None.

    `url` is the one that gave them, without credentials: no other is asked with them.
    """

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a feed itself says of when to ask for it.

    `ttl` and `period` (from sy:updatePeriod and sy:updateFrequency) are in minutes; `skip_hours`
    are hours of the day from 0 to 23 and `skip_days` days of the week from 0 (Monday), in UTC.
    """

    ttl: float | None = None
    period: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of a feed between two polls.

    `interval` (until the next turn, unless the publisher wants more time) and `rhythm` (between two
    entries, as a rule) are in minutes, `lifetime` (how long the publisher last said that an answer
    stays fresh) in seconds.
    `last_new_at` is when the latest news came: by the dates it bears in what a feed shows when
    first read, later when it was seen.
    `moved_to` is where `moved_times` answers in a row led by permanent redirects alone; `address`
    is where the feed is asked for once it has moved, else None. `id_churn` counts the polls in a
    row in which entries came back under other ids.
    """

    validators: Validators = Validators()
    body_hash: str | None = None
    status: FeedStatus = FeedStatus.ACTIVE
    next_poll_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    interval: float | None = None
    schedule: Schedule = Schedule()
    lifetime: float | None = None
    rhythm: float | None = None
    last_new_at: datetime | None = None
    moved_to: str | None = None
    moved_times: int = 0
    address: str | None = None
    id_churn: int = 0
    hub: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that is polled: what the operator said of it and what we remember."""

    id: int
    source: FeedSource
    state: FeedState = FeedState()
    title: str | None = None

    @property
    def address(self) -> str:
        """Where it is asked for: where it has moved to, else as the operator wrote it."""
        return self.state.address or self.source.url
