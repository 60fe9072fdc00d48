"""Why an article stands where it stands, and why two stand apart: told by what decides it.

All scores are computed anew by the functions that clustering uses, on what is kept now. Where
articles were clustered with other settings or another program, what is kept may differ from it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aggregator.core import copies, provenance
from aggregator.core.copies import Comparison, Prepared
from aggregator.core.passages import Passage, SharedPassage, passages, shared
from aggregator.core.profile import key_kind, words_key
from aggregator.core.reasons import Candidates, Fact
from aggregator.core.shingles import body
from aggregator.errors import NotFound
from aggregator.pipeline.why_stories import StoryPair, compare
from aggregator.settings import ClusterSettings
from aggregator.storage import clusters, decisions, readers
from aggregator.storage import copies as kept_copies
from aggregator.storage import provenance as kept_provenance
from aggregator.storage.candidates import candidates
from aggregator.storage.clusters import ClusterItem
from aggregator.storage.copies import CopyMember
from aggregator.storage.database import Database
from aggregator.storage.decisions import Listed
from aggregator.storage.readers import StoryRow

__all__ = [
    "CopiesWhy",
    "Match",
    "Named",
    "Pair",
    "StoryWhy",
    "Why",
    "article",
    "pair",
]

_PASSAGES: Final = 5


@dataclass(frozen=True, slots=True)
class Named:
    """An article as it is spoken of; `published_at` is when it was first seen if nobody says."""

    id: int
    title: str
    outlet: str
    language: str | None
    published_at: datetime
    words: int
    copy_group_id: int | None
    story_id: int | None


@dataclass(frozen=True, slots=True)
class Match:
    """How an article and `other` compare: by today's rules, and by the rule that is kept.

    `shared` are the longest passages that both have, as the article has them; `is_shorter` says
    that the article has no more words than the other.
    """

    other: Named
    is_shorter: bool
    kept_rule: str | None
    comparison: Comparison
    shared: tuple[SharedPassage, ...]


@dataclass(frozen=True, slots=True)
class CopiesWhy:
    """Why an article is in its copy group, of so many articles.

    `member` has its figures and `match` its best match; both are None where it is alone. `added`
    are the longest passages that no copy before it has, `cut` the longest of the reference text
    that it left out.
    """

    copy_group_id: int | None
    article_count: int
    member: CopyMember | None
    match: Match | None
    added: tuple[Passage, ...]
    cut: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class StoryWhy:
    """Why an article's copy group is in its story; `partner` stands for the text it is most like.

    `rule` is "terms" where that is why, "decision" where only what editors decided is, and None
    where there is no other text in the story.
    """

    story: StoryRow
    rule: str | None
    partner: Named | None
    likeness: float | None
    shared_terms: tuple[str, ...]

    @property
    def fact(self) -> Fact | None:
        """What there is to say where no partner is to be named."""
        if self.rule == "decision":
            return "decided"
        if self.story.copy_group_count == 1:
            return "lonely"
        return "forgotten" if self.partner is None else None


@dataclass(frozen=True, slots=True)
class Why:
    """Why one article stands where it stands; `decisions` are those that speak of it.

    `story` is None for an article that waits to be clustered.
    """

    article: Named
    copies: CopiesWhy
    story: StoryWhy | None
    decisions: tuple[Listed, ...]

    @property
    def copies_fact(self) -> Fact | None:
        """What there is to say of its copy group where it has no match in it."""
        kinds = {(each.kind, each.level) for each in self.decisions}
        if self.copies.copy_group_id is None:
            return "waits"
        if self.copies.article_count == 1:
            return "parted" if "apart" in {kind for kind, _ in kinds} else "alone"
        if self.copies.match is None and ("together", "copies") in kinds:
            return "decided"
        return None

    @property
    def counterpart(self) -> int | None:
        """The article to compare it with: its best match, else one that a decision names too."""
        if self.copies.match is not None:
            return self.copies.match.other.id
        own = self.article.id
        for each in self.decisions:
            across = each.others if each.others and own in each.articles else each.articles
            for other in across:
                if other != own:
                    return other
        return None


@dataclass(frozen=True, slots=True)
class Pair:
    """Why two articles are together or apart: as copies, and in their stories.

    `instead` are the matches by which each is in its group, where the two are not linked in one.
    `stories` is how alike their texts are as reports; None for copies, and before both are placed.
    """

    article: Named
    other: Named
    candidates: Candidates
    match: Match
    instead: tuple[Match | None, Match | None]
    stories: StoryPair | None
    decisions: tuple[Listed, ...]

    @property
    def are_copies(self) -> bool:
        """Whether both are in one copy group."""
        return self.article.copy_group_id == self.other.copy_group_id is not None

    @property
    def are_one_story(self) -> bool:
        """Whether both are in one story."""
        return self.article.story_id == self.other.story_id is not None


def article(db: Database, article_id: int, settings: ClusterSettings) -> Why:
    """Why an article is in its copy group and story; raises NotFound."""
    (item,) = _items(db, article_id)
    return Why(
        article=_named(db, item),
        copies=_copies(db, item, settings),
        story=_story(db, item),
        decisions=decisions.of_article(db, item.id),
    )


def pair(db: Database, article_id: int, other_id: int, settings: ClusterSettings) -> Pair:
    """Why two articles are together or not, at each level; raises NotFound."""
    item, other = _items(db, article_id, other_id)
    match = _match(db, item, other, settings)
    apart = item.copy_group_id != other.copy_group_id or match.kept_rule is None
    instead = tuple(_best(db, each, settings) if apart else None for each in (item, other))
    return Pair(
        article=_named(db, item),
        other=match.other,
        candidates=_candidates(db, item, other, settings),
        match=match,
        instead=(instead[0], instead[1]),
        stories=_stories(db, item, other, settings),
        decisions=decisions.of_two(db, item.id, other.id),
    )


def _items(db: Database, *ids: int) -> list[ClusterItem]:
    found = {item.id: item for item in clusters.items(db, set(ids))}
    for each in ids:
        if each not in found:
            message = f"there is no article {each} in {db.path}"
            raise NotFound(message)
    return [found[each] for each in ids]


def _named(db: Database, item: ClusterItem) -> Named:
    story: int | None = db.value("SELECT story_id FROM articles WHERE id = ?", (item.id,))
    return Named(
        id=item.id,
        title=item.title,
        outlet=item.outlet,
        language=item.language,
        published_at=item.ordered_at,
        words=len(_prepared(item).words),
        copy_group_id=item.copy_group_id,
        story_id=story,
    )


def _prepared(item: ClusterItem) -> Prepared:
    return copies.prepare(item.title, item.lead, item.text, item.outlet)


# --- copies ----------------------------------------------------------------------------------


def _copies(db: Database, item: ClusterItem, settings: ClusterSettings) -> CopiesWhy:
    group = item.copy_group_id
    sql = "SELECT article_count FROM copy_groups WHERE id = ?"
    member = kept_copies.member(db, item.id)
    added, cut = _changes(db, item, member)
    return CopiesWhy(
        copy_group_id=group,
        article_count=db.value(sql, (group,)) or 0,
        member=member,
        match=_best(db, item, settings),
        added=added,
        cut=cut,
    )


def _best(db: Database, item: ClusterItem, settings: ClusterSettings) -> Match | None:
    """The best match of an article within its group."""
    member = kept_copies.member(db, item.id)
    if member is None or member.partner_id is None:
        return None
    (partner,) = _items(db, member.partner_id)
    return _match(db, item, partner, settings)


def _match(db: Database, item: ClusterItem, other: ClusterItem, settings: ClusterSettings) -> Match:
    one, two = _prepared(item), _prepared(other)
    comparison = copies.compare(one, two, settings)
    kept_rule = kept_copies.rule(db, item.id, other.id)
    # What editors decided on is a text of its own, and compared as such.
    as_one = words_key(item.keys) == words_key(other.keys) is not None
    if as_one and kept_rule != comparison.rule:
        comparison = replace(comparison, rule="words")
    found = shared(body(item.lead, item.text), one.words, two.words, _PASSAGES)
    return Match(
        other=_named(db, other),
        is_shorter=len(one.words) <= len(two.words),
        kept_rule=kept_rule,
        comparison=comparison,
        shared=tuple(found),
    )


def _changes(
    db: Database, item: ClusterItem, member: CopyMember | None
) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """The longest passages that an article added, and that it cut of its reference."""
    if member is None or member.reference_id is None:
        return (), ()
    (reference,) = _items(db, member.reference_id)
    own, whole = _source(item), _source(reference)
    known = frozenset(
        digest
        for each in clusters.items(db, kept_provenance.before(db, item.id))
        for digest in _source(each).shingled
    )
    added = [not stands for stands in provenance.standing(own, known)]
    cut = [not stands for stands in provenance.standing(whole, frozenset(own.shingled))]
    return (
        _longest(passages(body(item.lead, item.text), added)),
        _longest(passages(body(reference.lead, reference.text), cut)),
    )


def _source(item: ClusterItem) -> provenance.Source:
    return provenance.source(item.id, item.lead, item.text, None)


def _longest(found: Iterable[Passage]) -> tuple[Passage, ...]:
    best = sorted(found, key=lambda each: (-each.words, each.start))[:_PASSAGES]
    return tuple(sorted(best, key=lambda each: each.start))


def _candidates(
    db: Database, item: ClusterItem, other: ClusterItem, settings: ClusterSettings
) -> Candidates:
    window, per_key = timedelta(hours=settings.copy_window), settings.candidates_per_band
    found = (
        two.id in candidates(db, one, per_key=per_key, window=window)
        for one, two in ((item, other), (other, item))
    )
    linked = kept_copies.rule(db, item.id, other.id) is not None
    kinds = Counter(map(key_kind, set(item.keys) & set(other.keys)))
    return Candidates(
        shared_keys=dict(sorted(kinds.items())),
        hours_apart=abs(item.ordered_at - other.ordered_at) / timedelta(hours=1),
        window_hours=settings.copy_window,
        one_profile=item.profile == other.profile,
        found=linked or any(found),
    )


# --- stories ---------------------------------------------------------------------------------


def _story(db: Database, item: ClusterItem) -> StoryWhy | None:
    group = item.copy_group_id
    found = None if group is None else kept_copies.story_member(db, group)
    row = None if found is None else readers.story_row(db, found.story_id)
    if found is None or row is None:
        return None
    partner = None
    if found.partner_id is not None:
        (partner,) = (_named(db, each) for each in _items(db, found.partner_id))
    return StoryWhy(row, found.rule, partner, found.likeness, found.shared_terms)


def _stories(
    db: Database, item: ClusterItem, other: ClusterItem, settings: ClusterSettings
) -> StoryPair | None:
    groups = item.copy_group_id, other.copy_group_id
    if groups[0] is None or groups[1] is None or groups[0] == groups[1]:
        return None
    return compare(db, groups[0], groups[1], settings)
