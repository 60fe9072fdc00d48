"""From likenesses to stories: what a new or changed group may change is formed anew, ids kept.

Only the stories of such groups and those that they are much like are formed anew, so that a
newcomer costs a bounded amount; a large story's old groups are taken for one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aggregator.core import across, identity, story_forming
from aggregator.core.decisions import Bounds
from aggregator.core.stories import shared_terms
from aggregator.model import Constraints, StoryEvidence, StoryLink, StoryText
from aggregator.pipeline.relating import relate
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters, decisions, story_texts
from aggregator.storage import stories as kept
from aggregator.storage.database import Database
from aggregator.storage.stories import Placed

__all__ = ["find_stories"]

_LARGE: Final = 200
"""Of a story with more copy groups those that did not change are taken for one."""

_NEAR: Final = 0.5
"""A story is formed anew with a group that is at least this part of alike enough, on average."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is formed anew: groups in canonical order, some of which stand for many."""

    nodes: tuple[Placed, ...]
    sizes: Mapping[int, int]
    node_of: Mapping[int, int]
    links: tuple[StoryLink, ...]

    def behind(self, node: int) -> list[int]:
        """The groups that a node stands for."""
        if self.sizes[node] == 1:
            return [node]
        return [each for each, stands in self.node_of.items() if stands == node]


def find_stories(
    db: Database, group_ids: Sequence[int], settings: ClusterSettings, now: datetime
) -> None:
    """Bring the likenesses of new, changed and moved groups up to date, and form their stories.

    What editors decided outranks likeness.
    """
    looked_at = relate(db, group_ids, settings)
    wanted = decisions.of_groups(db)
    scope = _scope(db, looked_at, Bounds.of(wanted), settings.story_likeness)
    formed = _formed(scope, wanted, settings.story_likeness)
    moved = _keep(db, scope, formed, now)
    _explain(db, scope, formed)
    _explain_left(db, moved)
    changed = {story for both in moved.values() for story in both if story is not None}
    decisions.go_along(db, changed)
    kept.recount(db, {*changed, *kept.of_groups(db, group_ids).values()})


# --- what is formed anew ---------------------------------------------------------------------


def _scope(db: Database, group_ids: Iterable[int], bounds: Bounds, threshold: float) -> _Scope:
    touched = {mate for each in group_ids for mate in bounds.mates(each)}
    links = story_texts.links_of(db, touched)
    story_of = kept.of_groups(db, {*touched, *(end for each in links for end in (each.a, each.b))})
    stories = {story_of[each] for each in touched if each in story_of}
    stories |= _much_like(db, touched, links, story_of, threshold)
    large = {each for each, size in kept.sizes(db, stories).items() if size > _LARGE}
    single = touched | {each for story in stories - large for each in kept.groups_of(db, story)}
    node_of = {each: each for each in single}
    sizes = dict.fromkeys(single, 1)
    for story in sorted(large):
        old = [each for each in kept.groups_of(db, story) if each not in single]
        if old:
            node_of.update(dict.fromkeys(old, old[0]))
            sizes[old[0]] = len(old)
    nodes = tuple(kept.placed(db, sizes))
    sizes = {each.id: sizes[each.id] for each in nodes}
    found = {*links, *story_texts.among(db, single)}
    return _Scope(nodes, sizes, node_of, tuple(found))


def _much_like(
    db: Database,
    touched: AbstractSet[int],
    links: Iterable[StoryLink],
    story_of: Mapping[int, int],
    threshold: float,
) -> set[int]:
    """The stories that may gain, lose or merge by what changed."""
    sums: dict[tuple[int, int], float] = defaultdict(float)
    for link in links:
        for one, other in ((link.a, link.b), (link.b, link.a)):
            if one in touched and other in story_of:
                sums[one, story_of[other]] += link.likeness
    sizes = kept.sizes(db, {story for _, story in sums})
    return {
        story
        for (_, story), total in sums.items()
        if total >= _NEAR * threshold * min(sizes[story], story_forming.MOST_AVERAGED)
    }


def _formed(scope: _Scope, wanted: Constraints, threshold: float) -> list[frozenset[int]]:
    """The stories, of nodes; by rank, so that ties are not decided by who was fetched first."""
    rank = {each.id: place for place, each in enumerate(scope.nodes)}
    place = {each: rank[node] for each, node in scope.node_of.items() if node in rank}
    sums: dict[tuple[int, int], float] = defaultdict(float)
    for link in scope.links:
        if link.a in place and link.b in place and place[link.a] != place[link.b]:
            sums[_pair(place[link.a], place[link.b])] += link.likeness
    formed = story_forming.form(
        {rank[each]: size for each, size in scope.sizes.items()},
        [StoryLink(*pair, total) for pair, total in sorted(sums.items())],
        Constraints(_placed(wanted.together, place), _placed(wanted.apart, place)),
        threshold,
    )
    return [frozenset(scope.nodes[each].id for each in story) for story in formed]


