"""The pure steps that run in worker processes: bytes in, values out.

The heavy homes (feedparser, trafilatura, datasketch) are imported here by need, so that a run
with nothing to do never pays for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.model import (
    Article,
    Entry,
    Fetched,
    ParsedFeed,
    PhraseRule,
    Rejected,
    SiteRule,
)
from aggregator.settings import ExtractSettings
from aggregator.storage.articles import Extracted

if TYPE_CHECKING:
    from aggregator.core.discovery import Candidate

__all__ = [
    "PRELOAD",
    "ParseJob",
    "TextJob",
    "extract_text",
    "feeds_named",
    "fingerprint",
    "parse_feed",
]

PRELOAD = (
    "aggregator.core.feeds",
    "aggregator.core.extract",
    "aggregator.core.minhash",
    "aggregator.core.terms",
)


@dataclass(frozen=True, slots=True)
class ParseJob:
    """A feed's answer, to be parsed."""

    fetched: Fetched


@dataclass(frozen=True, slots=True)
class TextJob:
    """An entry, with its page where one was fetched, to become an article.

    `site` is what is known of its outlet's pages; `identity` what a text from the feed goes by
    where that is not the entry's link.
    """

    entry: Entry
    url: str
    page: Fetched | None
    site: SiteRule
    rules: Sequence[PhraseRule]
    settings: ExtractSettings
    identity: str | None = None


def parse_feed(job: ParseJob) -> ParsedFeed | Rejected:
    """Parse a feed."""
    from aggregator.core import feeds

    return feeds.parse(job.fetched.body, job.fetched.headers, job.fetched.url)


def feeds_named(page: Fetched) -> "tuple[Candidate, ...]":
    """What a page names as feeds."""
    from aggregator.core import discovery

    return discovery.candidates(page.body, page.url, page.headers.get("content-type", ""))


def extract_text(job: TextJob) -> Extracted | Rejected:
    """Extract, clean and fingerprint one article."""
    article = _article(job)
    return article if isinstance(article, Rejected) else fingerprint(article)


def _article(job: TextJob) -> Article | Rejected:
    from aggregator.core import extract

    if job.page is None:
        return extract.from_entry(
            job.entry,
            job.url,
            rules=job.rules,
            settings=job.settings,
            site=job.site,
            identity=job.identity,
        )
    return extract.article(
        job.page.body,
        job.page.url,
        entry=job.entry,
        rules=job.rules,
        settings=job.settings,
        content_type=job.page.headers.get("content-type", ""),
        site=job.site,
    )


def fingerprint(article: Article) -> Extracted:
    """Add to an article what clustering needs of it."""
    from aggregator.core import minhash, terms

    return Extracted(
        article,
        minhash.fingerprint(article.title, article.lead, article.text),
        terms.weigh(article.title, article.lead, article.text, article.language),
    )
