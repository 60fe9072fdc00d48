"""Phrase rules travel to workers packed, and are one thing there."""

from copy import copy

from aggregator.config.rules import load_rules
from aggregator.core.phrases import PhraseBook, book
from aggregator.model import PhraseRule

RULES = load_rules()
MORE = (PhraseRule("de", "ours", "Ein Satz", only="lines"),)


def test_a_book_holds_its_rules_in_order() -> None:
    whole = book(RULES, MORE)
    assert (tuple(whole), len(whole)) == (RULES + MORE, len(RULES) + 1)
    assert (whole[0], whole[-1], tuple(whole[-1:])) == (RULES[0], MORE[0], MORE)


def test_the_same_rules_are_the_same_book() -> None:
    assert book(RULES) is book(tuple(RULES)) is book(book(RULES))
    assert book(RULES, MORE) is book(RULES, MORE)
    assert book(RULES, MORE) is not book(RULES)


def test_a_book_that_travels_twice_arrives_as_one() -> None:
    # Copied as they are packed and unpacked on the way to a worker.
    one, other = (copy(PhraseBook((*RULES, *MORE))) for _ in range(2))
    assert one is other
    assert tuple(one) == RULES + MORE
