"""A feed is asked again when it may be, and what is remembered of it is never too much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from aggregator.core.polling import after, body_hash, postponed
from aggregator.model import (
    Failed,
    FeedState,
    FeedStatus,
    NotModified,
    Rejected,
    Schedule,
    Validators,
)
from aggregator.settings import PollSettings
from tests.support.polls import FEED, HOURLY, KNOWN, NOW, SETTINGS, URL, fetched, minutes, polls

# --- what is remembered ------------------------------------------------------------------------


def test_a_success_remembers_body_and_validators_and_ends_the_failures() -> None:
    known = replace(KNOWN, failures=4, last_error="timeout: too slow")
    fresh = Validators('"2"', None)
    found = after(known, replace(fetched(), validators=fresh), FEED, NOW, SETTINGS, jitter=0)
    assert found == FeedState(
        validators=fresh,
        body_hash=body_hash(b"<rss/>"),
        next_poll_at=NOW + timedelta(minutes=30),
        last_polled_at=NOW,
        last_success_at=NOW,
        interval=30,
    )


def test_what_the_feed_says_of_itself_is_remembered_until_it_says_otherwise() -> None:
    says = replace(FEED, schedule=Schedule(ttl=60), hub="https://hub.example", topic=URL)
    found = after(KNOWN, fetched(), says, NOW, SETTINGS, jitter=0, fresh=2)
    assert (found.schedule, found.hub, found.topic) == (says.schedule, says.hub, says.topic)
    assert found.last_new_at == NOW
    same = after(found, NotModified(URL), None, NOW, SETTINGS, jitter=0)
    assert (same.schedule, same.hub, same.last_new_at) == (says.schedule, says.hub, NOW)
    other = after(same, fetched(), FEED, NOW, SETTINGS, jitter=0)
    assert (other.schedule, other.hub, other.topic) == (Schedule(), None, None)
    assert other.last_new_at == NOW


def test_entries_under_other_ids_are_no_news() -> None:
    churned = after(KNOWN, fetched(), FEED, NOW, SETTINGS, jitter=0, fresh=20, churned=True)
    assert (churned.id_churn, churned.last_new_at, churned.interval) == (1, None, 30)
    again = after(churned, fetched(), FEED, NOW, SETTINGS, jitter=0, fresh=20, churned=True)
    assert again.id_churn == 2
    assert again.interval == pytest.approx(33)
    assert after(again, NotModified(URL), None, NOW, SETTINGS, jitter=0).id_churn == 2
    assert after(again, fetched(), FEED, NOW, SETTINGS, jitter=0).id_churn == 0


def test_a_304_that_no_condition_asked_for_hides_no_feed() -> None:
    new = FeedState()
    sent = NotModified(URL, validators=Validators('"1"'))
    found = after(new, sent, None, NOW, SETTINGS, jitter=0)
    assert found.last_error == (
        "not_modified: the server answered 304 to a request that set no condition"
    )
    assert (found.validators, found.failures) == (Validators(), 1)


def test_a_host_that_wants_quiet_puts_the_turn_off_and_that_is_no_failure() -> None:
    until = NOW + timedelta(hours=5)
    quiet = Failed(URL, "backed_off", "the host wants quiet", retry_after=until)
    found = after(KNOWN, quiet, None, NOW, SETTINGS, jitter=0.5)
    assert found == replace(KNOWN, next_poll_at=until) == postponed(KNOWN, until)
    assert postponed(found, NOW).next_poll_at == until


def test_a_body_that_could_not_be_parsed_is_not_remembered() -> None:
    answer = replace(fetched(b"<html>"), validators=Validators('"bad"'))
    found = after(KNOWN, answer, Rejected("parse", "html", "a page"), NOW, SETTINGS, jitter=0)
    assert (found.validators, found.body_hash) == (KNOWN.validators, "aa")
    assert (found.failures, found.last_error) == (1, "html: a page")
    assert found.last_success_at is None


def test_equal_bodies_have_equal_names() -> None:
    assert body_hash(b"a") == body_hash(b"a") != body_hash(b"b")


def test_what_is_gone_is_gone_until_it_answers_again() -> None:
    failed = Failed(URL, "http_410", "Gone", status=410, transient=False)
    gone = after(KNOWN, failed, None, NOW, SETTINGS, jitter=0)
    assert gone.status is FeedStatus.GONE
    timeout = Failed(URL, "timeout", "no answer")
    assert after(gone, timeout, None, NOW, SETTINGS, jitter=0).status is FeedStatus.GONE
    assert after(gone, fetched(), FEED, NOW, SETTINGS, jitter=0).status is FeedStatus.ACTIVE
    missing = Failed(URL, "http_404", "Not Found", status=404)
    assert after(KNOWN, missing, None, NOW, SETTINGS, jitter=0).status is FeedStatus.ACTIVE


# --- when to ask again -------------------------------------------------------------------------


def test_waiting_doubles_with_every_failure_up_to_the_limit() -> None:
    failed = Failed(URL, "timeout", "no answer")
    waits = [minutes(failed, state=replace(KNOWN, failures=count)) for count in range(8)]
    assert waits == [30, 60, 120, 240, 480, 960, 1440, 1440]
    assert minutes(failed, state=replace(KNOWN, failures=10**6)) == 1440
    # What a failure begins with is the feed's own interval, and to that it comes back.
    slow = replace(KNOWN, interval=400.0)
    assert minutes(failed, state=slow) == 400
    assert polls(slow, failed, failed).interval == 400


def test_at_every_run_means_not_every_run_for_what_fails() -> None:
    limits = PollSettings(interval=0, min_interval=0, max_interval=1440)
    failed = Failed(URL, "timeout", "no answer")
    assert minutes(fetched(), FEED, limits=limits) == 0
    waits = [minutes(failed, None, replace(KNOWN, failures=n), limits) for n in (0, 1, 5)]
    assert waits == [1, 2, 32]


def test_a_failing_feed_is_asked_no_sooner_than_a_sound_one() -> None:
    limits = PollSettings(interval=1, min_interval=10, max_interval=60)
    failed = Failed(URL, "timeout", "no answer")
    assert minutes(failed, limits=limits) == 10
    assert minutes(fetched(), FEED, limits=limits) == 10
    rare = replace(KNOWN, schedule=Schedule(period=7 * 1440.0))
    assert minutes(failed, state=rare) == 7 * 1440


def test_a_feed_that_will_not_parse_backs_off_too() -> None:
    rejected = Rejected("parse", "malformed", "no XML")
    assert minutes(fetched(), rejected, replace(KNOWN, failures=2)) == 120
    assert minutes(fetched(sent={"cache-control": "max-age=36000"}), rejected) == 600


# --- spread ------------------------------------------------------------------------------------


def spread(state: FeedState, sent: Mapping[str, str] = MappingProxyType({})) -> tuple[float, float]:
    """The first and the last minute at which chance may put the next turn."""
    begin, end = (
        after(state, fetched(sent=sent), FEED, NOW, SETTINGS, jitter=jitter).next_poll_at
        for jitter in (0.0, 1.0)
    )
    assert begin is not None
    assert end is not None
    return (begin - NOW).total_seconds() / 60, (end - NOW).total_seconds() / 60


def test_feeds_drift_apart_by_a_tenth_of_their_interval() -> None:
    assert spread(KNOWN) == (30, 33)
    assert spread(KNOWN, HOURLY) == (120, 123)


def test_feeds_asked_together_for_the_first_time_are_spread_over_their_whole_interval() -> None:
    assert spread(FeedState()) == (10, 40)
    assert spread(FeedState(), HOURLY) == (120, 150)


def test_feeds_asked_together_after_a_long_stop_are_spread_too() -> None:
    late = replace(KNOWN, next_poll_at=NOW - timedelta(hours=3))
    assert spread(late) == (10, 40)
    assert spread(replace(late, interval=300.0))[1] > 300
    a_little = replace(KNOWN, next_poll_at=NOW - timedelta(minutes=50))
    assert spread(a_little) == (30, 33)


@pytest.mark.parametrize(
    ("state", "begin", "end"),
    [
        (KNOWN, 30, 33),
        (replace(KNOWN, failures=2), 120, 132),
        (FeedState(), 30, 60),
        (replace(KNOWN, next_poll_at=NOW - timedelta(hours=3)), 30, 60),
    ],
)
def test_feeds_that_fail_together_drift_apart_too(
    state: FeedState, begin: float, end: float
) -> None:
    failed = Failed(URL, "timeout", "no answer")
    turns = [after(state, failed, None, NOW, SETTINGS, jitter=n / 16) for n in range(17)]
    waits = [(turn.next_poll_at - NOW).total_seconds() / 60 for turn in turns if turn.next_poll_at]
    assert len(set(waits)) == len(turns)
    assert waits[0] == begin
    assert waits[-1] == pytest.approx(end)


def test_a_feed_that_a_hub_speaks_for_is_only_asked_as_a_precaution() -> None:
    found = after(KNOWN, fetched(), FEED, NOW, SETTINGS, jitter=0, subscribed=True)
    assert found.next_poll_at == NOW + timedelta(minutes=1440)
    assert found.interval == 30
    failed = after(found, Failed(URL, "dns", ""), None, NOW, SETTINGS, jitter=0, subscribed=True)
    assert failed.next_poll_at == NOW + timedelta(minutes=1440)
