"""A feed moves when its publisher means it, and comes back from where it is lost."""

from dataclasses import replace

import pytest

from aggregator.core.polling import after
from aggregator.model import (
    Failed,
    FeedStatus,
    Hop,
    NotModified,
    Rejected,
    Validators,
)
from tests.support.polls import KNOWN, NOW, SETTINGS, URL, fetched, polls

MOVED = "https://new.example/feed"
LED = replace(fetched(), moved_to=MOVED)


def test_a_feed_moves_only_after_as_many_redirects_in_a_row_as_are_set() -> None:
    counted = polls(KNOWN, LED, LED, NotModified(URL, moved_to=MOVED), LED)
    assert (counted.moved_to, counted.moved_times, counted.address) == (MOVED, 4, None)
    moved = polls(counted, LED)
    assert (moved.moved_to, moved.moved_times, moved.address) == (None, 0, MOVED)
    stays = polls(moved, fetched(), NotModified(MOVED))
    assert (stays.moved_to, stays.moved_times, stays.address) == (None, 0, MOVED)


def test_redirects_are_counted_anew_where_they_end_or_lead_elsewhere() -> None:
    assert polls(KNOWN, LED, LED, fetched()).moved_times == 0
    other = polls(KNOWN, LED, LED, replace(LED, moved_to="https://other.example/"))
    assert (other.moved_to, other.moved_times) == ("https://other.example/", 1)
    assert polls(KNOWN, LED, LED, Failed(URL, "timeout", "none")).moved_times == 2


def test_a_feed_does_not_move_to_where_no_feed_is() -> None:
    state = replace(KNOWN, moved_to=MOVED, moved_times=4)
    found = after(state, LED, Rejected("parse", "html", "a page"), NOW, SETTINGS, jitter=0)
    assert (found.moved_times, found.address) == (4, None)


AWAY = replace(KNOWN, address=MOVED)


@pytest.mark.parametrize("status", [404, 410])
def test_a_feed_lost_at_its_new_address_is_asked_at_its_own_again(status: int) -> None:
    lost = Failed(MOVED, f"http_{status}", "lost", status, transient=False)
    found = after(AWAY, lost, None, NOW, SETTINGS, jitter=0)
    assert (found.address, found.status) == (None, FeedStatus.ACTIVE)
    # The conditions came from elsewhere, so that the own address was never given them.
    assert found.validators == Validators()
    assert found.body_hash == KNOWN.body_hash


def test_a_new_address_that_keeps_failing_is_left() -> None:
    timeout = Failed(MOVED, "timeout", "no answer")
    twice = polls(AWAY, timeout, timeout)
    assert (twice.address, twice.validators) == (MOVED, KNOWN.validators)
    assert polls(twice, timeout).address is None
    assert polls(twice, fetched(), timeout, timeout).address == MOVED


@pytest.mark.parametrize(
    ("led_by", "expected"),
    [(301, FeedStatus.GONE), (308, FeedStatus.GONE), (302, FeedStatus.ACTIVE)],
)
def test_a_410_behind_a_passing_redirect_ends_no_feed(led_by: int, expected: FeedStatus) -> None:
    hops = (
        Hop(URL, "paper.example", "feed", NOW, led_by, location=MOVED),
        Hop(MOVED, "new.example", "feed", NOW, 410),
    )
    failed = Failed(MOVED, "http_410", "Gone", 410, transient=False, hops=hops)
    assert after(KNOWN, failed, None, NOW, SETTINGS, jitter=0).status is expected
