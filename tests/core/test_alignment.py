"""How a text stands in a longer one: replaced words, surroundings, rewriting, numbers."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.alignment import Alignment, align

LONG = tuple(f"w{n}" for n in range(400))
WORDS = st.lists(st.sampled_from("abcdef"), max_size=40)


def replaced(words: tuple[str, ...], share: float, seed: int = 3) -> tuple[str, ...]:
    chance = random.Random(seed)
    return tuple(f"x{n}" if chance.random() < share else word for n, word in enumerate(words))


@given(WORDS, WORDS)
def test_all_shares_are_shares(a: list[str], b: list[str]) -> None:
    found = align(a, b)
    assert 0 <= found.replaced <= found.share <= 1
    assert 0 <= found.stretch <= 1
    assert 0 <= found.purity <= 1


@given(st.lists(st.integers(), min_size=2, max_size=40, unique=True))
def test_a_text_stands_in_itself_as_a_whole(numbers: list[int]) -> None:
    words = [f"w{n}" for n in numbers]
    assert align(words, words) == Alignment(1.0, 0.0, len(words), 1.0, 1.0, 0, 0)


def test_nothing_stands_nowhere() -> None:
    assert align((), LONG) == align(LONG[:9], ()) == Alignment()


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_single_replaced_words_are_bridged(share: float) -> None:
    found = align(replaced(LONG[50:200], share), LONG)
    assert found.share > 0.9
    assert 0 < found.replaced == pytest.approx(share, rel=0.6)


def test_rewritten_sentences_are_not() -> None:
    rewritten = tuple(
        f"own{n}" if n % 20 < 7 else word
        for n, word in enumerate(LONG[:200])
        if n % 20 != 8  # a gap of another width than in the original
    )
    found = align(rewritten, LONG)
    assert found.share < 0.7
    assert found.replaced < 0.02


def test_of_a_form_filled_anew_little_stands_together() -> None:
    form = tuple(f"own{n}" if n % 5 > 2 else word for n, word in enumerate(LONG[:200]))
    assert align(form, LONG).run == 3
    assert align(replaced(LONG[:200], 0.2), LONG).run > 4.5


def test_paragraphs_may_be_reordered() -> None:
    assert align(LONG[200:300] + LONG[:100], LONG).share == 1.0


def test_what_surrounds_a_text_lies_outside_its_stretch() -> None:
    around = tuple(f"menu{n}" for n in range(20))
    found = align(around + replaced(LONG[:80], 0.1) + around, LONG)
    assert found.share < 0.7
    assert found.purity > 0.95
    assert 0.6 < found.stretch < 0.7


def test_what_a_page_repeats_counts_once() -> None:
    assert align(LONG[:20] * 5, LONG).share == pytest.approx(0.2)


def test_numbers_are_compared_place_by_place() -> None:
    a = "am montag stieg der kurs um 3 prozent auf 41 euro am abend".split()
    b = "am montag stieg der kurs um 5 prozent auf 38 euro am abend".split()
    c = "tel 4711 am montag stieg der kurs um 3 prozent auf 41 euro am abend".split()
    assert (align(a, b).kept_numbers, align(a, b).changed_numbers) == (0, 2)
    assert (align(a, c).kept_numbers, align(a, c).changed_numbers) == (2, 0)
