"""Texts are compared word by word, and put together again from what stays, goes and comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.wordings import Piece, differences, words_changed

TEXTS = st.lists(st.sampled_from(["eins", "zwei", " ", "  ", "\n", "drei,", "\u00a0"])).map("".join)


@given(TEXTS, TEXTS)
def test_both_texts_are_in_what_is_found(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.sign != "+") == before
    assert "".join(piece.text for piece in pieces if piece.sign != "-") == after
    assert all(piece.text for piece in pieces)
    assert (before == after) == all(piece.sign == "=" for piece in pieces)


@given(TEXTS)
def test_what_is_the_same_stays(text: str) -> None:
    assert differences(text, text) == ((Piece("=", text),) if text else ())


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "neu", "+neu"),
        ("alt", "", "-alt"),
        ("Rat berät heute", "Rat beschließt heute", "=Rat|- berät|+ beschließt|= heute"),
        ("eins\nzwei\ndrei\n", "eins\ndrei\n", "=eins\n|-zwei\n|=drei\n"),
        ("a b\nc d", "a b c d", "=a b|-\nc|+ c|= d"),
        ("a b c", "a x b y c", "=a|+ x|= b|+ y|= c"),
    ],
)
def test_the_fewest_words_change(before: str, after: str, found: str) -> None:
    pieces = differences(before, after)
    assert "|".join(f"{piece.sign}{piece.text}" for piece in pieces) == found


def test_words_that_go_and_come_are_counted() -> None:
    assert words_changed(differences("a b c", "a x y c")) == (1, 2)


def test_a_text_of_which_all_is_new_is_not_looked_at_word_by_word() -> None:
    before = " ".join(f"a{n}" for n in range(40_000))
    after = " ".join(f"b{n}" for n in range(40_000))
    assert differences(before, after) == (Piece("-", before), Piece("+", after))
