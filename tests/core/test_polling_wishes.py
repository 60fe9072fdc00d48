"""What a publisher says of the next turn is obeyed, however long."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from aggregator.core.polling import after
from aggregator.core.polling.wishes import END, past_skipped, retry_after
from aggregator.model import (
    Failed,
    NotModified,
    Schedule,
)
from tests.support.polls import FEED, HOURLY, KNOWN, NOW, SETTINGS, URL, fetched, minutes, polls

YEARS = 3660 * 1440.0


@pytest.mark.parametrize(("hours", "expected"), [(-1, 30), (0.1, 30), (5, 300), (87840, YEARS)])
def test_retry_after_is_obeyed(hours: float, expected: float) -> None:
    moment = NOW + timedelta(hours=hours)
    assert minutes(Failed(URL, "http_429", "slow down", 429, moment)) == expected
    for value in (format_datetime(moment, usegmt=True), str(int(hours * 3600))):
        sent = {"retry-after": value}
        assert minutes(fetched(sent=sent), FEED) == expected
        assert minutes(NotModified(URL, sent)) == expected


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
        ({"cache-control": "max-age=7200;public"}, 120),
        ({"cache-control": "public; max-age=7200; must-revalidate"}, 120),
        ({"cache-control": "max-age=316224000"}, YEARS),
        ({"cache-control": "s-maxage=7200"}, 30),
        ({"cache-control": "max-age=0", "expires": "Mon, 30 Mar 2026 00:30:00 GMT"}, 30),
        ({"cache-control": "no-cache", "expires": "Mon, 30 Mar 2026 00:30:00 GMT"}, 30),
        ({"cache-control": "public", "expires": "Mon, 30 Mar 2026 00:30:00 GMT"}, 1440),
        ({"expires": format_datetime(NOW + timedelta(hours=3))}, 180),
        ({"expires": format_datetime(NOW + timedelta(hours=87840))}, YEARS),
        ({"expires": "0"}, 30),
        ({"expires": "Mon, 31 Feb 99999 00:00:00 GMT"}, 30),
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
        (fetched(sent={"retry-after": "Fri, 31 Dec 99999 23:59:59 GMT"}), FEED),
        (fetched(sent={"expires": "Fri, 31 Dec 99999 23:59:59 GMT"}), FEED),
        (NotModified(URL, {"expires": "Fri, 31 Dec 10000 00:00:00 GMT"}), None),
        (fetched(), replace(FEED, schedule=Schedule(ttl=1e12))),
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


def test_the_freshness_of_an_error_is_waited_out_too() -> None:
    until = NOW + timedelta(days=10)
    missing = Failed(URL, "http_404", "Not Found", 404, fresh_until=until)
    assert minutes(missing) == 10 * 1440
    assert minutes(replace(missing, retry_after=NOW + timedelta(days=11))) == 11 * 1440
    assert minutes(replace(missing, fresh_until=NOW + timedelta(minutes=5))) == 30
    assert minutes(replace(missing, fresh_until=END)) == (END - NOW).total_seconds() / 60
    # It is of the address that a feed falls back from, and says nothing of its own.
    assert minutes(missing, state=replace(KNOWN, address="https://paper.example/new")) == 30


def test_turns_that_gather_behind_skipped_hours_are_spread_over_the_first_free_one() -> None:
    night = Schedule(skip_hours=(0, 1, 2, 4))
    assert past_skipped(NOW, night, 0.5) == NOW + timedelta(hours=2, minutes=30 + 29.5)
    assert past_skipped(NOW + timedelta(hours=2.75), night, 0.5) == NOW + timedelta(hours=2.75)


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("9906992024", NOW + timedelta(seconds=9906992024)),
        ("Fri, 31 Dec 9999 23:59:59 -0100", END),
        ("Mon, 01 Jan 2029 00:00:00 +99999999999999999999", None),
    ],
)
def test_retry_after_is_read_to_the_second(said: str, until: datetime | None) -> None:
    assert retry_after({"retry-after": said}, NOW) == until
