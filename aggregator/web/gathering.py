"""What the desk is handed to change feeds and saved searches, as `ports` hands it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from aggregator.model import FeedSource
from aggregator.storage.readers import Filter
from aggregator.storage.saved_searches import SavedSearch

__all__ = [
    "Discovered",
    "Gathering",
    "LeftOut",
    "NotDone",
    "Offer",
    "Proposed",
    "Reason",
    "Searching",
]

Reason = Literal[
    "address",
    "busy",
    "file",
    "listed",
    "name",
    "no-feed",
    "no-list",
    "no-search",
    "taken",
    "unlisted",
    "words",
]
"""Why something was not done.

address: that is no address; busy: another writes for too long; file: feeds.yaml cannot be changed;
listed: the feed is there already; name, words: a search can have no such; no-feed, no-search: there
is none of that number; no-list: that is no OPML; taken: there is a search of that name; unlisted:
the feed is in feeds.yaml no more.
"""


@dataclass(slots=True)
class NotDone(Exception):
    """What was not done, and nothing of it; `detail` is for who runs the program."""

    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        """What a log says of it."""
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


# --- feeds -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that was found at a site, as it would be listed; `titles` are its newest entries'."""

    source: FeedSource
    title: str
    entries: int
    newest: datetime | None
    titles: tuple[str, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An address that is not offered: `reason` as a code, `detail` in the words of what asked."""

    url: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a site has; `unasked` are further feeds that it names.

    `reason` is why nothing was found, as a code, "" where something was.
    """

    offers: tuple[Offer, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unasked: tuple[str, ...] = ()
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One line of a list in OPML; `why` says in words why it cannot be taken, else it is "".

    `listed` says that it is here already.
    """

    source: FeedSource | None
    name: str
    url: str
    line: int
    why: str = ""
    listed: bool = False


class Gathering(Protocol):
    """Changes feeds.yaml and what is kept of its feeds; each act is noted with who did it.

    All but `discover` block: call them by `asyncio.to_thread`. All raise NotDone.
    """

    async def discover(self, typed: str) -> Discovered:
        """Ask a site, or a feed's own address, for its feeds; nothing is changed."""
        ...

    def add(self, sources: Sequence[FeedSource], by: str) -> int:
        """List feeds, all or none; returns how many. They are asked in the next run."""
        ...

    def retry(self, feed_id: int, by: str) -> FeedSource:
        """Have a feed asked in the next run, whatever its turn; one that was gone too."""
        ...

    def move(self, feed_id: int, by: str) -> FeedSource:
        """List a feed where it has moved to; it stays the same feed, with all it brought."""
        ...

    def pause(self, feed_id: int, by: str, *, paused: bool) -> FeedSource:
        """Have a feed not asked any more, or asked again."""
        ...

    def remove(self, feed_id: int, by: str) -> FeedSource:
        """Take a feed out of feeds.yaml; what it brought stays."""
        ...

    def proposed(self, body: bytes) -> tuple[Proposed, ...]:
        """What of a list in OPML can be listed; nothing is changed."""
        ...


# --- searches --------------------------------------------------------------------------------


class Searching(Protocol):
    """Keeps searches under names, and whom to tell of what they find.

    They block, and raise NotDone.
    """

    def save(self, name: str, words: str, chosen: Filter, by: str, *, alert: bool) -> SavedSearch:
        """Keep a search, and tell who made it of new hits where `alert` says so."""
        ...

    def delete(self, search_id: int) -> SavedSearch:
        """Forget a search."""
        ...

    def alert(self, search_id: int, reader: str, *, wanted: bool) -> SavedSearch:
        """Tell a reader of new hits from now on, or no longer."""
        ...

    def looked(self, search_id: int, reader: str, to: int) -> None:
        """Note that a reader has seen the hits up to an article."""
        ...
