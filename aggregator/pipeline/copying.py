"""From new articles to copy groups: candidates → verify → group, with ids that stay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, pairwise
from typing import Final

from aggregator.core import copies, grouping
from aggregator.core.copies import Prepared
from aggregator.core.decisions import Groups, articles_in, connected, settled
from aggregator.core.identity import Identities, keep_ids
from aggregator.core.profile import require_one
from aggregator.model import Constraints, CopyLink, Decision
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters as kept
from aggregator.storage import decisions, texts
from aggregator.storage import stories as kept_stories
from aggregator.storage.candidates import candidates, lend_for
from aggregator.storage.clusters import ClusterItem, Component, Stray
from aggregator.storage.database import Database

__all__ = ["compare", "links", "place", "regroup"]

# Ready to be compared some 1,300 reports, or 100 MB; what a batch is compared with may be more.
_MOST_LETTERS: Final = 4_000_000


def place(db: Database, batch: Sequence[ClusterItem], settings: ClusterSettings) -> list[int]:
    """Put what has the very same words behind one article; returns what no longer stands for all.

    What editors decided on is a text of its own, so that it can go its own way.
    """
    window = timedelta(hours=settings.copy_window)
    alone = articles_in(decisions.holding(db))
    lent = texts.lend_for(db, batch, window)
    return [each for item in batch for each in texts.place(db, item, window, alone, lent)]


def links(db: Database, batch: Sequence[ClusterItem], settings: ClusterSettings) -> list[CopyLink]:
    """Look up candidates by shared keys and verify each pair exactly, once."""
    window = timedelta(hours=settings.copy_window)
    lent = lend_for(db, batch, window)
    find = partial(candidates, db, per_key=settings.candidates_per_band, window=window, lent=lent)
    at_hand = _AtHand(db)
    verified: set[tuple[int, int]] = set()
    found = []
    for item in batch:
        near = find(item)
        at_hand.fetch([item.id, *near] if near else [])
        for other in near:
            a, b = min(item.id, other), max(item.id, other)
            if (a, b) not in verified:
                verified.add((a, b))
                found.append(at_hand.verify(a, b, settings))
    return [link for link in found if link is not None]


@dataclass(slots=True)
class _AtHand:
    """Articles that were made ready to be compared, and which one stands for the text of each."""

    db: Database
    letters: int = 0
    prepared: dict[int, Prepared] = field(default_factory=dict)
    profile: dict[int, str] = field(default_factory=dict)
    head: dict[int, int] = field(default_factory=dict)

    def fetch(self, ids: Iterable[int]) -> None:
        """Have these at hand; of others only as many as take little room."""
        if self.letters > _MOST_LETTERS:
            self.prepared.clear()
            self.letters = 0
        missing = set(ids) - self.prepared.keys()
        self.head |= texts.stand_for(self.db, missing)
        for item in kept.items(self.db, missing):
            self.prepared[item.id] = _prepare(item)
            self.profile[item.id] = item.profile
            self.letters += len(item.lead) + len(item.text)

    def verify(self, a: int, b: int, settings: ClusterSettings) -> CopyLink | None:
        """The link between the texts of two that are at hand; raises ProfileMismatch."""
        require_one(self.profile[a], self.profile[b])
        link = copies.verify(a, self.prepared[a], b, self.prepared[b], settings)
        return None if link is None else link.between(self.head[a], self.head[b])


def _prepare(item: ClusterItem) -> Prepared:
    return copies.prepare(item.title, item.lead, item.text, item.outlet)


def compare(db: Database, ids: Iterable[int], settings: ClusterSettings) -> list[int]:
    """Place articles and keep their links, as if they were new; returns what hangs on it."""
    batch = kept.items(db, ids)
    joined = place(db, batch, settings)
    texts.add_links(db, links(db, batch, settings))
    return [*(item.id for item in batch), *joined]


def regroup(
    db: Database, ids: Sequence[int], settings: ClusterSettings, now: datetime
) -> list[int]:
    """Form the groups anew of all that hangs together with `ids`; returns the groups' ids.

    What editors decided connects too, and outranks what links say. Of a story that lost a group
    altogether one that is left is among those returned, since without it the rest may part.
    """
    decided = decisions.holding(db)
    parted = texts.stand_alone(db, articles_in(decided))
    if parted:
        ids = [*ids, *compare(db, decisions.clustered(db, parted), settings)]
    found = _hanging_together(db, ids, decided)
    whole = kept.cut_off(db, found)
    groups = settled(partial(_formed, found, whole), decided, found.groups)
    identities = _identities(found, groups)
    every = (*found.groups.values(), *(stray.group for stray in found.strays))
    former = {group for group in every if group is not None}
    former_stories = kept_stories.of_groups(db, former)
    formed = set()
    for group, kept_as in zip(groups, identities.groups, strict=True):
        group_id = kept.new_group(db) if kept_as.id is None else kept_as.id
        kept.settle(db, found, group, group_id)
        formed.add(group_id)
    touched = former | formed
    kept.move_rest(db, identities.redirects)
    kept.redirect(db, "copy_group", identities.redirects, now)
    _redirect_stories(db, identities.redirects, former_stories, now)
    kept.recount(db, sorted(touched))
    kept_stories.recount(db, former_stories.values())
    bereft = {former_stories[each] for each in former_stories.keys() - formed}
    return sorted(touched.union(kept_stories.one_group_each(db, bereft)))


def _hanging_together(
    db: Database, ids: Sequence[int], decided: Sequence[Decision]
) -> kept.Component:
    """All that links, groups and decisions connect with `ids`, but what waits to be clustered."""
    start = list(ids)
    found = kept.component(db, start)
    while more := connected(decided, found.groups) - found.groups.keys():
        clustered = decisions.clustered(db, more)
        if not clustered:
            break
        start += clustered
        found = kept.component(db, start)
    return found


def _formed(found: Component, whole: Iterable[Iterable[int]], wanted: Constraints) -> Groups:
    """The groups of a component's texts, in canonical order.

    Found by rank instead of id, so that ties are not decided by who was fetched first. Groups of
    which only a part was looked at stay whole, unless editors want to have them parted.
    """
    text = found.by_content
    rank = {each: place for place, each in enumerate(text)}
    links = [link.between(rank[link.a], rank[link.b]) for link in found.links]
    parted = frozenset(chain.from_iterable(wanted.apart))
    kept_whole = (sorted(ids) for ids in whole if parted.isdisjoint(ids))
    together = {*wanted.together, *chain.from_iterable(map(pairwise, kept_whole))}
    ranked = Constraints(_by_rank(rank, together), _by_rank(rank, wanted.apart))
    sizes = {rank[each]: size for each, size in found.sizes.items()}
    groups = grouping.groups(rank.values(), links, ranked, sizes)
    first = {each: place for place, each in enumerate(found.groups)}
    named = (frozenset(text[each] for each in group) for group in groups)
    return tuple(sorted(named, key=lambda group: min(first[each] for each in group)))


def _by_rank(
    rank: Mapping[int, int], pairs: Iterable[tuple[int, int]]
) -> frozenset[tuple[int, int]]:
    ranked = ((rank[a], rank[b]) for a, b in pairs)
    return frozenset((min(pair), max(pair)) for pair in ranked)


def _identities(found: Component, groups: Sequence[frozenset[int]]) -> Identities:
    """Which groups keep which ids; articles of one text that come from several groups all count."""
    strays: dict[int, list[Stray]] = defaultdict(list)
    for stray in found.strays:
        strays[stray.text].append(stray)
    previous: dict[int, int] = {}
    sizes: dict[int, int] = {}
    parts: dict[int, list[int]] = {}
    for text, former in found.groups.items():
        gone = sum(stray.size for stray in strays[text])
        every = [(former, found.sizes[text] - gone), *((s.group, s.size) for s in strays[text])]
        parts[text] = list(range(len(sizes), len(sizes) + len(every)))
        for part, (group, size) in zip(parts[text], every, strict=True):
            sizes[part] = size
            if group is not None:
                previous[part] = group
    found_parts = [frozenset(part for text in group for part in parts[text]) for group in groups]
    return keep_ids(found_parts, previous, sizes)


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
