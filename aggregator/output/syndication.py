"""Stories as feed readers take them: the values that Atom and JSON Feed are made of.

An item is a story. Its id never changes and is never given to another; a copy group is in it once,
as one text with the outlets that carry it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

__all__ = ["Report", "StoryItem", "Syndication", "Text", "printable", "timestamp", "web_address"]

_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NO_ADDRESS: Final = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')


@dataclass(frozen=True, slots=True)
class Report:
    """An article by which an outlet reports; `published_at` is None where nobody said when."""

    article_id: int
    outlet: str
    title: str
    url: str
    published_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A copy group: one text, with its reports earliest first.

    `more` is how many further articles carry it that are not among `reports`; `agency` is whom it
    credits.
    """

    copy_group_id: int
    lead: str
    reports: tuple[Report, ...]
    agency: str | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class StoryItem:
    """A story as an item of a feed.

    `id` is a URI that stays while the story's title and address change. `updated_at` moves only
    when something of it changed: a text came or went, was revised, or an editor decided. `outlets`
    are the names of those that are in `texts`; the three counts are of the whole story, of which
    `texts` may leave some out.
    """

    id: str
    story_id: int
    title: str
    url: str | None
    published_at: datetime | None
    updated_at: datetime
    outlet_count: int
    article_count: int
    text_count: int
    texts: tuple[Text, ...] = ()
    language: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def outlets(self) -> tuple[str, ...]:
        """The outlets that report it, each once, in the order of the texts."""
        found = (report.outlet for text in self.texts for report in text.reports)
        return tuple(dict.fromkeys(found))

    @property
    def reports(self) -> Iterator[Report]:
        """All reports, text by text."""
        return (report for text in self.texts for report in text.reports)


@dataclass(frozen=True, slots=True)
class Syndication:
    """A whole feed of stories, newest first.

    `id` is a URI that stays when the feed's address changes; `self_url` is that address and
    `home_url` a page for people, where they are known. `updated_at` is when any of it last changed.
    """

    id: str
    title: str
    updated_at: datetime
    items: tuple[StoryItem, ...] = ()
    language: str | None = None
    self_url: str | None = None
    home_url: str | None = None


def printable(text: str) -> str:
    """Leave out what neither XML 1.0 (section 2.2) nor UTF-8 can hold, and other controls."""
    return _UNPRINTABLE.sub("", text)


def web_address(url: str | None) -> str | None:
    """The address where it is one of the web, else None: a reader must never run a script.

    What no address may have (spaces, quotes; RFC 3987, section 2.2) is percent-encoded.
    """
    if url and url.lower().startswith(("http://", "https://")):
        return _NO_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", printable(url))
    return None


def timestamp(moment: datetime) -> str:
    """An aware time as RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
