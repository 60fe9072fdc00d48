"""A host that turns us away is left alone, under its other names too, and until it says so."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import hosts
from aggregator.core.urls import registrable
from aggregator.model import Hop, HostState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEW = HostState("www.post.example", "post.example")


def answer(status: int | None, *, retry_after: datetime | None = None, address: str = "") -> Hop:
    url = "https://www.post.example/rss"
    where = address or "192.0.2.1"
    return Hop(url, NEW.host, "feed", NOW, status, address=where, retry_after=retry_after)


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_without_a_time_doubles_the_pause_up_to_a_day(status: int) -> None:
    state, now, pauses = NEW, NOW, []
    for _ in range(20):
        state = hosts.after(state, answer(status), now)
        assert state.quiet_until is not None
        pauses.append((state.quiet_until - now) / MINUTE)
        now = state.quiet_until
    assert pauses[:5] == [5, 10, 20, 40, 80]
    assert pauses[-1] == 1440
    assert state.refusals == 20
    assert state.reason == f"http_{status}"


@given(seconds=st.integers(1, 10**9))
def test_retry_after_is_obeyed_as_given(seconds: int) -> None:
    wanted = NOW + timedelta(seconds=seconds)
    state = hosts.after(NEW, answer(429, retry_after=wanted), NOW)
    assert state.quiet_until == wanted
    assert hosts.quiet_until(state, wanted - timedelta(seconds=1)) == wanted
    assert hosts.quiet_until(state, wanted) is None


def test_a_time_that_has_passed_is_none() -> None:
    assert hosts.after(NEW, answer(429, retry_after=NOW), NOW).quiet_until == NOW + 5 * MINUTE


def test_a_success_lifts_what_refusals_left_and_other_errors_change_nothing() -> None:
    refused = hosts.after(NEW, answer(503, address="192.0.2.7"), NOW)
    later = NOW + 6 * MINUTE
    for status in (None, 500, 404, 403):
        assert hosts.after(refused, answer(status), later) == refused
    for status in (200, 304, 301):
        well = hosts.after(refused, answer(status), later)
        assert (well.refusals, well.quiet_until, well.reason) == (0, None, None)


def test_answers_to_requests_that_were_on_their_way_are_not_counted_twice() -> None:
    refused = hosts.after(NEW, answer(429), NOW)
    assert hosts.after(refused, answer(200), NOW) == refused
    assert hosts.after(refused, answer(429), NOW).refusals == 1
    longer = hosts.after(refused, answer(429, retry_after=NOW + 60 * MINUTE), NOW)
    assert (longer.refusals, longer.quiet_until) == (1, NOW + 60 * MINUTE)
    shorter = hosts.after(longer, answer(429, retry_after=NOW + MINUTE), NOW)
    assert shorter.quiet_until == NOW + 60 * MINUTE


@pytest.mark.parametrize(
    ("host", "address", "hours"),
    [
        ("www.post.co.uk", "192.0.2.9", 30),  # itself, wherever it is
        ("rss.post.co.uk", "192.0.2.7", 30),
        ("rss.post.co.uk", "192.0.2.9", None),
        ("www.herald.co.uk", "192.0.2.7", None),
    ],
)
def test_a_subdomain_shares_the_pause_only_behind_the_same_address(
    host: str, address: str, hours: float | None
) -> None:
    long = answer(429, address="192.0.2.7", retry_after=NOW + timedelta(hours=30))
    state = hosts.after(HostState("www.post.co.uk", "post.co.uk"), long, NOW)
    until = hosts.quiet_for(state, host, registrable(host), ("192.0.2.1", address), NOW)
    assert until == (None if hours is None else NOW + timedelta(hours=hours))


def test_customers_of_a_hoster_can_silence_each_other_for_an_hour_at_most() -> None:
    long = answer(429, address="192.0.2.7", retry_after=NOW + timedelta(days=3650))
    state = hosts.after(HostState("a.github.io", "github.io"), long, NOW)
    for minutes, quiet in ((0, True), (59, True), (60, False), (600, False)):
        now = NOW + minutes * MINUTE
        until = hosts.quiet_for(state, "b.github.io", "github.io", ("192.0.2.7",), now)
        assert until == (NOW + 60 * MINUTE if quiet else None)


@given(st.lists(st.sampled_from([200, 304, 404, 429, 500, 503, None]), max_size=30))
def test_a_pause_once_given_never_gets_shorter_while_it_lasts(statuses: list[int | None]) -> None:
    state = NEW
    for minute, status in enumerate(statuses):
        now = NOW + minute * MINUTE
        before = hosts.quiet_until(state, now)
        state = hosts.after(state, answer(status), now)
        if before is not None:
            assert state.quiet_until is not None
            assert state.quiet_until >= before
