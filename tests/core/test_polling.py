"""A feed is asked again when it may be, and what is remembered of it is never too much."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.polling import after, body_hash, postponed
from aggregator.core.polling.wishes import END, freshness, later, past_skipped, retry_after
from aggregator.model import (
    Entry,
    Failed,
    FeedState,
    FeedStatus,
    Fetched,
    FetchResult,
    Hop,
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
KNOWN = FeedState(
    validators=Validators('W/"1"', "Sun, 29 Mar 2026 00:00:00 GMT"),
    body_hash="aa",
    next_poll_at=NOW,
    last_polled_at=NOW - timedelta(minutes=30),
)
FEED = ParsedFeed("Paper", "rss20", ())

headers = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "age", "retry-after", "date"]),
    st.one_of(
        st.text(max_size=30),
        st.integers().map(str),
        st.integers().map("private, max-age={}".format),
        st.from_regex(r"([a-z-]{1,9}(=\"?[a-z0-9,]{0,5}\"?)?[,; ]{0,2}){0,4}", fullmatch=True),
        st.integers(0, 10**30).map("Mon, 01 Jan {} 00:00:00 GMT".format),
        st.integers(0, 10**30).map("Mon, 01 Jan 2029 00:00:00 +{}".format),
    ),
)
validators = st.builds(Validators, st.none() | st.text(), st.none() | st.text())
moments = st.datetimes(timezones=st.just(UTC))
wished = st.none() | st.floats(0, 10**12)
schedules = st.builds(
    Schedule,
    wished,
    wished,
    st.lists(st.integers(-1, 25), max_size=30).map(tuple),
    st.lists(st.integers(-1, 8), max_size=9).map(tuple),
)
entries = st.builds(
    Entry,
    st.text(max_size=3),
    st.none(),
    st.just("Title"),
    st.just("hash"),
    published_at=st.none() | moments,
    updated_at=st.none() | moments,
)
feeds = st.builds(
    ParsedFeed,
    st.just(""),
    st.just("rss20"),
    st.lists(entries, max_size=6).map(tuple),
    schedule=schedules,
)
rejections = st.just(Rejected("parse", "html", "an HTML page"))
failures = st.builds(
    Failed,
    st.just(URL),
    st.sampled_from(["dns", "timeout", "http_500"]),
    st.text(),
    st.sampled_from([None, 404, 410, 429, 503]),
    st.none() | moments,
)
answers: st.SearchStrategy[tuple[FetchResult, ParsedFeed | Rejected | None]] = st.one_of(
    st.tuples(failures, st.none()),
    st.tuples(st.builds(NotModified, st.just(URL), headers, validators=validators), st.none()),
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
    st.none() | moments,
    st.none() | moments,
    failures=st.integers(0, 10**6),
    interval=st.none() | st.floats(0, 10**6),
    schedule=schedules,
    lifetime=st.none() | st.floats(0, 10**12),
    rhythm=st.none() | st.floats(0, 10**9),
    last_new_at=st.none() | moments,
)
settings = (
    st.tuples(*[st.floats(0.1, 10**5)] * 3)
    .map(sorted)
    .map(lambda x: PollSettings(interval=x[1], min_interval=x[0], max_interval=x[2]))
)
jitters = st.floats(0, 1, exclude_max=True)


def fetched(body: bytes = b"<rss/>", sent: Mapping[str, str] = MappingProxyType({})) -> Fetched:
    return Fetched(URL, 200, sent, body, KNOWN.validators)


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


def without_skips(state: FeedState) -> FeedState:
    """The state of a feed that names no hours or days to skip."""
    return replace(state, schedule=replace(state.schedule, skip_hours=(), skip_days=()))


def without_skips_in(
    answer: tuple[FetchResult, ParsedFeed | Rejected | None],
) -> tuple[FetchResult, ParsedFeed | Rejected | None]:
    """The same for what an answer says."""
    result, parsed = answer
    if isinstance(parsed, ParsedFeed):
        parsed = replace(parsed, schedule=replace(parsed.schedule, skip_hours=(), skip_days=()))
    return result, parsed


# --- laws --------------------------------------------------------------------------------------


@given(states, answers, settings, jitters, st.integers(0, 50), st.booleans())
def test_a_turn_is_never_earlier_than_anybody_allows(
    state: FeedState,
    answer: tuple[FetchResult, ParsedFeed | Rejected | None],
    limits: PollSettings,
    jitter: float,
    fresh: int,
    subscribed: bool,
) -> None:
    found = after(state, *answer, NOW, limits, jitter=jitter, fresh=fresh, subscribed=subscribed)
    result, parsed = answer
    assert found.next_poll_at is not None
    assert found.last_polled_at == NOW
    allowed = [later(NOW, limits.min_interval)]
    schedule = parsed.schedule if isinstance(parsed, ParsedFeed) else state.schedule
    allowed += [later(NOW, minutes) for minutes in (schedule.ttl, schedule.period) if minutes]
    if isinstance(result, Failed):
        allowed += [result.retry_after] if result.retry_after else []
    else:
        left = freshness(result.headers, NOW, None).left
        asked = retry_after(result.headers, NOW)
        allowed += [later(NOW, left / 60), *([asked] if asked else [])]
    assert found.next_poll_at >= min(max(allowed), END)
    open_hours = set(range(24)) - set(schedule.skip_hours)
    open_days = set(range(7)) - set(schedule.skip_days)
    if found.next_poll_at < END - timedelta(days=9):
        assert found.next_poll_at.hour in open_hours or not open_hours
        assert found.next_poll_at.weekday() in open_days or not open_days


@given(states, answers, settings, jitters)
def test_chance_moves_a_turn_by_no_more_than_our_own_interval(
    state: FeedState,
    answer: tuple[FetchResult, ParsedFeed | Rejected | None],
    limits: PollSettings,
    jitter: float,
) -> None:
    state, answer = without_skips(state), without_skips_in(answer)
    exact = after(state, *answer, NOW, limits, jitter=0)
    spread = after(state, *answer, NOW, limits, jitter=jitter)
    assert spread == replace(exact, next_poll_at=spread.next_poll_at)
    assert exact.next_poll_at is not None
    assert spread.next_poll_at is not None
    assert exact.next_poll_at <= spread.next_poll_at
    most = later(exact.next_poll_at, limits.max_interval)
    assert spread.next_poll_at <= later(most, 1)


@given(states, answers, settings, st.integers(0, 50))
def test_our_own_interval_stays_between_our_limits(
    state: FeedState,
    answer: tuple[FetchResult, ParsedFeed | Rejected | None],
    limits: PollSettings,
    fresh: int,
) -> None:
    found = after(state, *answer, NOW, limits, jitter=0, fresh=fresh)
    if found.failures:
        assert found.interval == state.interval
    else:
        assert found.interval is not None
        assert limits.min_interval <= found.interval <= limits.max_interval


@given(states, failures, settings)
def test_a_failure_forgets_nothing(state: FeedState, failed: Failed, limits: PollSettings) -> None:
    found = after(state, failed, None, NOW, limits, jitter=0)
    assert found == replace(
        state,
        next_poll_at=found.next_poll_at,
        last_polled_at=NOW,
        last_error=found.last_error,
        failures=state.failures + 1,
        status=found.status,
    )
    assert found.last_error


@given(states, settings, st.integers(0, 30))
def test_each_failure_in_a_row_waits_at_least_as_long(
    state: FeedState, limits: PollSettings, failures: int
) -> None:
    failed = Failed(URL, "timeout", "no answer")
    first, second = (
        after(replace(state, failures=n), failed, None, NOW, limits, jitter=0).next_poll_at
        for n in (failures, failures + 1)
    )
    assert first is not None
    assert second is not None
    assert first <= second


@given(states, validators)
def test_a_304_keeps_what_it_does_not_send_anew(state: FeedState, sent: Validators) -> None:
    found = after(state, NotModified(URL, validators=sent), None, NOW, SETTINGS, jitter=0)
    assert found.body_hash == state.body_hash
    if state.validators == Validators():
        assert found.validators == Validators()
        assert found.last_error
    else:
        assert found.validators.etag == (sent.etag or state.validators.etag)
        assert found.validators.last_modified == (
            sent.last_modified or state.validators.last_modified
        )


@given(states, moments)
def test_a_turn_put_off_changes_nothing_else(state: FeedState, until: datetime) -> None:
    found = postponed(state, until)
    assert found.next_poll_at is not None
    assert found.next_poll_at >= min(until, END)
    assert found == replace(state, next_poll_at=found.next_poll_at)


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


# --- moves -------------------------------------------------------------------------------------


MOVED = "https://new.example/feed"
LED = replace(fetched(), moved_to=MOVED)


def polls(state: FeedState, *results: FetchResult) -> FeedState:
    """The state after some answers; a body is a feed."""
    for result in results:
        parsed = FEED if isinstance(result, Fetched) else None
        state = after(state, result, parsed, NOW, SETTINGS, jitter=0)
    return state


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


YEARS = 3660 * 1440.0


@pytest.mark.parametrize(("hours", "expected"), [(-1, 30), (0.1, 30), (5, 300), (87840, YEARS)])
def test_retry_after_is_obeyed(hours: float, expected: float) -> None:
    moment = NOW + timedelta(hours=hours)
    assert minutes(Failed(URL, "http_429", "slow down", 429, moment)) == expected
    for value in (format_datetime(moment, usegmt=True), str(int(hours * 3600))):
        sent = {"retry-after": value}
        assert minutes(fetched(sent=sent), FEED) == expected
        assert minutes(NotModified(URL, sent)) == expected


HOURLY = {"cache-control": "max-age=7200"}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, 30),
        ({"cache-control": "max-age=60"}, 30),
        ({"cache-control": "public, MAX-AGE=7200"}, 120),
        ({"cache-control": 'max-age="7200"'}, 120),
        ({"cache-control": "max-age = 7200"}, 120),
        ({"cache-control": "max-age=7200, max-age=60"}, 120),
        ({"cache-control": 'private="a, max-age=5", max-age=7200'}, 120),
        ({"cache-control": "max-age=7200", "age": "3600"}, 60),
        ({"cache-control": "max-age=7200", "age": "9999"}, 30),
        ({"cache-control": "max-age=7200", "age": "soon"}, 120),
        ({"cache-control": "max-age=7200, no-cache"}, 30),
        ({"cache-control": "no-store, max-age=7200"}, 30),
        ({"cache-control": 'max-age=7200, no-cache="set-cookie"'}, 120),
        ({"cache-control": "max-age=-5"}, 30),
        ({"cache-control": "max-age=316224000"}, YEARS),
        ({"cache-control": "s-maxage=7200"}, 30),
        ({"cache-control": "max-age=0", "expires": "Mon, 30 Mar 2026 00:30:00 GMT"}, 30),
        ({"cache-control": "no-cache", "expires": "Mon, 30 Mar 2026 00:30:00 GMT"}, 30),
        ({"cache-control": "public", "expires": "Mon, 30 Mar 2026 00:30:00 GMT"}, 1440),
        ({"expires": format_datetime(NOW + timedelta(hours=3))}, 180),
        ({"expires": format_datetime(NOW + timedelta(hours=87840))}, YEARS),
        ({"expires": "0"}, 30),
        ({"expires": "Mon, 01 Jan 2029 00:00:00 +99999999999999999999"}, 30),
        ({"expires": "Sun, 29 Mar 2026 02:30:00"}, 120),
        ({"expires": "Sunday, 29-Mar-26 02:30:00 GMT"}, 120),
    ],
)
def test_an_answer_is_left_alone_while_it_is_fresh(sent: dict[str, str], expected: float) -> None:
    assert minutes(fetched(sent=sent), FEED) == expected
    assert minutes(NotModified(URL, sent)) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"cache-control": "max-age=7200"}, 120),
        ({"cache-control": "max-age=0"}, 30),
        ({"cache-control": "no-cache"}, 30),
        ({"expires": "Sun, 29 Mar 2026 02:30:00 GMT"}, 120),
        ({"expires": "0"}, 30),
        ({"cache-control": "public"}, 1440),
        ({}, 1440),
    ],
)
def test_what_a_304_says_itself_counts_before_what_was_said(
    sent: dict[str, str], expected: float
) -> None:
    assert minutes(NotModified(URL, sent), state=replace(KNOWN, lifetime=86400.0)) == expected


def test_what_no_date_can_hold_is_the_last_moment_that_one_can() -> None:
    endless = {"cache-control": "max-age=9" + "9" * 5000}
    for result, parsed in (
        (fetched(sent=endless), FEED),
        (NotModified(URL, endless), None),
        (fetched(sent={"retry-after": "9" * 400}), FEED),
        (fetched(), replace(FEED, schedule=Schedule(ttl=1e18))),
        (fetched(), replace(FEED, schedule=Schedule(period=1e300, skip_hours=(23,)))),
    ):
        assert after(KNOWN, result, parsed, NOW, SETTINGS, jitter=0.9).next_poll_at == END


def test_a_304_without_a_word_on_freshness_leaves_the_former_in_force() -> None:
    known = polls(KNOWN, fetched(sent=HOURLY))
    assert known.lifetime == 7200
    assert minutes(NotModified(URL), state=known) == 120
    assert minutes(NotModified(URL, {"age": "1800"}), state=known) == 90
    again = polls(known, NotModified(URL), NotModified(URL))
    assert minutes(NotModified(URL), state=again) == 120
    renewed = polls(known, NotModified(URL, {"cache-control": "max-age=10800"}))
    assert minutes(NotModified(URL), state=renewed) == 180
    # A body without a word on it is not what the former word was about.
    assert minutes(fetched(), FEED, replace(known, interval=None)) == 30
    assert polls(known, fetched()).lifetime is None


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule(), 30),
        (Schedule(ttl=0.0), 30),
        (Schedule(ttl=29.0), 30),
        (Schedule(ttl=180.0), 180),
        (Schedule(ttl=YEARS), YEARS),
        (Schedule(period=60.0), 60),
        (Schedule(period=365 * 1440.0), 365 * 1440),
        (Schedule(ttl=120.0, period=60.0), 120),
    ],
)
def test_what_the_feed_says_is_obeyed_then_and_at_every_304(
    schedule: Schedule, expected: float
) -> None:
    says = replace(FEED, schedule=schedule)
    assert minutes(fetched(), says) == expected
    known = after(KNOWN, fetched(), says, NOW, SETTINGS, jitter=0)
    known = replace(known, interval=None)
    assert minutes(NotModified(URL), None, known) == expected


def test_the_longest_wish_of_the_publisher_counts() -> None:
    assert minutes(fetched(sent=HOURLY), replace(FEED, schedule=Schedule(ttl=60.0))) == 120
    assert minutes(fetched(sent=HOURLY), replace(FEED, schedule=Schedule(ttl=240.0))) == 240


# 29 March 2026 is a Sunday, NOW half past midnight.
@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        ((), (), 30),
        ((0,), (), 30),
        ((1,), (), 90),
        ((1, 2, 3), (), 210),
        ((), (6,), 23.5 * 60),
        ((0, 1), (6,), 25.5 * 60),
        ((), (5,), 30),
        ((), (6, 0, 1, 2, 3, 4), 23.5 * 60 + 5 * 1440),
        (tuple(range(24)), (), 30),
        ((), tuple(range(7)), 30),
        ((1, 24, -1), (9,), 90),
    ],
)
def test_no_turn_falls_into_hours_or_days_to_skip(
    hours: tuple[int, ...], days: tuple[int, ...], expected: float
) -> None:
    says = replace(FEED, schedule=Schedule(skip_hours=hours, skip_days=days))
    assert minutes(fetched(), says) == expected
    assert minutes(Failed(URL, "timeout", ""), state=replace(KNOWN, schedule=says.schedule)) == (
        expected
    )


def test_turns_that_gather_behind_skipped_hours_are_spread_over_the_first_free_one() -> None:
    night = Schedule(skip_hours=(0, 1, 2, 4))
    assert past_skipped(NOW, night, 0.5) == NOW + timedelta(hours=2, minutes=30 + 29.5)
    assert past_skipped(NOW + timedelta(hours=2.75), night, 0.5) == NOW + timedelta(hours=2.75)


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


def test_a_feed_that_a_hub_speaks_for_is_only_asked_as_a_precaution() -> None:
    found = after(KNOWN, fetched(), FEED, NOW, SETTINGS, jitter=0, subscribed=True)
    assert found.next_poll_at == NOW + timedelta(minutes=1440)
    assert found.interval == 30
    failed = after(found, Failed(URL, "dns", ""), None, NOW, SETTINGS, jitter=0, subscribed=True)
    assert failed.next_poll_at == NOW + timedelta(minutes=1440)
