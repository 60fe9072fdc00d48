"""What is true of the demo newsroom, laid down before any program looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.demo.content import EntryTrouble, FeedFormat, FeedTrouble

__all__ = ["ArticleTruth", "BadEntryTruth", "FeedTruth", "Truth"]


@dataclass(frozen=True, slots=True)
class ArticleTruth:
    """One article.

    `url` is its canonical URL, without tracking. `wire` names the agency text that a wire copy
    carries, `share` how much of its words, from 0 to 1; an independent report has None and 1.
    `story` is its event. `series` marks daily pieces of one form, which are no copies of each
    other. `planted` must be in no stored text; `kept` (the lists that belong to the article)
    and `lead` must be there, as lead or text. `title_after` is the headline in edition 2.
    """

    url: str
    outlet: str
    language: str
    story: str
    kind: Literal["wire copy", "independent"]
    wire: str | None
    share: float
    title: str
    title_after: str
    lead: str
    paragraphs: tuple[str, ...]
    kept: tuple[str, ...]
    planted: tuple[str, ...]
    agency: str | None
    authors: tuple[str, ...]
    published_at: datetime
    edition: int
    series: str | None = None


@dataclass(frozen=True, slots=True)
class FeedTruth:
    """One feed; `entries` counts them in edition 1 and 2, `changed` says whether 2 differs.

    Of a feed with a `trouble`, `format` is None and there are no entries.
    """

    url: str
    outlet: str
    format: FeedFormat | None
    entries: tuple[int, int]
    changed: bool = False
    trouble: FeedTrouble | None = None


@dataclass(frozen=True, slots=True)
class BadEntryTruth:
    """An entry that leads to no article, and why: "missing" (404) or "section"."""

    url: str
    outlet: str
    trouble: EntryTrouble


@dataclass(frozen=True, slots=True)
class Truth:
    """All of it; `furniture` is, by outlet, what stands on each of its pages around the text."""

    articles: tuple[ArticleTruth, ...]
    feeds: tuple[FeedTruth, ...]
    bad_entries: tuple[BadEntryTruth, ...]
    furniture: Mapping[str, tuple[str, ...]]

    def in_edition(self, edition: int) -> tuple[ArticleTruth, ...]:
        """The articles that can be read in `edition`."""
        return tuple(article for article in self.articles if article.edition <= edition)

    def copy_groups(self, edition: int) -> Mapping[str, frozenset[str]]:
        """The URLs that carry one text, by wire id; an independent report stands alone."""
        groups: dict[str, set[str]] = {}
        for article in self.in_edition(edition):
            groups.setdefault(article.wire or article.url, set()).add(article.url)
        return {key: frozenset(urls) for key, urls in groups.items()}

    def stories(self, edition: int) -> Mapping[str, frozenset[str]]:
        """The URLs that report one event, by story id."""
        stories: dict[str, set[str]] = {}
        for article in self.in_edition(edition):
            stories.setdefault(article.story, set()).add(article.url)
        return {key: frozenset(urls) for key, urls in stories.items()}

    @property
    def planted(self) -> frozenset[str]:
        """Every planted string, of all articles."""
        return frozenset(string for article in self.articles for string in article.planted)
