"""Why a copy group is in its story, and why two are not in one: told by what forms stories."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from aggregator.core import across, stories, story_forming
from aggregator.core.copies import Check
from aggregator.model import StoryText
from aggregator.pipeline.relating import alike, fill_a_form
from aggregator.settings import ClusterSettings
from aggregator.storage import stories as kept
from aggregator.storage import story_texts
from aggregator.storage.database import Database

__all__ = ["StoryPair", "compare"]


@dataclass(frozen=True, slots=True)
class StoryPair:
    """How alike two copy groups, and their stories, are as reports on one event.

    `checks` are the questions in the order in which they are asked; `shared_terms` make most of the
    likeness. `kept_likeness` is what stories are formed by: None where the two were not found alike
    enough, or not at all, since each is linked to those only that it is most like.
    """

    checks: tuple[Check, ...]
    shared_terms: tuple[str, ...]
    kept_likeness: float | None

    @property
    def was_missed(self) -> bool:
        """Whether the two are alike enough, and stories are formed as if they were not."""
        alike = all(each.holds for each in self.checks if each.name != "stories_likeness")
        return alike and self.kept_likeness is None


def compare(
    db: Database, group_id: int, other_id: int, settings: ClusterSettings
) -> StoryPair | None:
    """Two copy groups as the story level sees them; None where it has not yet seen one of them."""
    texts = story_texts.texts(db, {group_id, other_id})
    own, other = texts.get(group_id), texts.get(other_id)
    if own is None or other is None:
        return None
    window = timedelta(hours=settings.story_window)
    crossing = settings.across_languages and across.are_of_two_languages(own, other)
    questions = across.questions if crossing else stories.questions
    asked = [
        *questions(own, other, window),
        Check("form", fill_a_form(db, own, other), "most", 0),
        _likeness(own, other, settings),
    ]
    story_of = kept.of_groups(db, texts)
    mine, theirs = story_of.get(group_id), story_of.get(other_id)
    if mine is not None and theirs is not None and mine != theirs:
        asked.append(_average(db, (mine, theirs), settings))
    kept_as = [each.likeness for each in story_texts.among(db, texts)]
    shared = across.shared_roots if crossing else stories.shared_terms
    return StoryPair(tuple(asked), shared(own, other), next(iter(kept_as), None))


def _likeness(own: StoryText, other: StoryText, settings: ClusterSettings) -> Check:
    found = alike(own, other, settings)
    return Check("story_likeness", found, "least", settings.story_likeness)


def _average(db: Database, story_ids: Iterable[int], settings: ClusterSettings) -> Check:
    left, right = (kept.groups_of(db, each) for each in story_ids)
    links = story_texts.among(db, {*left, *right})
    found = story_forming.alike(left, right, links)
    return Check("stories_likeness", found, "least", settings.story_likeness)
