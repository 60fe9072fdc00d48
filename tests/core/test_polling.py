"""A feed is asked again when it may be, and what is remembered of it is never too much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.polling import after, body_hash
from aggregator.model import (
    Failed,
    FeedState,
    FeedStatus,
    Fetched,
    FetchResult,
    NotModified,
    ParsedFeed,
    Rejected,
    Schedule,
    Validators,
)
from aggregator.settings import PollSettings

URL = "https://paper.example/feed"
NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
SETTINGS = PollSettings(interval=30, min_interval=10, max_interval=1440)
KNOWN = FeedState(validators=Validators('W/"1"', "Sun, 29 Mar 2026 00:00:00 GMT"), body_hash="aa")
FEED = ParsedFeed("Paper", "rss20", ())

headers = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "age", "etag", "last-modified"]),
    st.one_of(
        st.text(max_size=30),
        st.integers().map(str),
        st.integers().map("private, max-age={}".format),
        st.integers(0, 10**30).map("Mon, 01 Jan {} 00:00:00 GMT".format),
        st.integers(0, 10**30).map("Mon, 01 Jan 2029 00:00:00 +{}".format),
    ),
)
validators = st.builds(Validators, st.none() | st.text(), st.none() | st.text())
feeds = st.builds(ParsedFeed, st.just(""), st.just("rss20"), st.just(()),
                  schedule=st.builds(Schedule, st.none() | st.floats(0, 10**8)))  # fmt: skip
rejections = st.just(Rejected("parse", "html", "an HTML page"))
failures = st.builds(
    Failed,
    st.just(URL),
    st.sampled_from(["dns", "timeout", "http_500"]),
    st.text(),
    st.sampled_from([None, 404, 410, 429, 503]),
    st.none() | st.datetimes(timezones=st.just(UTC)),
)
answers: st.SearchStrategy[tuple[FetchResult, ParsedFeed | Rejected | None]] = st.one_of(
    st.tuples(failures, st.none()),
    st.tuples(st.builds(NotModified, st.just(URL), headers), st.none()),
    st.tuples(
        st.builds(Fetched, st.just(URL), st.just(200), headers, st.binary(), validators),
        st.one_of(st.none(), feeds, rejections),
    ),
)
states = st.builds(
    FeedState,
    validators,
    st.none() | st.text(),
    st.sampled_from(FeedStatus),
    failures=st.integers(0, 10**6),
)
settings = (
    st.tuples(*[st.floats(0.1, 10**5)] * 3)
    .map(sorted)
    .map(lambda x: PollSettings(interval=x[1], min_interval=x[0], max_interval=x[2]))
)
jitters = st.floats(0, 1, exclude_max=True)


def fetched(body: bytes = b"<rss/>", sent: Mapping[str, str] = MappingProxyType({})) -> Fetched:
    return Fetched(URL, 200, sent, body)


def minutes(
    result: FetchResult,
    parsed: ParsedFeed | Rejected | None = None,
    state: FeedState = KNOWN,
    limits: PollSettings = SETTINGS,
) -> float:
    """Minutes from now to the next turn, without jitter."""
    turn = after(state, result, parsed, NOW, limits, jitter=0).next_poll_at
    assert turn is not None
    return (turn - NOW).total_seconds() / 60


# --- laws --------------------------------------------------------------------------------------


@given(states, answers, settings, jitters)
def test_the_next_turn_is_always_later_and_its_jitter_small(
    state: FeedState,
    answer: tuple[FetchResult, ParsedFeed | Rejected | None],
    limits: PollSettings,
    jitter: float,
) -> None:
    exact = after(state, *answer, NOW, limits, jitter=0)
    spread = after(state, *answer, NOW, limits, jitter=jitter)
    assert exact.next_poll_at is not None
    assert spread.next_poll_at is not None
    wait = exact.next_poll_at - NOW
    assert wait >= timedelta(minutes=limits.min_interval)
    tick = timedelta(microseconds=1)
    assert NOW + wait <= spread.next_poll_at <= NOW + wait * 1.1 + tick
    assert spread == replace(exact, next_poll_at=spread.next_poll_at)
    assert exact.last_polled_at == NOW


@given(states, failures, settings)
def test_a_failure_forgets_nothing(state: FeedState, failed: Failed, limits: PollSettings) -> None:
    found = after(state, failed, None, NOW, limits, jitter=0)
    assert found.validators == state.validators
    assert found.body_hash == state.body_hash
    assert found.last_success_at == state.last_success_at
    assert found.interval == state.interval
    assert found.failures == state.failures + 1
    assert found.last_error
    if failed.retry_after is not None:
        assert found.next_poll_at is not None
        assert found.next_poll_at >= failed.retry_after


@given(states, headers)
def test_a_304_keeps_what_it_does_not_send_anew(state: FeedState, sent: dict[str, str]) -> None:
    found = after(state, NotModified(URL, sent), None, NOW, SETTINGS, jitter=0)
    assert found.body_hash == state.body_hash
    assert found.validators.etag == sent.get("etag", state.validators.etag)
    assert found.validators.last_modified == sent.get(
        "last-modified", state.validators.last_modified
    )


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


def test_a_failing_feed_is_asked_no_sooner_than_a_sound_one() -> None:
    limits = PollSettings(interval=1, min_interval=10, max_interval=60)
    assert minutes(Failed(URL, "timeout", "no answer"), limits=limits) == 10
    assert minutes(fetched(), FEED, limits=limits) == 10


def test_a_feed_that_will_not_parse_backs_off_too() -> None:
    rejected = Rejected("parse", "malformed", "no XML")
    assert minutes(fetched(), rejected, replace(KNOWN, failures=2)) == 120


@pytest.mark.parametrize(("hours", "expected"), [(-1, 30), (0.1, 30), (5, 300), (72, 72 * 60)])
def test_retry_after_is_obeyed(hours: float, expected: float) -> None:
    failed = Failed(URL, "http_429", "slow down", 429, NOW + timedelta(hours=hours))
    assert minutes(failed) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, 30),
        ({"cache-control": "max-age=60"}, 30),
        ({"cache-control": "public, MAX-AGE=7200"}, 120),
        ({"cache-control": 'max-age="7200"'}, 120),
        ({"cache-control": "max-age=7200", "age": "3600"}, 60),
        ({"cache-control": "max-age=7200", "age": "9999"}, 30),
        ({"cache-control": "max-age=7200", "age": "soon"}, 120),
        ({"cache-control": "max-age=-5"}, 30),
        ({"cache-control": "max-age=9" + "9" * 5000}, 31 * 1440),
        ({"cache-control": "s-maxage=7200"}, 30),
        ({"cache-control": "max-age=0", "expires": "Mon, 30 Mar 2026 00:30:00 GMT"}, 30),
        ({"expires": format_datetime(NOW + timedelta(hours=3))}, 180),
        ({"expires": "0"}, 30),
        ({"expires": "Mon, 01 Jan 2029 00:00:00 +99999999999999999999"}, 30),
        ({"expires": "Sun, 29 Mar 2026 02:30:00"}, 120),
    ],
)
def test_an_answer_is_left_alone_while_it_is_fresh(sent: dict[str, str], expected: float) -> None:
    assert minutes(fetched(sent=sent), FEED) == expected
    not_modified = NotModified(URL, sent)
    assert minutes(not_modified) == expected


@pytest.mark.parametrize(
    ("ttl", "expected"), [(None, 30), (0.0, 30), (29.0, 30), (180.0, 180), (9_999_999.0, 31 * 1440)]
)
def test_ttl_is_obeyed(ttl: float | None, expected: float) -> None:
    assert minutes(fetched(), replace(FEED, schedule=Schedule(ttl=ttl))) == expected


def test_the_longest_wish_of_the_publisher_counts() -> None:
    fresh = {"cache-control": "max-age=7200"}
    assert minutes(fetched(sent=fresh), replace(FEED, schedule=Schedule(ttl=60.0))) == 120
    assert minutes(fetched(sent=fresh), replace(FEED, schedule=Schedule(ttl=240.0))) == 240
