"""Whoever guesses waits; whoever knows does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.web.throttle import Backoff, Throttle, network

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULE = Backoff(3, timedelta(seconds=60))


def seconds(throttle: Throttle, who: str = "ann", at: datetime = NOW) -> float:
    return throttle.wait(who, at).total_seconds()


def test_some_tries_are_free_and_each_one_more_takes_twice_as_long() -> None:
    throttle, waits = Throttle(RULE), []
    for _ in range(12):
        throttle.tried("ann", NOW)
        waits.append(seconds(throttle))
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert seconds(throttle, at=NOW + timedelta(seconds=59)) == 1
    assert seconds(throttle, at=NOW + timedelta(seconds=60)) == 0
    assert seconds(throttle, "bob") == 0


def test_who_lets_an_hour_pass_begins_anew() -> None:
    throttle = Throttle(RULE)
    for _ in range(9):
        throttle.tried("ann", NOW)
    later = NOW + timedelta(hours=1, seconds=1)
    throttle.tried("ann", later)
    assert seconds(throttle, at=later) == 0


def test_who_succeeds_takes_no_try_from_the_others_of_an_address() -> None:
    throttle = Throttle(RULE)
    for _ in range(30):
        throttle.tried("office", NOW)
        throttle.succeeded("office")
    assert seconds(throttle, "office") == 0
    for _ in range(5):
        throttle.tried("office", NOW)
    throttle.tried("office", NOW)
    throttle.succeeded("office")
    assert seconds(throttle, "office") == 4
    throttle.forget("office")
    assert seconds(throttle, "office") == 0


def test_who_tried_longest_ago_is_forgotten_first() -> None:
    throttle = Throttle(Backoff(1, timedelta(seconds=60)), most=2)
    for who in ("ann", "bob", "ann", "eve"):
        throttle.tried(who, NOW)
    assert [seconds(throttle, who) for who in ("ann", "bob", "eve")] == [2, 0, 1]


@given(st.integers(0, 10_000))
def test_no_wait_is_longer_than_the_longest(tries: int) -> None:
    assert timedelta() <= RULE.wait(tries) <= RULE.longest
    assert RULE.wait(tries) <= RULE.wait(tries + 1)


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_of_ipv6_everybody_has_many(address: str, whose: str) -> None:
    assert network(address) == whose
