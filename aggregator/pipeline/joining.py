"""From copy groups to stories: each group joins the story it is most like, or founds its own."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from aggregator.core import identity, stories
from aggregator.core.decisions import Bounds
from aggregator.core.stories import TermFrequencies
from aggregator.model import StoryDocument, StoryLink
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters, decisions
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


def find_stories(
    db: Database,
    group_ids: Sequence[int],
    settings: ClusterSettings,
    now: datetime,
    *,
    anew: bool = False,
) -> None:
    """Let each group that has no story join the one it is most like, or found its own.

    What editors decided outranks likeness. Stories that contradict it are formed anew; `anew` forms
    all those anew that the groups, or what must be with them, are in.
    """
    bounds = Bounds.of(decisions.of_groups(db))
    mates = {mate for each in group_ids for mate in bounds.mates(each)}
    story_of = kept_stories.of_groups(db, mates)
    changed = set(story_of.values())
    loose = changed if anew else _contradicting(db, group_ids, story_of, bounds)
    former = {group: story for story in loose for group in kept_stories.groups_of(db, story)}
    newest = kept_stories.newest(db)
    kept_stories.loosen(db, former)
    for group_id in kept_stories.groups_without_story(db, {*group_ids, *former}):
        changed.add(_join(db, group_id, settings, bounds))
    changed |= _keep_ids(db, former, newest, now)
    kept_stories.recount(db, changed)


def _contradicting(
    db: Database, group_ids: Iterable[int], story_of: Mapping[int, int], bounds: Bounds
) -> set[int]:
    """The stories that have apart what must be together, or together what must be apart."""
    found: set[int] = set()
    for each in group_ids:
        stories = {story_of[mate] for mate in bounds.mates(each) if mate in story_of}
        if len(stories) > 1:
            found |= stories
        elif foes := bounds.foes(each):
            found |= {s for s in stories if foes & set(kept_stories.groups_of(db, s))}
    return found


def _join(db: Database, group_id: int, settings: ClusterSettings, bounds: Bounds) -> int:
    """Put a group where editors want it, else where likeness does; returns its story."""
    decided = kept_stories.of_groups(db, bounds.mates(group_id))
    link = None
    if decided:
        story_id = min(decided.values())
    else:
        shut = set(kept_stories.of_groups(db, bounds.foes(group_id)).values())
        link = _most_like(db, group_id, settings, shut)
        story_id = kept_stories.new_story(db) if link is None else link.story_id
    kept_stories.join(db, group_id, story_id, link)
    return story_id


def _keep_ids(db: Database, former: Mapping[int, int], newest: int, now: datetime) -> set[int]:
    """Give stories that were formed anew the ids that they had; returns the ids concerned.

    `former` maps groups to the stories they were in; ids up to `newest` were there before.
    """
    if not former:
        return set()
    now_in = kept_stories.of_groups(db, former)
    parts = {story: kept_stories.members(db, story) for story in set(now_in.values())}
    previous = {
        article: former.get(group, story)
        for story, members in parts.items()
        for article, group in members.items()
        if group in former or story <= newest
    }
    groups_in = {story: set(members.values()) for story, members in parts.items()}
    story_with = {frozenset(members): story for story, members in parts.items()}
    identities = identity.keep_ids(sorted(story_with, key=min), previous)
    for each in identities.groups:
        if each.id is not None:
            kept_stories.put(db, groups_in[story_with[each.members]], each.id)
    clusters.redirect(db, "story", identities.redirects, now)
    return {*former.values(), *parts, *(each.id for each in identities.groups if each.id)}


def _most_like(
    db: Database, group_id: int, settings: ClusterSettings, shut: AbstractSet[int]
) -> StoryLink | None:
    """The story that a group is most like, none of those that are `shut` to it."""
    documents = kept_stories.documents(db, "copy_group_id", group_id)
    newest = max(document.published_at for document in documents)
    window = timedelta(hours=settings.story_window)
    keys = kept_stories.keys_of_group(db, group_id)
    opened = kept_stories.open_stories(db, keys, newest, window)
    found = {story: others for story, others in opened.items() if story not in shut}
    if not found:
        return None
    every = [*documents, *(each for story in found.values() for each in story)]
    return stories.assign(documents, found, _frequencies(db, every), settings)
