"""Articles from elsewhere than feeds, made ready as the pipeline does and kept to be clustered."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.model import Article, FeedSource
from aggregator.storage import readers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.storage.articles import Extracted
    from aggregator.storage.database import Database
    from aggregator.storage.readers import Placement

__all__ = ["Collection", "prepare"]


def prepare(batch: Sequence[Article]) -> list["Extracted"]:
    """What the pipeline does to an article's text before it is clustered; runs in a worker."""
    from aggregator.core import clean, language
    from aggregator.pipeline.work import fingerprint

    def tidied(article: Article) -> Article:
        text = clean.text(article.text)
        return replace(
            article,
            title=clean.line(article.title),
            lead=clean.text(article.lead),
            text=text,
            language=language.choose([article.language], f"{article.title}\n{text}"),
        )

    return [fingerprint(tidied(article)) for article in batch]


@dataclass(slots=True)
class Collection:
    """Articles in a database of their own, all of one feed; without a time they are of `now`."""

    db: "Database"
    now: datetime
    feed_id: int = field(init=False)

    def __post_init__(self) -> None:
        """Make the one feed to which all articles belong."""
        from aggregator.storage import feeds

        feeds.sync(self.db, [FeedSource("archive:", "archive")], self.now)
        self.feed_id = feeds.all_feeds(self.db)[0].id

    def add(self, made: "Extracted", outlet: str) -> int:
        """Keep an article, and return its id; those of later ones are larger.

        Call inside `write()`.
        """
        from aggregator.storage import articles

        return articles.insert(self.db, made, self.feed_id, outlet, self.now)

    def placements(self) -> "Iterator[Placement]":
        """Where each article was put, in the order in which they were added."""
        return readers.placements(self.db)
