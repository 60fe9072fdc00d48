"""From copy groups to likenesses: each new or changed group is linked to those it is most like."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from aggregator.core import across, stories
from aggregator.core.series import fill_one_form
from aggregator.core.stories import TermFrequencies
from aggregator.core.story_forming import MOST_LINKS
from aggregator.model import StoryLink, StoryText
from aggregator.settings import ClusterSettings
from aggregator.storage import stories as kept_stories
from aggregator.storage import story_texts as kept
from aggregator.storage.clusters import ClusterItem
from aggregator.storage.database import Database
from aggregator.storage.retiring import Lent
from aggregator.storage.story_texts import Member

__all__ = ["alike", "fill_a_form", "learn_terms", "relate"]

_FEW: Final = 200
_GROWN: Final = 1.25
_MANY: Final = 4_000
"""With so many documents of a language the frequencies of its terms are known well enough."""


def learn_terms(db: Database, batch: Iterable[ClusterItem]) -> None:
    """Count the terms of articles never seen before."""
    found: dict[str | None, list[Iterable[str]]] = defaultdict(list)
    for item in batch:
        if item.copy_group_id is None:
            found[item.language].append(item.terms)
    for language, documents in found.items():
        kept_stories.count_terms(db, language, documents)


def relate(db: Database, group_ids: Iterable[int], settings: ClusterSettings) -> set[int]:
    """Bring the kept texts and links of groups up to date; what did not change costs nothing.

    Returns the groups that were looked at: while a language has few documents and every new one
    changes how much a term tells, those are all of the language, again and again, so that it does
    not matter who came first.
    """
    found = kept.members(db, group_ids)
    anew = _drifted(db, {member.language for member in found.values()})
    found |= kept.members(db, anew - found.keys())
    former = kept.made_of(db, found.keys() - anew)
    made = {each: stories.digest(member.title, *member.bags) for each, member in found.items()}
    changed = {
        each: member
        for each, member in found.items()
        if former.get(each) != (made[each], member.last_at)
    }
    pool = _texts(db, changed)
    for each, text in pool.items():
        kept.save(db, text, made[each], _keys(text, settings))
    window = timedelta(hours=settings.story_window)
    looked_up = [(text, _keys(text, settings)) for text in pool.values()]
    lent = kept.lend_for(db, looked_up, window)
    for text, _ in looked_up:
        _link(db, text, pool, settings, lent)
    return {*group_ids, *found}


def _drifted(db: Database, languages: Iterable[str | None]) -> set[int]:
    """The groups of those languages whose frequencies are no more what they were."""
    found: set[int] = set()
    for language in languages:
        documents, _ = kept_stories.frequencies(db, language, ())
        before = kept.weighed_with(db, language)
        if before < documents <= _MANY and (documents <= _FEW or documents >= _GROWN * before):
            found.update(kept.weigh_anew(db, language, documents))
    return found


def _texts(db: Database, found: Mapping[int, Member]) -> dict[int, StoryText]:
    """Weigh what groups say, with the frequencies of terms as they are now."""
    bags = {
        each: stories.centre([json.loads(bag) for bag in member.bags])
        for each, member in found.items()
    }
    terms: dict[str | None, set[str]] = defaultdict(set)
    for each, bag in bags.items():
        terms[found[each].language].update(bag)
    known = {
        language: TermFrequencies(*kept_stories.frequencies(db, language, wanted))
        for language, wanted in terms.items()
    }
    return {
        each: StoryText(
            each,
            member.language,
            member.first_at,
            member.last_at,
            stories.vector(bags[each], known[member.language]),
            member.title,
            member.outlet,
        )
        for each, member in found.items()
    }


def _link(
    db: Database,
    text: StoryText,
    pool: dict[int, StoryText],
    settings: ClusterSettings,
    lent: Lent,
) -> None:
    """Compare a group with all that it may be like, and with all that it was like before."""
    window = timedelta(hours=settings.story_window)
    near = set(kept.candidates(db, text, stories.keys(text), window, lent))
    if settings.across_languages:
        near |= set(kept.candidates(db, text, across.keys(text), window, lent))
    before = {each.a if each.b == text.id else each.b for each in kept.links_of(db, [text.id])}
    others = {*near, *before}
    pool |= kept.texts(db, others - pool.keys())
    likenesses = {
        other: likeness
        for other in others & pool.keys()
        if (likeness := alike(text, pool[other], settings)) >= settings.story_likeness
    }
    for other in [each for each in likenesses if fill_a_form(db, text, pool[each])]:
        del likenesses[other]
    best = _ranked(text, pool, likenesses)
    kept.link(
        db,
        text.id,
        [
            StoryLink(min(text.id, other), max(text.id, other), likenesses[other])
            for other, rank in best.items()
            if rank < MOST_LINKS or other in before
        ],
    )


def _keys(text: StoryText, settings: ClusterSettings) -> dict[int, float]:
    return stories.keys(text) | (across.keys(text) if settings.across_languages else {})


def alike(a: StoryText, b: StoryText, settings: ClusterSettings) -> float:
    """How alike two texts are as reports on one event, 0 to 1, across languages where set so."""
    window = timedelta(hours=settings.story_window)
    if settings.across_languages and across.are_of_two_languages(a, b):
        return across.likeness(a, b, window)
    return stories.likeness(a, b, window)


def _ranked(
    text: StoryText, pool: Mapping[int, StoryText], likenesses: Mapping[int, float]
) -> dict[int, int]:
    """The place of each other group among those that are most alike, within its language or not.

    Those of other languages are counted by themselves, so that neither crowds the others out.
    """
    places = {True: 0, False: 0}
    found = {}
    for other in sorted(likenesses, key=lambda other: (-likenesses[other], other)):
        is_other = across.are_of_two_languages(text, pool[other])
        found[other] = places[is_other]
        places[is_other] += 1
    return found


def fill_a_form(db: Database, a: StoryText, b: StoryText) -> bool:
    """Whether two groups fill one form on two days: they are then as if they had nothing alike."""
    return stories.may_fill_one_form(a, b) and fill_one_form(
        kept.told(db, a.id), kept.told(db, b.id)
    )
