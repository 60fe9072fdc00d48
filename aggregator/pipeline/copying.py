"""From new articles to copy groups: candidates → verify → group, with ids that stay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from aggregator.core import copies, grouping, identity
from aggregator.core.copies import Prepared
from aggregator.core.decisions import Groups, connected, settled
from aggregator.model import Constraints, CopyLink, Decision
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters as kept
from aggregator.storage import decisions
from aggregator.storage import stories as kept_stories
from aggregator.storage.clusters import ClusterItem
from aggregator.storage.database import Database

__all__ = ["links", "regroup"]


def links(db: Database, batch: Sequence[ClusterItem], settings: ClusterSettings) -> list[CopyLink]:
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


def regroup(db: Database, ids: Sequence[int], now: datetime) -> list[int]:
    """Form the groups anew of all that hangs together with `ids`; returns the groups' ids.

    What editors decided connects too, and outranks what links say.
    """
    decided = decisions.holding(db)
    found = _hanging_together(db, ids, decided)
    rank = {article: place for place, article in enumerate(found.groups)}
    article = list(found.groups)
    groups = settled(partial(_formed, found, rank), decided, article)
    previous = {rank[each]: group for each, group in found.groups.items() if group is not None}
    ranked = [frozenset(rank[each] for each in group) for group in groups]
    identities = identity.keep_ids(sorted(ranked, key=min), previous)
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


def _hanging_together(
    db: Database, ids: Sequence[int], decided: Sequence[Decision]
) -> kept.Component:
    """All that links, groups and decisions connect with `ids`, but what waits to be clustered."""
    found = kept.component(db, ids)
    while more := connected(decided, found.groups) - found.groups.keys():
        clustered = decisions.clustered(db, more)
        if not clustered:
            break
        found = kept.component(db, [*found.groups, *clustered])
    return found


def _formed(found: kept.Component, rank: Mapping[int, int], wanted: Constraints) -> Groups:
    """Groups of articles, formed by rank, so that ties are not decided by who was fetched first."""
    article = list(found.groups)
    links = [_ordered(replace(link, a=rank[link.a], b=rank[link.b])) for link in found.links]
    together, apart = (
        frozenset(_pair(rank[a], rank[b]) for a, b in pairs)
        for pairs in (wanted.together, wanted.apart)
    )
    formed = grouping.groups(rank.values(), links, Constraints(together, apart))
    return tuple(frozenset(article[each] for each in group) for group in formed)


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


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
