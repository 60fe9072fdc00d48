"""The pure steps that run in worker processes: bytes in, values out.

The heavy homes (feedparser, trafilatura, datasketch) are imported here by need, so that a run
with nothing to do never pays for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.core.fulltext import Carrying
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
    from aggregator.core.furniture import Furniture
    from aggregator.core.mending import Kept, Mended
    from aggregator.storage.furniture import Restated

__all__ = [
    "PRELOAD",
    "Anew",
    "AnewJob",
    "CarriedJob",
    "ParseJob",
    "SiteJob",
    "Studied",
    "TextJob",
    "carried_text",
    "extract_anew",
    "extract_text",
    "feeds_named",
    "fingerprint",
    "parse_feed",
    "study",
]

PRELOAD = (
    "aggregator.core.feeds",
    "aggregator.core.carried",
    "aggregator.core.extract",
    "aggregator.core.mending",
    "aggregator.core.minhash",
    "aggregator.core.terms",
    "aggregator.storage.furniture",
)


@dataclass(frozen=True, slots=True)
class ParseJob:
    """A feed's answer, to be parsed."""

    fetched: Fetched


@dataclass(frozen=True, slots=True)
class TextJob:
    """An entry, with its page where one was fetched, to become an article.

    `site` is what is known of its outlet's pages; `identity` what a text from the feed goes by
    where that is not the entry's link. With `measured` it is measured how much of the page's
    article the entry carries.
    """

    entry: Entry
    url: str
    page: Fetched | None
    site: SiteRule
    rules: Sequence[PhraseRule]
    settings: ExtractSettings
    identity: str | None = None
    measured: bool = False


@dataclass(frozen=True, slots=True)
class CarriedJob:
    """An entry to become an article by its own text, if that is like what is known of its feed."""

    text: TextJob
    known: Carrying


@dataclass(frozen=True, slots=True)
class SiteJob:
    """Articles of one site, some of them fresh, to learn from what recurs on it.

    What was learnt earlier is forgotten as `core.furniture.learn` has it.
    """

    articles: "Sequence[Kept]"
    known: "Sequence[Furniture]"
    forget_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Studied:
    """What is known of a site now, and the articles that lose or regain lines by it.

    Those that `backed_off` keep what recurs, since it is most of their text.
    """

    known: "tuple[Furniture, ...]"
    restated: "tuple[Restated, ...]"
    backed_off: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnewJob:
    """An article to be extracted once more; `known` is what recurs on its site."""

    text: TextJob
    known: "Sequence[Furniture]"
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Anew:
    """An article as its page gives it, and without what is known to recur on its site."""

    whole: Article
    mended: Extracted


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
    if isinstance(article, Rejected):
        return article
    if not job.measured:
        return fingerprint(article)
    from aggregator.core import carried

    return replace(fingerprint(article), measured=carried.measure(job.entry, article))


def extract_anew(job: AnewJob) -> Anew | Rejected:
    """Extract an article once more, and take out what is known to recur on its site."""
    made = extract_text(job.text)
    if isinstance(made, Rejected):
        return made
    from aggregator.core import furniture, mending

    article = made.article
    state = mending.state_of(article)
    kept = mending.Kept(0, article.title, article.language, job.seen_at, fresh=False, state=state)
    taken = furniture.take(mending.as_page(kept), furniture.Book(job.known))
    mended = mending.applied(article, mending.mended(state, taken.places))
    return Anew(article, fingerprint(mended))


def carried_text(job: CarriedJob) -> Extracted | Rejected | None:
    """Make the article of the entry's own text; None where its page will tell better."""
    from aggregator.core import carried

    if not carried.looks_whole(job.text.entry, job.known):
        return None
    made = extract_text(job.text)
    # What is in a language that nobody wants is so on its page too.
    return None if isinstance(made, Rejected) and made.reason != "wrong_language" else made


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


def study(job: SiteJob) -> Studied:
    """Learn what recurs on a site, and mend the articles that have it."""
    from aggregator.core import furniture, mending

    pages = [mending.as_page(kept) for kept in job.articles]
    known = tuple(furniture.learn(pages, job.known, forget_before=job.forget_before))
    book = furniture.Book(known)
    taken = [furniture.take(page, book) for page in pages]
    states = [
        mending.mended(kept.state, each.places)
        for kept, each in zip(job.articles, taken, strict=True)
    ]
    return Studied(
        known,
        tuple(
            _restated(kept, state)
            for kept, state in zip(job.articles, states, strict=True)
            if mending.whole(state) != mending.whole(kept.state)
        ),
        tuple(kept.id for kept, each in zip(job.articles, taken, strict=True) if each.backed_off),
    )


def _restated(kept: "Kept", state: "Mended") -> "Restated":
    from aggregator.core import minhash, terms
    from aggregator.storage.furniture import Restated

    return Restated(
        kept.id,
        state,
        minhash.fingerprint(kept.title, state.lead, state.text),
        terms.weigh(kept.title, state.lead, state.text, kept.language),
    )
