"""From new articles to copy groups and stories: candidates → verify → group → story.

A batch of articles is clustered in one transaction, so that a crash leaves either all of it or
nothing; within the batch everything happens in canonical order (time of publication, then URL),
so that it does not matter in which order the articles were fetched.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from aggregator.core import copies, stories
from aggregator.core.copies import Prepared
from aggregator.core.stories import TermFrequencies
from aggregator.model import CopyLink, StoryDocument, StoryLink
from aggregator.pipeline.events import BatchDone, Listener, StepBegun
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters as kept
from aggregator.storage import stories as kept_stories
from aggregator.storage.clusters import ClusterItem
from aggregator.storage.database import Database

__all__ = ["batches", "cluster"]

_BATCH: Final = 200
# Twice what 200 reports have: long texts make smaller batches, between which a run can be stopped.
_BATCH_LETTERS: Final = 2_000_000


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
    """Cluster batch by batch; yields after each, as soon as it is kept, how many it held."""
    while True:
        with db.write():
            batch = kept.unclustered(db, _BATCH, _BATCH_LETTERS)
            if batch:
                _cluster_batch(db, batch, settings, now)
        if not batch:
            return
        yield len(batch)


def _cluster_batch(
    db: Database, batch: Sequence[ClusterItem], settings: ClusterSettings, now: datetime
) -> None:
    _learn_terms(db, batch)
    kept.add_links(db, _links(db, batch, settings))
    touched = _regroup(db, [item.id for item in batch], now)
    _find_stories(db, touched, settings)
    kept.mark_clustered(db, [item.id for item in batch])


# --- copies ----------------------------------------------------------------------------------


def _links(db: Database, batch: Sequence[ClusterItem], settings: ClusterSettings) -> list[CopyLink]:
    """Look up candidates by shared keys and verify each pair exactly, once."""
    window = timedelta(hours=settings.copy_window)
    find = partial(kept.candidates, db, per_key=settings.candidates_per_band, window=window)
    pairs = {(min(item.id, other), max(item.id, other)) for item in batch for other in find(item)}
    needed = kept.items(db, {each for pair in pairs for each in pair})
    prepared = {item.id: _prepare(item) for item in needed}
    verified = (copies.verify(a, prepared[a], b, prepared[b], settings) for a, b in sorted(pairs))
    return [link for link in verified if link is not None]


def _prepare(item: ClusterItem) -> Prepared:
    return copies.prepare(item.title, item.lead, item.text, item.outlet)


def _regroup(db: Database, ids: Sequence[int], now: datetime) -> list[int]:
    """Form the groups anew of all that hangs together with `ids`; returns the groups' ids."""
    found = kept.component(db, ids)
    rank = {article: place for place, article in enumerate(found.groups)}
    article = list(found.groups)
    # By rank instead of id, so that ties are not decided by who was fetched first.
    links = (replace(link, a=rank[link.a], b=rank[link.b]) for link in found.links)
    groups = copies.groups(rank.values(), [_ordered(link) for link in links])
    previous = {rank[each]: group for each, group in found.groups.items() if group is not None}
    identities = copies.keep_ids(groups, previous)
    touched = set(previous.values())
    former_stories = kept_stories.of_groups(db, touched)
    for group in identities.groups:
        group_id = kept.new_group(db) if group.id is None else group.id
        kept.move(db, [article[each] for each in sorted(group.members)], group_id)
        touched.add(group_id)
    kept.redirect(db, "copy_group", identities.redirects, now)
    _redirect_stories(db, identities.redirects, former_stories, now)
    kept.recount(db, sorted(touched))
    kept_stories.recount(db, former_stories.values())
    return sorted(touched)


def _ordered(link: CopyLink) -> CopyLink:
    return link if link.a < link.b else replace(link, a=link.b, b=link.a)


def _redirect_stories(
    db: Database, merged: Mapping[int, int], story_of: Mapping[int, int], now: datetime
) -> None:
    """Where a story lost its last group to a merge, let its id lead to where the group went."""
    for old, new in sorted(merged.items()):
        left, joined = story_of.get(old), story_of.get(new)
        if left is not None and joined is not None and left != joined:
            others = {g for g in kept_stories.groups_of(db, left) if g not in merged}
            if not others:
                kept.redirect(db, "story", {left: joined}, now)


# --- stories ---------------------------------------------------------------------------------


def _learn_terms(db: Database, batch: Iterable[ClusterItem]) -> None:
    """Count the terms of articles never seen before, then keep the story keys of all."""
    for item in batch:
        if item.copy_group_id is None:
            kept_stories.count_terms(db, item.language, item.terms)
    for item in batch:
        document = StoryDocument(item.id, item.language, item.ordered_at, item.terms)
        known = _frequencies(db, [document])
        kept_stories.add_keys(db, item.id, stories.keys(document, known))


def _frequencies(db: Database, documents: Sequence[StoryDocument]) -> TermFrequencies:
    """How common the terms of documents of one language are."""
    terms = {term for document in documents for term in document.terms}
    total, counts = kept_stories.frequencies(db, documents[0].language, terms)
    return TermFrequencies(total, counts)


def _find_stories(db: Database, group_ids: Sequence[int], settings: ClusterSettings) -> None:
    """Let each group that has no story join the one it is most like, or found its own."""
    changed = set(kept_stories.of_groups(db, group_ids).values())
    for group_id in kept_stories.groups_without_story(db, group_ids):
        link = _most_like(db, group_id, settings)
        story_id = kept_stories.new_story(db) if link is None else link.story_id
        kept_stories.join(db, group_id, story_id, link)
        changed.add(story_id)
    kept_stories.recount(db, changed)


def _most_like(db: Database, group_id: int, settings: ClusterSettings) -> StoryLink | None:
    documents = kept_stories.documents(db, "copy_group_id", group_id)
    newest = max(document.published_at for document in documents)
    window = timedelta(hours=settings.story_window)
    keys = kept_stories.keys_of_group(db, group_id)
    found = kept_stories.open_stories(db, keys, newest, window)
    if not found:
        return None
    every = [*documents, *(each for story in found.values() for each in story)]
    return stories.assign(documents, found, _frequencies(db, every), settings)
