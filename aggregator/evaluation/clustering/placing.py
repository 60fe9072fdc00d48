"""Lets the pipeline's own clustering loose on a set, and says what stands together in the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from aggregator.evaluation.clustering.sets import Document
from aggregator.model import Article
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.collection import Collection, prepare
from aggregator.settings import ClusterSettings
from aggregator.storage.database import open_database

__all__ = ["Placed", "Placing", "hours", "in_order", "place"]

# When what has no date was published: all at one moment, since nothing is known of it.
_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)


class Placed(NamedTuple):
    """In which copy group and story an article ended up."""

    copies: int
    story: int


@dataclass(frozen=True, slots=True)
class Placing:
    """A stream to be clustered in a worker."""

    documents: tuple[Document, ...]
    settings: ClusterSettings


def place(job: Placing) -> tuple[Placed, ...]:
    """Cluster a stream in a database in memory; returns where each article was put, in order."""
    with open_database(":memory:") as db:
        collection = Collection(db, _MOMENT)
        with db.write():
            for document, made in zip(
                job.documents, prepare(_articles(job.documents)), strict=True
            ):
                collection.add(made, document.outlet)
        cluster(db, job.settings, now=_MOMENT, stop=lambda: False, tell=lambda _event: None)
        return tuple(Placed(row.copy_group_id, row.story_id) for row in collection.placements())


def _articles(documents: Iterable[Document]) -> list[Article]:
    return [
        Article(
            url=f"line:{document.id}",
            canonical_url=_tie(document),
            title=document.title,
            text=document.text,
            language=document.language,
            published_at=document.published_at,
        )
        for document in documents
    ]


def _tie(document: Document) -> str:
    """What orders articles of one moment: not as the set does, where groups stand together."""
    return f"line:{sha256(document.id.encode()).hexdigest()}"


def in_order(documents: Sequence[Document]) -> list[int]:
    """The places of the articles in the order of the stream, by time and else by chance."""
    return sorted(range(len(documents)), key=lambda at: (hours(documents[at]), _tie(documents[at])))


def hours(document: Document) -> float:
    """When an article came, in hours since some moment."""
    return ((document.published_at or _MOMENT) - _MOMENT) / timedelta(hours=1)
