"""Every question and every rule has words."""

import inspect
import re

import pytest

from aggregator.core import copies, stories
from aggregator.core.copies import Check, Comparison
from aggregator.core.reasons import _QUESTIONS, asked, because, figures
from aggregator.core.speech import Speech
from aggregator.pipeline import why_stories
from aggregator.storage.copies import CopyMember

SOURCE = inspect.getsource(copies)
STORIES = "".join(inspect.getsource(each) for each in (stories, why_stories))
QUESTIONS = {
    *re.findall(r'at_(?:least|most)\(\s*"(\w+)"', SOURCE),
    *re.findall(r'Check\(\s*"(\w+)"', STORIES),
}
RULES = set(re.findall(r'(?:rule = |return |else )"([a-z]+)"', SOURCE))


def member(
    *,
    earliest: bool = False,
    taken: float | None = 0.0,
    added_words: int | None = 0,
    cut_words: int | None = None,
    reference_id: int | None = None,
) -> CopyMember:
    return CopyMember(
        8, earliest, taken, added_words, cut_words, reference_id, None, None, None, None
    )


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


def test_what_is_said_is_said_in_the_language_that_is_handed_in() -> None:
    german = {
        "likeness of the two texts": "Ähnlichkeit der beiden Texte",
        "no": "nein",
        "at least {limit} wanted": "mindestens {limit} verlangt",
    }
    speech = Speech(
        gettext=lambda message: german[message],
        ngettext=lambda _one, many, _count: many,
        number=lambda value, digits: f"{value:.{digits}f}".replace(".", ","),
        percent=lambda part, digits: f"{100 * part:.{digits}f} %".replace(".", ","),
    )
    found = asked(Check("story_likeness", 0.31, "least", 0.4), speech)
    assert found == "Ähnlichkeit der beiden Texte: 0,31 (mindestens 0,40 verlangt): nein"


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (member(earliest=True, added_words=120), "the earliest, 120 words"),
        (member(added_words=None), "what it takes over is not known yet"),
        (member(taken=None), "no text but its headline"),
        (member(taken=0.0, added_words=1), "like none before it, 1 word"),
        (
            member(taken=0.709, added_words=63, cut_words=1204, reference_id=7),
            "takes over 70 %, adds 63 words, cuts 1,204 of article 7",
        ),
    ],
)
def test_what_became_of_a_text_is_said(member: CopyMember, words: str) -> None:
    assert figures(member) == words
