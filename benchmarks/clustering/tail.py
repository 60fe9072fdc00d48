"""Brings the newest articles in by the pipeline's own functions, and times each step."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aggregator.pipeline import copying, joining, relating, tracing
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, clusters, fingerprints, texts
from aggregator.storage.articles import Extracted
from aggregator.storage.candidates import candidates
from aggregator.storage.clusters import ClusterItem
from aggregator.storage.database import Database
from benchmarks.clustering.stream import Planted

__all__ = ["STEPS", "Spent", "bring", "cluster"]

STEPS: Final = ("signature", "keeping", "candidates", "verification", "groups", "stories", "traces")
_AT_ONCE: Final = 200


@dataclass(slots=True)
class Spent:
    """Seconds of CPU by step, and how many articles went through."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.0))
    articles: int = 0

    def micros(self, step: str) -> float:
        """Microseconds of CPU an article."""
        return 1e6 * self.seconds[step] / max(1, self.articles)

    @property
    def total(self) -> float:
        """Microseconds of CPU an article, all steps."""
        return sum(map(self.micros, STEPS))

    @contextmanager
    def on(self, step: str) -> Iterator[None]:
        """Count what is done inside."""
        began = time.process_time()
        yield
        self.seconds[step] += time.process_time() - began


def bring(
    db: Database, planted: Sequence[Planted], now: datetime, settings: ClusterSettings
) -> Spent:
    """Fingerprint, keep and cluster articles in batches of 200; says what it took."""
    spent = Spent(articles=len(planted))
    with spent.on("signature"):
        made = [fingerprint(each.article) for each in planted]
    for start in range(0, len(planted), _AT_ONCE):
        batch = zip(planted[start : start + _AT_ONCE], made[start : start + _AT_ONCE], strict=True)
        with spent.on("keeping"):
            keep(db, batch, now)
            fingerprints.index(db, _AT_ONCE)
        cluster(db, now, settings, spent)
    return spent


def keep(db: Database, batch: Iterable[tuple[Planted, Extracted]], now: datetime) -> None:
    """Keep articles that nobody clustered yet."""
    with db.write():
        for planted, extracted in batch:
            articles.insert(db, extracted, 1, planted.outlet, now)


def cluster(db: Database, now: datetime, settings: ClusterSettings, spent: Spent) -> None:
    """What `pipeline.cluster` does to a batch, step by step."""
    with db.write():
        batch = clusters.unclustered(db, _AT_ONCE, 10**9)
        ids = [item.id for item in batch]
        with spent.on("stories"):
            relating.learn_terms(db, batch)
        with spent.on("candidates"):
            joined = copying.place(db, batch, settings)
        _link(db, batch, settings, spent)
        with spent.on("groups"):
            touched = copying.regroup(db, [*ids, *joined], settings, now)
        with spent.on("stories"):
            joining.find_stories(db, touched, settings, now)
        with spent.on("traces"):
            tracing.trace(db, ids)
        clusters.mark_clustered(db, ids)


def _link(
    db: Database, batch: Sequence[ClusterItem], settings: ClusterSettings, spent: Spent
) -> None:
    """Candidates are looked up twice, to know what that takes; the second time counts for both."""
    window = timedelta(hours=settings.copy_window)
    looked = Spent()
    with spent.on("candidates"), looked.on("candidates"):
        for item in batch:
            candidates(db, item, per_key=settings.candidates_per_band, window=window)
    with spent.on("verification"):
        texts.add_links(db, copying.links(db, batch, settings))
    spent.seconds["verification"] -= looked.seconds["candidates"]
