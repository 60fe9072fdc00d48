"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.sentences import sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n\t\n", []),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("He said: “Go.” She went.", ["He said: “Go.”", "She went."]),
        ("„Das ist gut.“ Er ging.", ["„Das ist gut.“", "Er ging."]),
        ("Am 3. März kam Dr. Meyer. Er blieb.", ["Am 3. März kam Dr. Meyer.", "Er blieb."]),
        ("So war es 2023. Dann kam J. Doe.", ["So war es 2023.", "Dann kam J. Doe."]),
        ("It fell by 3.5 percent. 400 were hurt.", ["It fell by 3.5 percent.", "400 were hurt."]),
        ("Headline\nAnd a line … that goes on", ["Headline", "And a line … that goes on"]),
        ("What?! Yes.", ["What?!", "Yes."]),
        ("He came etc. and went.", ["He came etc. and went."]),
        ("\u3053\u308c\u3002\u305d\u308c\uff1f", ["\u3053\u308c\u3002", "\u305d\u308c\uff1f"]),
    ],
)
def test_sentences_end_with_their_signs_and_lines(text: str, found: list[str]) -> None:
    assert sentences(text) == found


@pytest.mark.parametrize("once", ["!", "?!", ".", "…", "no. A ", "1. A ", "A" * 31 + "i. A "])
def test_a_text_of_a_megabyte_is_parted_as_a_short_one_is(once: str) -> None:
    """Which ends: were all of a line looked at for each sign, it would take hours."""
    count = 1_000_000 // len(once)
    short, long = sentences(once * 4), sentences(once * count)
    assert "".join("".join(long).split()) == "".join((once * count).split())
    assert (len(long) > 1) == (len(short) > 1)


@given(st.text(alphabet=" \nabAB.!?…“”3") | st.text())
def test_nothing_of_a_text_is_lost(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
    assert all(each == each.strip() and "\n" not in each for each in sentences(text))
