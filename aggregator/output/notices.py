"""What webhooks are sent: one JSON object for a story or an article, of bounded size."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from aggregator.output.syndication import Report

__all__ = [
    "ArticleNotice",
    "IndependentText",
    "StoryNotice",
    "article_body",
    "story_body",
    "trial_body",
]

_STORY: Final = "story.reached"
_ARTICLE: Final = "article.found"
_TEST: Final = "test"


@dataclass(frozen=True, slots=True)
class IndependentText:
    """One independent text of a story: a copy group, and its earliest report."""

    copy_group_id: int
    agency: str | None
    article_count: int
    outlet_count: int
    first: Report


@dataclass(frozen=True, slots=True)
class StoryNotice:
    """A story as it is told of; `texts` and `outlets` are the first of what the counts say.

    `outlets` has the earliest report of each outlet, in the order of their time.
    """

    id: int
    title: str
    first_published_at: datetime | None
    last_published_at: datetime | None
    article_count: int
    outlet_count: int
    copy_group_count: int
    texts: tuple[IndependentText, ...]
    outlets: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class ArticleNotice:
    """An article as it is told of, with its lead and where it stands."""

    report: Report
    lead: str
    agency: str | None
    word_count: int
    copy_group_id: int | None
    story_id: int | None


def story_body(webhook: str, seq: int, notice: StoryNotice, now: datetime) -> str:
    """A story that reached its number of outlets, as it is after change `seq`."""
    return _body(_STORY, now, {"webhook": webhook, "seq": seq, "story": asdict(notice)})


def article_body(webhook: str, seq: int, search: str, notice: ArticleNotice, now: datetime) -> str:
    """An article that the saved search called `search` finds, as it is after change `seq`."""
    rest = {name: value for name, value in asdict(notice).items() if name != "report"}
    article = {**asdict(notice.report), **rest}
    return _body(
        _ARTICLE, now, {"webhook": webhook, "seq": seq, "search": search, "article": article}
    )


def trial_body(webhook: str, now: datetime) -> str:
    """A message that tells of nothing, by which a receiver is tried."""
    return _body(_TEST, now, {"webhook": webhook})


def _body(kind: str, now: datetime, data: Mapping[str, object]) -> str:
    value = {"type": kind, "timestamp": now, "data": data}
    return json.dumps(value, ensure_ascii=False, default=_time, separators=(",", ":"))


def _time(value: object) -> str:
    """Times in UTC, as everywhere; nothing else is in there that JSON does not know."""
    assert isinstance(value, datetime)
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
