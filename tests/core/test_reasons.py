"""Every question and every rule has words."""

import inspect
import re

import pytest

from aggregator.core import copies, stories
from aggregator.core.copies import Check, Comparison
from aggregator.core.reasons import _QUESTIONS, asked, because
from aggregator.pipeline import why_stories

SOURCE = inspect.getsource(copies)
STORIES = "".join(inspect.getsource(each) for each in (stories, why_stories))
QUESTIONS = {
    *re.findall(r'at_(?:least|most)\(\s*"(\w+)"', SOURCE),
    *re.findall(r'Check\(\s*"(\w+)"', STORIES),
}
RULES = set(re.findall(r'(?:rule = |return |else )"([a-z]+)"', SOURCE))


def test_there_are_words_for_every_question_and_no_others() -> None:
    assert set(_QUESTIONS) == QUESTIONS


def test_there_are_words_for_every_rule() -> None:
    found = Comparison("x", 0.5, 0.9, ())
    assert {"jaccard", "containment", "alignment", "headline", "compound"} <= RULES
    assert [rule for rule in RULES if because(rule, found, "article 1", "article 2") == rule] == []


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (
            Check("headline", 0, "least", 1),
            "headlines that both have, of such as say enough: 0 (at least 1 wanted): no",
        ),
        (
            Check("hours_apart", 1.5, "most", 48),
            "hours between their copy groups: 1.5 (at most 48 wanted): yes",
        ),
        (
            Check("shared", 3, "least", 8),
            "word triples that both have: 3 (at least 8 wanted): no",
        ),
        (
            Check("shared", 9, "least", 8),
            "word triples that both have: 9 (at least 8 wanted): yes",
        ),
        (Check("same_outlet", 1, "most", 0), "they are of different outlets: no"),
        (
            Check("length_ratio", 2.5, "most", 12),
            "times that the longer one is as long: 2.5 (at most 12 wanted): yes",
        ),
        (
            Check("length_ratio", 13, "most", 12),
            "times that the longer one is as long: 13 (at most 12 wanted): no",
        ),
        (Check("terms", 2, "least", 2), "telling terms that both have: 2 (at least 2 wanted): yes"),
        (
            Check("jaccard", 0.4496, "least", 0.45),
            "of all their word triples, both have: 44.96 % (at least 45.00 % wanted): no",
        ),
    ],
)
def test_a_question_is_asked_with_its_answer(check: Check, words: str) -> None:
    assert asked(check) == words


def test_who_contains_whom_is_said() -> None:
    found = because("containment", Comparison("containment", 0.2, 0.912, ()), "this", "article 2")
    assert found == "contained: 91 % of the word triples of this stand in article 2"