def _placed(
    pairs: Iterable[tuple[int, int]], place: Mapping[int, int]
) -> frozenset[tuple[int, int]]:
    known = ((place[a], place[b]) for a, b in pairs if a in place and b in place)
    return frozenset(_pair(a, b) for a, b in known if a != b)


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


# --- what is kept of it ----------------------------------------------------------------------


def _keep(
    db: Database, scope: _Scope, formed: Sequence[frozenset[int]], now: datetime
) -> dict[int, tuple[int | None, int]]:
    """Give the stories the ids that they had, and put the groups there.

    Returns of each group that moved the story that it left, if any, and the one that it joined.
    """
    former = {each.id: each.story_id for each in scope.nodes}
    previous = {each: story for each, story in former.items() if story is not None}
    identities = identity.keep_ids(formed, previous, _weights(db, scope))
    moved: dict[int, tuple[int | None, int]] = {}
    for story in identities.groups:
        story_id = kept.new_story(db) if story.id is None else story.id
        for node in sorted(story.members):
            if former[node] != story_id:
                moved |= dict.fromkeys(scope.behind(node), (former[node], story_id))
    for each, (_, story_id) in sorted(moved.items()):
        kept.place(db, each, story_id)
    clusters.redirect(db, "story", identities.redirects, now)
    return moved


def _weights(db: Database, scope: _Scope) -> dict[int, int]:
    """How many articles each node stands for."""
    return {
        each.id: each.articles
        if scope.sizes[each.id] == 1
        else kept.article_count(db, scope.behind(each.id))
        for each in scope.nodes
    }


def _explain(db: Database, scope: _Scope, formed: Iterable[frozenset[int]]) -> None:
    """Keep of each group which other of its story it is most like, where that changed."""
    place_of = {node: place for place, story in enumerate(formed) for node in story}
    story_of = {each: place_of[node] for each, node in scope.node_of.items() if node in place_of}
    best = _likest(scope.links, story_of)
    lone = {each for story in formed if len(story) == 1 for each in story if scope.sizes[each] == 1}
    reasons = {
        each.id: reason
        for each in scope.nodes
        if scope.sizes[each.id] == 1
        and _differs(each, reason := None if each.id in lone else _reason(each.id, best))
    }
    kept.explain(db, _with_terms(db, reasons))


def _explain_left(db: Database, moved: Iterable[int]) -> None:
    """The same of those in large stories that were most like one that is elsewhere now."""
    left = kept.without_partner(db, moved)
    links = story_texts.links_of(db, left)
    story_of = kept.of_groups(db, {end for link in links for end in (link.a, link.b)})
    best = _likest(links, story_of)
    kept.explain(db, _with_terms(db, {each: _reason(each, best) for each in left}))


def _likest(links: Iterable[StoryLink], story_of: Mapping[int, int]) -> dict[int, StoryLink]:
    """Of each group the strongest link to another one in its story."""
    best: dict[int, StoryLink] = {}
    for link in sorted(links, key=lambda each: (-each.likeness, each.a, each.b)):
        if link.a in story_of and story_of[link.a] == story_of.get(link.b):
            best.setdefault(link.a, link)
            best.setdefault(link.b, link)
    return best


def _reason(group_id: int, best: Mapping[int, StoryLink]) -> StoryEvidence:
    if group_id not in best:
        return StoryEvidence("decision")
    link = best[group_id]
    return StoryEvidence("terms", link.b if link.a == group_id else link.a, link.likeness)


def _differs(kept_as: Placed, reason: StoryEvidence | None) -> bool:
    now = (None, None, None) if reason is None else (reason.rule, reason.partner, reason.likeness)
    return now != (kept_as.rule, kept_as.partner, kept_as.likeness)


def _with_terms(
    db: Database, reasons: Mapping[int, StoryEvidence | None]
) -> dict[int, StoryEvidence | None]:
    """The evidence with the terms that both texts share."""
    pairs = {each: reason.partner for each, reason in reasons.items() if reason and reason.partner}
    texts = story_texts.texts(db, {*pairs, *pairs.values()})
    terms = {each: _shared(texts[each], texts[partner]) for each, partner in pairs.items()}
    return {
        each: replace(reason, shared=terms[each]) if reason and each in terms else reason
        for each, reason in reasons.items()
    }


def _shared(own: StoryText, partner: StoryText) -> tuple[str, ...]:
    is_across = across.are_of_two_languages(own, partner)
    return across.shared_roots(own, partner) if is_across else shared_terms(own, partner)
