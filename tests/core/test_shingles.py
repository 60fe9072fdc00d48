"""Words, runs of words and headlines: what texts are compared by."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.profile import PASSAGE_MODULUS, PASSAGE_SIZE
from aggregator.core.shingles import (
    body,
    containment,
    headlines,
    is_number,
    jaccard,
    passages,
    runs,
    shingles,
    tokens,
)

SETS = st.frozensets(st.integers(0, 20))
WORDS = st.lists(st.sampled_from("der die das ein und 12 3.5".split()), max_size=30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("... – !", []),
        ("Die Brücke, gesperrt!", ["die", "brücke", "gesperrt"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("Bru\u0308cke", ["brücke"]),
        ("Bun\u00addes\u200btag", ["bundestag"]),
        ("1.234,5 Euro um 12:30 Uhr.", ["1.234,5", "euro", "um", "12:30", "uhr"]),
        ("v1.2 und 3. Platz", ["v1.2", "und", "3", "platz"]),
        ("nord-süd l'été", ["nord", "süd", "l", "été"]),
        ("東京で", ["東", "京", "で"]),
        ("ﬁnal", ["final"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.text())
def test_tokens_are_never_empty_and_numbers_are_told(text: str) -> None:
    for token in tokens(text):
        assert token
        assert is_number(token) == token[0].isdecimal()


@given(WORDS, st.integers(1, 6))
def test_runs_are_as_many_as_there_are_places(words: list[str], size: int) -> None:
    expected = max(len(words) - size + 1, 1) if words else 0
    assert len(runs(words, size)) == expected


def test_runs_keep_order_and_do_not_mix_borders() -> None:
    assert runs(["a", "b", "c", "d"])[0] == runs(["a", "b", "c"])[0]
    assert runs(["ab", "c"]) != runs(["a", "bc"])
    assert shingles("Der alte Mann") == shingles("DER, alte: Mann!")


@given(SETS, SETS)
def test_shares_are_symmetric_and_ordered(a: frozenset[int], b: frozenset[int]) -> None:
    assert jaccard(a, b) == jaccard(b, a)
    assert containment(a, b) == containment(b, a)
    assert 0 <= jaccard(a, b) <= containment(a, b) <= 1
    assert jaccard(a, a) == (1.0 if a else 0.0)
    if a and a <= b:
        assert containment(a, b) == 1


def test_a_passage_is_sampled_in_every_text_that_has_it() -> None:
    chance = random.Random(1)
    part = [f"w{chance.randrange(10**6)}" for _ in range(800)]
    whole = [f"x{n}" for n in range(3_000)] + part + [f"y{n}" for n in range(3_000)]
    mine, theirs = passages(part, runs(part)), passages(whole, runs(whole))
    assert mine <= theirs
    assert 800 / PASSAGE_MODULUS / 2 < len(mine) < 800 / PASSAGE_MODULUS * 2


@given(st.lists(st.text("ab", min_size=1), max_size=PASSAGE_SIZE - 1))
def test_a_text_shorter_than_a_passage_has_none(words: list[str]) -> None:
    assert passages(words, runs(words)) == frozenset()


def test_the_lead_is_not_taken_twice() -> None:
    assert body("Lead.", "Lead. Text.") == "Lead. Text."
    assert body("Lead.", "Text.") == "Lead.\nText."
    assert body("", "Text.") == "Text."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Das Wetter", 0),
        ("", 0),
        ("Bürgermeisterin eröffnet neue Brücke", 1),
        ("Aldenburg: Bürgermeisterin eröffnet neue Brücke", 2),
        ("Eine sehr lange Dachzeile vorn: Bürgermeisterin eröffnet neue Brücke", 1),
        ("Freitag 12:30 beginnt die große Versammlung", 1),
    ],
)
def test_headlines(title: str, expected: int) -> None:
    assert len(headlines(title)) == expected


def test_a_headline_is_known_behind_a_kicker_and_before_a_name() -> None:
    plain = headlines("Bürgermeisterin eröffnet neue Brücke")
    assert set(plain) & set(headlines("Verkehr: Bürgermeisterin eröffnet neue Brücke | Kurier"))
