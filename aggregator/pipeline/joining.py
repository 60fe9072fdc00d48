"""From copy groups to stories: each group joins the story it is most like, or founds its own."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from aggregator.core import stories
from aggregator.core.stories import TermFrequencies
from aggregator.model import StoryDocument, StoryLink
from aggregator.settings import ClusterSettings
from aggregator.storage import stories as kept_stories
from aggregator.storage.clusters import ClusterItem
from aggregator.storage.database import Database

__all__ = ["find_stories", "learn_terms"]


def learn_terms(db: Database, batch: Iterable[ClusterItem]) -> None:
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


def find_stories(db: Database, group_ids: Sequence[int], settings: ClusterSettings) -> None:
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
