"""From new articles to copy groups and stories: candidates → verify → group → story.

A batch of articles is clustered in one transaction, so that a crash leaves either all of it or
nothing; within the batch everything happens in canonical order (time of publication, then URL),
so that it does not matter in which order the articles were fetched.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from aggregator.core.profile import PROFILE
from aggregator.pipeline.copying import links, place, regroup
from aggregator.pipeline.events import BatchDone, Listener, StepBegun
from aggregator.pipeline.joining import find_stories
from aggregator.pipeline.relating import learn_terms
from aggregator.pipeline.tracing import trace, trace_left
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters as kept
from aggregator.storage.clusters import ClusterItem
from aggregator.storage.database import Database
from aggregator.storage.fingerprints import index, require_profile
from aggregator.storage.texts import add_links

__all__ = ["batches", "cluster"]

_BATCH: Final = 200
# Twice what 200 reports have: long texts make smaller batches, between which a run can be stopped.
_BATCH_LETTERS: Final = 2_000_000
# More write fewer pages an article, and hold the lock for longer: this takes about a second.
_INDEXED_AT_ONCE: Final = 10_000


def cluster(
    db: Database,
    settings: ClusterSettings,
    *,
    now: datetime,
    stop: Callable[[], bool],
    tell: Listener,
) -> int:
    """Put every unclustered article into a copy group and a story; returns how many."""
    tell(StepBegun("cluster", kept.unclustered_count(db)))
    done = 0
    clustering = batches(db, settings, now)
    while not stop() and (count := next(clustering, None)) is not None:
        done += count
        tell(BatchDone(count))
    return done


def batches(db: Database, settings: ClusterSettings, now: datetime) -> Iterator[int]:
    """Cluster batch by batch; yields after each, as soon as it is kept, how many it held.

    Raises ProfileMismatch where articles have fingerprints that another program made: what is
    compared with them would be missed, and nobody would see it.
    """
    require_profile(db, PROFILE)
    while True:
        while index(db, _INDEXED_AT_ONCE):
            yield 0
        with db.write():
            batch = kept.unclustered(db, _BATCH, _BATCH_LETTERS)
            if batch:
                _cluster_batch(db, batch, settings, now)
        if not batch:
            break
        yield len(batch)
    while trace_left(db):
        yield 0


def _cluster_batch(
    db: Database, batch: Sequence[ClusterItem], settings: ClusterSettings, now: datetime
) -> None:
    learn_terms(db, batch)
    joined = place(db, batch, settings)
    add_links(db, links(db, batch, settings))
    touched = regroup(db, [*(item.id for item in batch), *joined], settings, now)
    find_stories(db, touched, settings, now)
    trace(db, [item.id for item in batch])
    kept.mark_clustered(db, [item.id for item in batch])
