"""What flows: the frozen values that one stage hands to the next.

All times are aware datetimes in UTC. Text is clean Unicode (NFC, no NUL, no lone surrogate).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

__all__ = [
    "Article",
    "Change",
    "CopyLink",
    "Entry",
    "EntryChange",
    "Failed",
    "Feed",
    "FeedSource",
    "FeedState",
    "FeedStatus",
    "FetchResult",
    "Fetched",
    "Fingerprint",
    "NotModified",
    "ParsedFeed",
    "PhraseRule",
    "Rejected",
    "Removed",
    "StoryDocument",
    "StoryLink",
    "TextSource",
    "Validators",
]

TextSource = Literal["page", "feed"]


# --- feeds -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedSource:
    """One feed as the operator wrote it in feeds.yaml.

    `text` says where articles come from: "page" fetches each entry's page, "feed" takes the text
    that the entry itself carries and asks for no page.
    """

    url: str
    outlet: str
    language: str | None = None
    tags: tuple[str, ...] = ()
    text: TextSource = "page"


class FeedStatus(StrEnum):
    """Whether a feed is polled: a feed that is gone (410) is kept, and shown, but not asked."""

    ACTIVE = "active"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave us to ask with next time, byte for byte, or None."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """What we remember of a feed between two polls; `interval` is in minutes."""

    validators: Validators = Validators()
    body_hash: str | None = None
    status: FeedStatus = FeedStatus.ACTIVE
    next_poll_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
    failures: int = 0
    interval: float | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that is polled: what the operator said of it and what we remember."""

    id: int
    source: FeedSource
    state: FeedState = FeedState()
    title: str | None = None


# --- fetching --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete answer with a body; `url` is where it came from after redirects.

    `headers` has lower-case names; of a repeated header the values are joined by ", ".
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: what we have is still current."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer. `reason` is a short stable code, `detail` a sentence for the operator.

    Reasons: dns, refused, connection, tls, timeout, too_large, redirects, bad_url, protocol,
    http_4xx / http_5xx as "http_404". `retry_after` is the earliest time the server allows.
    `transient` says that asking again later may help.
    """

    url: str
    reason: str
    detail: str
    status: int | None = None
    retry_after: datetime | None = None
    transient: bool = True


FetchResult = Fetched | NotModified | Failed


# --- entries ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One item in a feed.

    `key` identifies it within its feed (its id, else its link, else a hash of its title); `link`
    is absolute or None; `summary` and `content` are HTML cleaned by core.clean;
    `content_hash` changes when title, summary, content or link change.
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


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as understood; `ttl` is in minutes; `warnings` are for the operator."""

    title: str
    format: str
    entries: tuple[Entry, ...]
    link: str | None = None
    language: str | None = None
    ttl: float | None = None
    warnings: tuple[str, ...] = ()


class Change(StrEnum):
    """How an entry stands to what we know of it."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry with what was decided of it."""

    entry: Entry
    change: Change


# --- articles --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One boilerplate phrase in one language: how it is found, what it takes, why.

    `pattern` is a regular expression matched, ignoring case, from the start of a block of text.
    `takes` is "block" (only the matching block), "list" (the block and the list, or the run of
    link-like lines, behind it) or "rest" (all that follows in the article).
    """

    language: str
    reason: str
    pattern: str
    takes: Literal["block", "list", "rest"] = "block"


@dataclass(frozen=True, slots=True)
class Removed:
    """A block taken out of an article: its text, why, and its place among all blocks from 0."""

    text: str
    reason: str
    position: int


@dataclass(frozen=True, slots=True)
class Article:
    """One outlet's report, cleaned: paragraphs of `text` are parted by a newline.

    A list item in `text` begins with "- ". `agency` is the credited agency or agencies,
    e.g. "dpa" or "dpa/AFP". `canonical_url` is what identifies the article.
    """

    url: str
    canonical_url: str
    title: str
    text: str
    lead: str = ""
    authors: tuple[str, ...] = ()
    agency: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image: str | None = None
    removed: tuple[Removed, ...] = ()

    @property
    def word_count(self) -> int:
        """Words in lead and text."""
        return len(self.lead.split()) + len(self.text.split())


@dataclass(frozen=True, slots=True)
class Rejected:
    """What did not become an article: where on the way (fetch, extract, ...) and why.

    `reason` is a short stable code, `detail` a sentence.
    """

    stage: str
    reason: str
    detail: str = ""


# --- copies and stories ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text's MinHash signature with the keys under which candidates are looked up.

    `profile` names what made it (shingles, permutations, seed, scheme); `signature` is the
    packed hash values, little-endian; `keys` are band and passage keys, below 2**63.
    """

    profile: str
    signature: bytes
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Verified evidence that two articles (smaller id first) carry one text.

    `jaccard` and `containment` (of the shorter in the longer) are exact shares of word shingles.
    """

    a: int
    b: int
    jaccard: float
    containment: float
    rule: str


@dataclass(frozen=True, slots=True)
class StoryDocument:
    """What the story level looks at: one article's weighted terms and its time.

    `terms` maps a folded term to how often it counts (headline terms count more).
    """

    id: int
    language: str | None
    published_at: datetime
    terms: Mapping[str, float]
    title: str = ""
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class StoryLink:
    """Evidence that a copy group belongs to a story: likeness from 0 to 1 and shared terms."""

    story_id: int
    likeness: float
    shared: tuple[str, ...]
