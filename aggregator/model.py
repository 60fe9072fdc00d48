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
    "Hop",
    "HostState",
    "NotModified",
    "ParsedFeed",
    "PhraseRule",
    "Rejected",
    "Removed",
    "Robots",
    "Schedule",
    "SiteRule",
    "StoryDocument",
    "StoryLink",
    "TextSource",
    "Validators",
]

TextSource = Literal["auto", "page", "feed"]


# --- feeds -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedSource:
    """One feed as the operator wrote it in feeds.yaml.

    `text` says where articles come from: "page" fetches each entry's page, "feed" takes the text
    that the entry itself carries and asks for no page, "auto" finds out which of them serves.
    """

    url: str
    outlet: str
    language: str | None = None
    tags: tuple[str, ...] = ()
    text: TextSource = "auto"


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


# --- fetching --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hop:
    """One request as it went out and what came back: the operator's proof of our manners.

    `url` is without credentials; `sent` are the conditional headers that went along; `status` is
    None where no answer came, and `outcome` then a code as in Failed.reason or "stopped" (by us, at
    the end of the run), else "" or one;
    `address` is the IP address that was connected to; `size` counts body bytes as they came over
    the wire; `seconds` is how long it took; `location` is where a redirect leads.
    """

    url: str
    host: str
    kind: Literal["feed", "page", "robots", "hub"]
    at: datetime
    status: int | None = None
    outcome: str = ""
    address: str | None = None
    sent: Mapping[str, str] = field(default_factory=dict)
    size: int = 0
    seconds: float = 0.0
    location: str | None = None
    retry_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete answer with a body; `url` is where it came from after redirects.

    `headers` has lower-case names; of a repeated header the values are joined by ", ". `hops` are
    the requests that led to it; `moved_to` is where permanent redirects (301, 308) alone led, from
    the first on, else None.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    validators: Validators = Validators()
    hops: tuple[Hop, ...] = ()
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: what we have is still current; `validators` are those that it gives anew."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hops: tuple[Hop, ...] = ()
    moved_to: str | None = None
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer. `reason` is a short stable code, `detail` a sentence for the operator.

    Reasons: dns, refused, connection, tls, timeout, too_large, redirects, bad_url, protocol,
    truncated, forbidden_address, backed_off (the host asked for a pause, nothing was sent),
    robots, http_4xx / http_5xx as "http_404". `retry_after` is the earliest time the server
    allows, `fresh_until` is how long it says that its answer holds. `transient` says that asking
    again later may help.
    """

    url: str
    reason: str
    detail: str
    status: int | None = None
    retry_after: datetime | None = None
    transient: bool = True
    hops: tuple[Hop, ...] = ()
    fresh_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HostState:
    """What we remember of a host: its addresses, and until when it wants to be left alone.

    `site` is its registrable domain; `refusals` counts its 429 and 503 in a row, of which the last
    came at `refused_at`.
    """

    host: str
    site: str
    addresses: tuple[str, ...] = ()
    quiet_until: datetime | None = None
    refusals: int = 0
    reason: str | None = None
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Robots:
    """A host's robots.txt as last fetched; `origin` is scheme, host and port.

    `text` is None where the host allows nothing for now: it could not be reached, or said 5xx;
    `reason` says why it could not be read the last time, if it could not.
    """

    origin: str
    text: str | None
    fetched_at: datetime
    expires_at: datetime
    reason: str | None = None


FetchResult = Fetched | NotModified | Failed


# --- entries ---------------------------------------------------------------------------------


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
    schedule: Schedule = Schedule()
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


# --- articles --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One boilerplate phrase in one language: how it is found, what it takes, why.

    `pattern` is a regular expression matched, ignoring case, from the start of a block of text.
    `takes` is "block" (only the matching block), "list" (the block and the list, or the run of
    link-like lines, behind it), "rest" (all that follows in the article) or "page" (a page with it
    instead of an article is none).
    """

    language: str
    reason: str
    pattern: str
    takes: Literal["block", "list", "rest", "page"] = "block"


@dataclass(frozen=True, slots=True)
class SiteRule:
    """What is known of one site's pages: where their article stands, and what it is not.

    Selectors are CSS, or XPath where they begin with "/", "(/", "./" or "xpath:". `keep` are tried
    in order: the first that finds something says where the article is. `titles`, `authors` and
    `dates` are XPath for texts, in order; `replaced` are pairs of texts in the page's source;
    `language` is that of pages that do not say it.
    """

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    phrases: tuple[PhraseRule, ...] = ()
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    language: str | None = None


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
    e.g. "dpa" or "dpa/AFP". `canonical_url` is what identifies the article. `places` are those
    of the lines of `text` among all blocks, as in Removed; empty where they are not known.
    `paywalled` says that not all of it can be read without paying; None where nothing tells.
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
    paywalled: bool | None = None
    removed: tuple[Removed, ...] = ()
    places: tuple[int, ...] = ()

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
