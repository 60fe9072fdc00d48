"""Whatever is answered, a turn keeps to a few laws."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.polling import after, postponed
from aggregator.core.polling.wishes import END, freshness, later, retry_after
from aggregator.model import (
    Entry,
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
from tests.support.polls import NOW, SETTINGS, URL

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
