"""Entries as values: what a feed carries, and what was decided of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.model.feeds import Schedule

__all__ = [
    "Change",
    "Entry",
    "EntryChange",
    "ParsedFeed",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item in a feed.

    `key` identifies it within its feed (its id, else its link, else a hash of its title); `link`
    is absolute or None, and `canonical_link` the one form of it that names the article in all
    feeds; `summary` and `content` are HTML cleaned by core.clean; `content_hash` changes when
    title, summary, content or link change.
    """

    key: str
    link: str | None
    title: str
    content_hash: str
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    canonical_link: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as understood; `warnings` are for the operator.

    `hub` and `topic` are the WebSub hub that it names and the address it is known by there.
    """

    title: str
    format: str
    entries: tuple[Entry, ...]
    link: str | None = None
    language: str | None = None
    schedule: Schedule = field(default_factory=Schedule)
    hub: str | None = None
    topic: str | None = None
    warnings: tuple[str, ...] = ()


class Change(StrEnum):
    """How an entry stands to what we know of it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry with what was decided of it.

    `renamed`: it came back under another id; its key is the one that it was known by before.
    """

    entry: Entry
    change: Change
    renamed: bool = False
