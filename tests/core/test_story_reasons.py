"""What is told of stories is what decides them."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.stories import likeness, questions
from aggregator.core.story_forming import alike, form
from aggregator.model import Constraints, StoryLink, StoryText

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = timedelta(hours=48)
TERMS = "abcdefgh"


def text(chance: random.Random, number: int) -> StoryText:
    chosen = chance.sample(TERMS, chance.randint(1, 5))
    first = NOW + timedelta(hours=chance.randint(0, 80))
    return StoryText(
        number,
        chance.choice(["de", "de-AT", "en"]),
        first,
        first + timedelta(hours=chance.randint(0, 9)),
        {term: round(len(chosen) ** -0.5, 4) for term in chosen},
        f"Wetter am {chance.randint(1, 2)}. März: {number}",
        chance.choice(["Post", "Herald"]),
    )


@given(st.integers(0, 10**6))
def test_texts_are_alike_just_where_all_that_is_asked_first_is_answered_yes(seed: int) -> None:
    chance = random.Random(seed)
    a, b = text(chance, 1), text(chance, 2)
    asked = questions(a, b, WINDOW)
    assert (likeness(a, b, WINDOW) > 0) == all(each.holds for each in asked)
    assert asked == questions(b, a, WINDOW)


@given(st.integers(0, 10**6))
def test_stories_are_two_just_where_they_are_not_alike_enough(seed: int) -> None:
    chance = random.Random(seed)
    ids = range(1, chance.randint(3, 9))
    pairs = [(a, b) for a in ids for b in ids if a < b and chance.random() < 0.6]
    links = [StoryLink(a, b, round(chance.uniform(0.1, 0.9), 4)) for a, b in pairs]
    threshold = chance.choice([0.1, 0.2, 0.3])
    stories = form(dict.fromkeys(ids, 1), links, Constraints(), threshold)
    for one in stories:
        for other in stories:
            if one != other:
                assert 0 <= alike(one, other, links) < threshold
                assert alike(one, other, links) == alike(other, one, links)


def test_no_two_stories_are_more_alike_than_wholly() -> None:
    links = [StoryLink(a, b, 1.0) for a in range(20) for b in range(20) if a < b]
    assert alike(range(10), range(10, 20), links) == 1
