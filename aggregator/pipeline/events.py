"""What a run tells those who watch it: one event per feed, article, site and step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aggregator.model import HookEnding

__all__ = [
    "ArticleDone",
    "BatchDone",
    "Event",
    "FeedDelivered",
    "FeedPolled",
    "HookDone",
    "Listener",
    "SiteStudied",
    "StepBegun",
]


@dataclass(frozen=True, slots=True)
class StepBegun:
    """A step of the run begins with so many items to do."""

    step: Literal["poll", "pages", "learn", "cluster"]
    total: int


@dataclass(frozen=True, slots=True)
class BatchDone:
    """A batch of articles found its copy groups and stories."""

    articles: int


@dataclass(frozen=True, slots=True)
class SiteStudied:
    """Some new articles of a site were looked at for what recurs on it.

    `known` counts the lines that are known to recur; `mended` the articles, older ones too, that
    lost lines by it or got some back; `backed_off` those that keep such lines since they are most
    of the text. "failed": nothing was learnt, `detail` says why.
    """

    site: str
    outcome: Literal["learnt", "failed"]
    articles: int
    known: int = 0
    mended: int = 0
    backed_off: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FeedPolled:
    """One feed was asked; `detail` says what went wrong where `outcome` is failed.

    Where it was read, `detail` says what was odd about it, if anything. "postponed": it was
    not asked, since its host, or the feed itself, wants to be left alone.
    """

    url: str
    outlet: str
    outcome: Literal["changed", "unchanged", "failed", "postponed"]
    fresh_entries: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FeedDelivered:
    """A hub brought news of a feed; `detail` says what is wrong with it, or odd about it."""

    url: str
    outlet: str
    outcome: Literal["changed", "unchanged", "failed"]
    fresh_entries: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ArticleDone:
    """One article's way ended, or waits for another try; `detail` is the reason if it failed.

    "postponed": its page was not asked for, since its host wants to be left alone.
    """

    url: str
    outlet: str
    outcome: Literal["stored", "known", "rejected", "retry", "postponed"]
    article_id: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HookDone:
    """A webhook was sent a message; `detail` says what went wrong, unless it was "delivered".

    "retry": it is sent again later; "dead": it was given up. `status` is what the receiver
    answered, None where it did not.
    """

    webhook: str
    outcome: HookEnding
    message_id: str = ""
    status: int | None = None
    detail: str = ""


Event = StepBegun | FeedPolled | FeedDelivered | ArticleDone | SiteStudied | BatchDone | HookDone
Listener = Callable[[Event], None]
