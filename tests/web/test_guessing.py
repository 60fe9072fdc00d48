"""Whoever guesses a password waits, and nobody can keep out whose password it is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.web.guessing import Caller, Tries

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = b"a key of tests"
ELSEWHERE = Caller("203.0.113.5")


def guess(tries: Tries, name: str, caller: Caller, seconds: int) -> int:
    """Guess once a second, for so long; the number of guesses that were let through."""
    through = 0
    for second in range(seconds):
        now = NOW + timedelta(seconds=second)
        if not tries.wait(name, caller, now):
            tries.tried(name, caller, now)
            through += 1
    return through


def crowd(tries: Tries, name: str, addresses: int, seconds: int) -> int:
    """Guess from many addresses, without pause."""
    through = 0
    for second in range(seconds):
        now = NOW + timedelta(seconds=second)
        for number in range(addresses):
            caller = Caller(f"10.1.{number // 256}.{number % 256}")
            if not tries.wait(name, caller, now):
                tries.tried(name, caller, now)
                through += 1
    return through


def test_who_guesses_from_one_address_keeps_out_nobody_but_themselves() -> None:
    tries = Tries(KEY)
    assert guess(tries, "Eva", ELSEWHERE, 3600) <= 20
    now = NOW + timedelta(hours=1)
    assert tries.wait("Eva", ELSEWHERE, now) > timedelta(minutes=1)
    assert not tries.wait("Eva", Caller("198.51.100.7"), now)


def test_who_guesses_from_everywhere_gets_few_guesses() -> None:
    tries = Tries(KEY)
    assert crowd(tries, "Eva", 200, 600) <= 80


def test_even_then_a_browser_of_before_lets_its_owner_in_at_once() -> None:
    tries = Tries(KEY)
    device = tries.device("Eva", Caller("198.51.100.7"))
    crowd(tries, "Eva", 100, 120)
    now = NOW + timedelta(seconds=120)
    assert tries.wait("Eva", Caller("198.51.100.9"), now)
    mine = Caller("198.51.100.9", device)
    assert not tries.wait("Eva", mine, now)
    assert tries.device("EVA", mine) == device
    # That it was the right one takes nothing from those who guess.
    tries.tried("Eva", mine, now)
    tries.succeeded("Eva", mine)
    assert tries.wait("Eva", Caller("198.51.100.9"), now)


def test_in_such_a_browser_too_who_guesses_waits() -> None:
    tries = Tries(KEY)
    mine = Caller("198.51.100.9", tries.device("Eva", ELSEWHERE))
    assert guess(tries, "Eva", mine, 3600) <= 20


def test_a_right_password_after_a_few_wrong_ones_begins_anew() -> None:
    tries = Tries(KEY)
    for _ in range(3):
        for _ in range(4):
            tries.tried("Eva", ELSEWHERE, NOW)
        assert not tries.wait("Eva", ELSEWHERE, NOW)
        tries.succeeded("Eva", ELSEWHERE)


def test_a_browser_is_known_for_one_name_and_by_one_desk() -> None:
    tries = Tries(KEY)
    device = tries.device("Eva", ELSEWHERE)
    guess(tries, "Vic", ELSEWHERE, 60)
    assert tries.wait("Vic", Caller(ELSEWHERE.address, device), NOW + timedelta(seconds=60))
    assert Tries(KEY).device("Eva", Caller("", device)) == device
    assert Tries(b"another").device("Eva", Caller("", device)) != device


@pytest.mark.parametrize("device", ["x", f"{'a' * 22}.{'0' * 64}", "ä" * 87, f"{'a' * 22}."])
def test_a_cookie_that_is_not_ours_is_no_better_than_none(device: str) -> None:
    tries = Tries(KEY)
    guess(tries, "Eva", ELSEWHERE, 60)
    forged = Caller(ELSEWHERE.address, device)
    assert tries.wait("Eva", forged, NOW + timedelta(seconds=60))


@given(st.text(max_size=100))
def test_whatever_a_cookie_says_it_breaks_nothing(device: str) -> None:
    tries = Tries(KEY)
    assert not tries.wait("Eva", Caller("", device), NOW)
    assert tries.device("Eva", Caller("", device)) != device
