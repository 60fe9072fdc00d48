"""Which passwords are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.guessable import LONGEST, guessable


@pytest.mark.parametrize(
    "password",
    [
        "passwort1234567",
        "Password123456!",
        "P4ssw0rt!P4ssw0rt!",
        "qwertzuiopasdf",
        "abcabcabcabcabc",
        "aaaaaaaaaaaaaaaa",
        "123456789012345",
        "210987654321098",
        "Redaktion2026!!",
        "SommerUrlaub2026",
        "ichliebedich123",
        "annother annother",
        "Ann Other 1984!!",
        "1qaz2wsx3edc4rfv",
    ],
)
def test_what_is_made_of_little_is_not(password: str) -> None:
    assert guessable(password, "Ann Other") == "common"


@pytest.mark.parametrize(
    "password",
    [
        "sieben rote Elche singen",
        "correct horse battery staple",
        "kX9#vT2pLq8w",
        "Grätenfisch-Ofenrohr",
        "каждый охотник желает",
    ],
)
def test_what_is_long_and_of_its_own_is(password: str) -> None:
    assert guessable(password, "Ann Other") is None


def test_it_has_enough_characters_and_not_too_many() -> None:
    assert guessable("kX9#vT2pLq8", "Ann") == "short"
    assert guessable("kX9#vT2pLq8w" * 20, "Ann") == "long"
    assert guessable("o\u0308" * 6 + "abcde", "Ann") == "short"


@given(st.text(max_size=LONGEST + 10), st.text(max_size=20))
def test_whatever_is_typed_is_judged(password: str, name: str) -> None:
    assert guessable(password, name) in {None, "short", "long", "common"}
