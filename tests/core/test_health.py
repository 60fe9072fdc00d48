"""Each ill that a feed can have, and what a person is told to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.health import advice, diagnose
from aggregator.core.polling import after
from aggregator.model import (
    Entry,
    Feed,
    FeedSource,
    FeedState,
    FeedStatus,
    Fetched,
    HostState,
    ParsedFeed,
    Schedule,
)
from aggregator.settings import PollSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = FeedSource("https://ann:secret@post.example:8443/rss", "Post")
WELL = FeedState(
    next_poll_at=NOW + HOUR / 2,
    last_polled_at=NOW - HOUR / 2,
    last_success_at=NOW - HOUR / 2,
    interval=30.0,
    rhythm=120.0,
    last_new_at=NOW - 3 * HOUR,
)


def code(state: FeedState, host: HostState | None = None) -> str:
    return diagnose(Feed(1, SOURCE, state), host, NOW).code


def failing(error: str, failures: int = 3) -> FeedState:
    return replace(WELL, last_error=error, failures=failures, last_success_at=NOW - 50 * HOUR)


def test_a_feed_that_is_well_needs_nothing() -> None:
    found = diagnose(Feed(1, SOURCE, WELL), None, NOW)
    assert (found.code, found.sentence, found.action) == ("ok", "", "")
    assert code(FeedState()) == "new"


@pytest.mark.parametrize(
    ("error", "expected", "action"),
    [
        ("http_403: the server answered 403 Forbidden", "blocked", "network.contact"),
        ("http_401: the server answered 401 Unauthorized", "blocked", "name and password"),
        ("http_429: the server answered 429", "blocked", "polling.interval"),
        ("challenge: a page that tells people from robots", "blocked", "ask the publisher"),
        ("html: an HTML page came instead of a feed; look there", "html", "aggregator add"),
        (
            "html: an HTML page came; it names this one: https://post.example/new.xml",
            "html",
            "change its url in feeds.yaml to https://post.example/new.xml",
        ),
        ("sitemap: a sitemap came", "unreadable", "add https://post.example:8443/"),
        ("opml: a list of feeds", "unreadable", "aggregator import FILE"),
        ("worker_timeout: stopped after 30 s", "unreadable", "tell the publisher"),
        ("dns: the host name could not be resolved", "failing", "this machine reaches"),
        ("tls: no secure connection", "failing", "tell the publisher"),
        ("timeout: no complete answer in time", "failing", "network.timeout"),
        ("http_404: the server answered 404", "failing", "add https://post.example:8443/"),
        ("http_500: the server answered 500", "failing", "tell the publisher"),
    ],
)
def test_a_failure_is_named_with_a_way_out(error: str, expected: str, action: str) -> None:
    found = diagnose(Feed(1, SOURCE, failing(error)), None, NOW)
    assert (found.code, found.sentence) == (expected, error)
    assert action in found.action
    assert found.detail == "3 times in a row, last read 2 days ago"
    assert "secret" not in found.action


def test_the_history_is_that_of_the_feed() -> None:
    once = diagnose(Feed(1, SOURCE, failing("dns: no", failures=1)), None, NOW)
    assert once.detail == "last read 2 days ago"
    never = replace(failing("dns: no"), last_success_at=None, next_poll_at=NOW + 5 * HOUR)
    found = diagnose(Feed(1, SOURCE, never), None, NOW)
    assert (found.detail, found.until) == ("3 times in a row, never read", NOW + 5 * HOUR)


def test_what_is_gone_is_gone_whatever_else() -> None:
    found = diagnose(
        Feed(1, SOURCE, replace(failing("http_410: gone"), status=FeedStatus.GONE)), None, NOW
    )
    assert found.code == "gone"
    assert "take it out of feeds.yaml" in found.action


def test_moves_are_told_once_they_are_repeated() -> None:
    target = "https://post.example/new"
    assert code(replace(WELL, moved_to=target, moved_times=1)) == "ok"
    for state in (
        replace(WELL, moved_to=target, moved_times=2),
        replace(WELL, address=target),
    ):
        found = diagnose(Feed(1, SOURCE, state), None, NOW)
        assert found.code == "moved"
        assert found.action == f"change its url in feeds.yaml to {target}"


@pytest.mark.parametrize(
    ("rhythm", "silence", "expected"),
    [
        (120.0, 23 * HOUR, "ok"),
        (120.0, 25 * HOUR, "silent"),
        (1440.0, 143 * HOUR, "ok"),
        (1440.0, 145 * HOUR, "silent"),
        (None, 1000 * HOUR, "ok"),
    ],
)
def test_silence_is_measured_by_the_rhythm(
    rhythm: float | None, silence: timedelta, expected: str
) -> None:
    state = replace(WELL, rhythm=rhythm, last_new_at=NOW - HOUR / 2 - silence)
    assert code(state) == expected
    not_asked = replace(state, last_success_at=state.last_new_at)
    assert code(not_asked) == "ok", "what nobody asks is not silent"


def test_a_feed_that_was_left_behind_is_silent_from_the_first_poll_on() -> None:
    days = [NOW - timedelta(days=1000 + n) for n in range(20)]
    entries = tuple(Entry(str(day), None, "Title", "hash", published_at=day) for day in days)
    body, settings = Fetched("https://post.example/rss", 200, {}, b"<rss/>"), PollSettings()
    feed = ParsedFeed("Post", "rss20", entries)
    state = after(FeedState(), body, feed, NOW, settings, jitter=0, fresh=len(entries))
    found = diagnose(Feed(1, SOURCE, state), None, NOW)
    assert (found.code, state.rhythm) == ("silent", 1440)
    assert found.sentence.startswith("nothing new for 1,000 days; as a rule")
    later = NOW + timedelta(days=3)
    state = after(state, body, None, later, settings, jitter=0)
    assert diagnose(Feed(1, SOURCE, state), None, later).code == "silent"


def test_ids_that_churn() -> None:
    assert code(replace(WELL, id_churn=2)) == "ok"
    found = diagnose(Feed(1, SOURCE, replace(WELL, id_churn=3)), None, NOW)
    assert (found.code, found.detail) == ("churn", "3 polls in a row")


def test_a_pause_that_the_publisher_wants_is_no_ill() -> None:
    long = replace(WELL, next_poll_at=NOW + 5 * HOUR)
    for state, word in (
        (replace(long, lifetime=6 * 3600.0), "the server says that its answer holds for 6 hours"),
        (replace(long, schedule=Schedule(ttl=360.0)), "the feed says that 6 hours should pass"),
        (replace(long, schedule=Schedule(skip_hours=(12, 13))), "skipHours"),
        (replace(long, schedule=Schedule(skip_days=(6,))), "skipDays"),
    ):
        found = diagnose(Feed(1, SOURCE, state), None, NOW)
        assert (found.code, found.until) == ("waiting", NOW + 5 * HOUR)
        assert word in found.sentence
    assert code(long) == "ok", "our own pause"
    assert code(replace(WELL, lifetime=1200.0)) == "ok", "shorter than ours"


def test_a_host_that_wants_quiet_is_named() -> None:
    host = HostState("post.example", "post.example", (), NOW + HOUR, 2, "http_429")
    found = diagnose(Feed(1, SOURCE, WELL), host, NOW)
    assert (found.code, found.until) == ("waiting", NOW + HOUR)
    assert "http_429" in found.sentence
    assert code(WELL, replace(host, quiet_until=NOW - HOUR)) == "ok"


moments = st.none() | st.datetimes(timezones=st.just(UTC))
numbers = st.none() | st.floats(0, 1e9)


@given(
    st.builds(
        FeedState,
        next_poll_at=moments,
        last_polled_at=moments,
        last_success_at=moments,
        last_new_at=moments,
        last_error=st.none() | st.text(min_size=1),
        failures=st.integers(0),
        interval=numbers,
        rhythm=numbers,
        lifetime=numbers,
        schedule=st.builds(Schedule, ttl=numbers, period=numbers),
        moved_to=st.none() | st.text(),
        moved_times=st.integers(0),
        id_churn=st.integers(0),
    ),
    st.text(),
)
def test_every_state_has_one_diagnosis(state: FeedState, url: str) -> None:
    found = diagnose(Feed(1, FeedSource(url, "X"), state), None, NOW)
    assert bool(found.sentence) == (found.code != "ok")


def test_advice_names_the_site_without_a_password() -> None:
    assert advice("http_404", SOURCE.url).endswith("aggregator add https://post.example:8443/")
    assert advice("http_404", "nowhere").endswith("aggregator add SITE")
