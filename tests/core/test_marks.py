"""Unicode is normalised as ever, but for rows of marks that no language writes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.marks import normalize

SOME = st.text(st.sampled_from("ae\u0316\u0300\u0344\u3099\uff76\uff9e\u0e38 .\u201e"), max_size=25)


@given(SOME, st.integers(0, 90))
def test_text_is_normalised_as_unicode_says(text: str, repeated: int) -> None:
    long = f"{text}. " * repeated
    assert normalize("NFC", long) == unicodedata.normalize("NFC", long)
    assert normalize("NFKC", long) == unicodedata.normalize("NFKC", long)


@pytest.mark.parametrize("marks", ["\u0316\u0300", "\uff9e\u0300", "\u0344\u0316"])
@pytest.mark.parametrize("before", range(0, 40, 7))
def test_endless_rows_of_marks_are_cut(marks: str, before: int) -> None:
    text = "x" * before + "a" + marks * 1000 + "b"
    found = normalize("NFKC", text)
    assert found.startswith("x" * before)
    assert found.endswith("b")
    assert sum(unicodedata.combining(sign) > 0 for sign in found) <= 60


def test_signs_that_are_no_marks_all_stay() -> None:
    text = "\u201e" * 2000 + "\u0316" + "\u201c" * 2000
    assert normalize("NFC", text) == text
