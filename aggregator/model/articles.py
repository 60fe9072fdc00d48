"""Articles as values: text, what was taken out of it, and the rules that say what goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = [
    "Article",
    "PhraseRule",
    "Rejected",
    "Removed",
    "SiteRule",
]


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One boilerplate phrase in one language: how it is found, what it takes, why.

    `pattern` is a regular expression matched, ignoring case, from the start of a block of text.
    `takes` is "block" (only the matching block), "list" (the block and the list, or the run of
    link-like lines, behind it), "rest" (all that follows in the article), "end" (the block where it
    stands among the last of an article) or "page" (a page with it instead of an article is none).
    `only` is "lines" where a sentence may begin with it too.
    """

    language: str
    reason: str
    pattern: str
    takes: Literal["block", "list", "rest", "end", "page"] = "block"
    only: Literal["blocks", "lines"] = "blocks"


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
    `spared` says what of it looks like boilerplate but was kept, being too much of it.
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
    spared: str | None = None
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
