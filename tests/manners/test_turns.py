"""When feeds are asked: each rule beside what a real server recorded."""

from datetime import timedelta
from itertools import pairwise

import pytest

from aggregator.model import FeedStatus
from tests.support.manners import recorded
from tests.support.server import Answer, Request
from tests.support.turns import (
    BEGIN,
    GOOD,
    SAME,
    TAGGED,
    Reader,
    Script,
    Wish,
    conditions,
    held,
    http_date,
    rss,
    told,
)

# --- the first request -------------------------------------------------------------------------


def test_a_new_feed_is_asked_once_and_without_conditions(reader: Reader) -> None:
    """A new feed is asked once, unconditionally, and not again before its turn."""
    reader.follow("/feed", GOOD)
    assert reader.run() == 1
    assert [reader.run() for _ in range(3)] == [0, 0, 0]
    (first,) = reader.server.requests
    assert conditions(first) == (None, None)
    recorded("a new feed: one unconditional request", [first, "nothing in three more runs"])


def test_feeds_that_began_together_are_spread_over_time(reader: Reader) -> None:
    """Feeds first asked in one run get turns spread over their whole interval."""
    paths = [f"/feed{n}" for n in range(16)]
    for path in paths:
        reader.follow(path, GOOD)
    assert reader.run() == len(paths)
    while min(len(reader.asked(path)) for path in paths) < 2:
        reader.next_poll()
    second = sorted(reader.minutes(path)[1] for path in paths)
    assert second[0] >= 10
    # By chance all 16 lie within a quarter of the interval once in 10**8 times.
    assert second[-1] - second[0] > 7.5
    recorded("no burst after the start", [f"second turns: {told(second)}"])


def test_feeds_that_are_overdue_together_are_spread_over_time(reader: Reader) -> None:
    """After a long stop, feeds that are due together drift apart again."""
    paths = [f"/feed{n}" for n in range(16)]
    for path in paths:
        reader.follow(path, GOOD)
    reader.run()
    reader.wait(days=3)
    assert reader.run() == len(paths)
    stopped = (reader.now - BEGIN).total_seconds() / 60
    while min(len(reader.asked(path)) for path in paths) < 3:
        reader.next_poll()
    third = sorted(reader.minutes(path)[2] - stopped for path in paths)
    assert third[0] >= 10
    assert third[-1] - third[0] > 7.5
    recorded("no burst after a long stop", [f"turns after it: {told(third)}"])


# --- refusals and errors -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
@pytest.mark.parametrize("minutes", [200, 90 * 1440])
def test_a_refusal_is_obeyed(reader: Reader, status: int, minutes: int, as_date: bool) -> None:
    """Retry-After of a 429 or 503, in seconds or as a date, is waited out, however long."""

    def refusal(_request: Request) -> Answer:
        until = reader.now + timedelta(minutes=minutes)
        value = http_date(until) if as_date else str(minutes * 60)
        return Answer(b"later", status, headers={"Retry-After": value})

    reader.follow("/feed", refusal)
    reader.run()
    wish = Wish("Retry-After", minutes)
    how = "as a date" if as_date else "in seconds"
    recorded(f"{status} with Retry-After {how}: {minutes} minutes", [told(held(reader, wish))])


def test_errors_back_off_and_never_give_up(reader: Reader) -> None:
    """Errors wait twice as long each time, with jitter, up to a limit, and never for ever."""
    broken = [Answer(b"oh", 500)] * 12
    reader.follow("/feed", Script(GOOD, *broken, SAME))
    for _ in range(15):
        reader.next_poll()
    times = reader.minutes("/feed")
    gaps = [after - before for before, after in pairwise(times)]
    own = reader.feed("/feed").state.interval
    assert own is not None
    for number, gap in enumerate(gaps[1:-1]):
        least = min(30 * 2**number, 1440)
        assert least <= gap <= least * 1.1 + 1
    # After a success the interval is what it was, a poll without news longer.
    assert gaps[-1] <= own * 1.1 + 1 < 50
    assert all(conditions(request)[0] == '"1"' for request in reader.asked("/feed")[1:])
    recorded("errors back off, then the interval is back", [told(times)])


def test_feeds_that_fail_together_are_spread_over_time(reader: Reader) -> None:
    """Feeds of a server that is out of order do not come back all at once."""
    paths = [f"/feed{n}" for n in range(16)]
    for path in paths:
        reader.follow(path, Answer(b"oh", 500))
    asked: list[str] = []
    while len(set(asked)) < len(paths):
        reader.next_poll()
        asked = [request.path for request in reader.server.requests]
    while min(len(reader.asked(path)) for path in paths) < 2:
        reader.next_poll()
    second = sorted(reader.minutes(path)[1] for path in paths)
    assert second[0] >= 30
    # By chance all 16 lie within a quarter of the interval once in 10**8 times.
    assert second[-1] - second[0] > 7.5
    recorded("no burst after errors", [f"second turns: {told(second)}"])


def test_a_feed_that_is_gone_is_asked_no_more(reader: Reader) -> None:
    """410 stops a feed; the operator sees it, and can list it anew."""
    reader.follow("/gone", Script(GOOD, Answer(b"gone", 410)))
    reader.follow("/other", GOOD)
    reader.run()
    for _ in range(6):
        reader.next_poll()
    assert len(reader.asked("/gone")) == 2
    assert reader.feed("/gone").state.status is FeedStatus.GONE
    reader.wait(days=400)
    reader.run()
    assert len(reader.asked("/gone")) == 2
    reader.paths = ("/other",)
    reader.run()
    reader.paths = ("/other", "/gone")
    reader.run()
    assert len(reader.asked("/gone")) == 3
    recorded("410 stops a feed", [told(reader.minutes("/gone")), "the last: listed anew"])


# --- moves -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_moves_only_after_several_redirects(reader: Reader, status: int) -> None:
    """301 and 308 move a feed only after five in a row; from then on the old address has peace."""
    reader.follow("/old", Answer(status=status, headers={"Location": "/new"}))
    reader.server.routes["/new"] = Answer(rss("One"), headers=TAGGED)
    for _ in range(9):
        reader.next_poll()
    assert (len(reader.asked("/old")), len(reader.asked("/new"))) == (5, 9)
    feed = reader.feed("/old")
    assert feed.address == reader.server.url("/new")
    assert feed.source.url == reader.server.url("/old")
    assert conditions(reader.asked("/new")[-1]) == ('"1"', TAGGED["Last-Modified"])
    recorded(f"{status} moves a feed after five", [r.path for r in reader.server.requests])


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_passing_redirect_moves_no_feed(reader: Reader, status: int) -> None:
    """302, 303 and 307 never move a feed."""
    reader.follow("/old", Answer(status=status, headers={"Location": "/new"}))
    reader.server.routes["/new"] = GOOD
    for _ in range(8):
        reader.next_poll()
    assert len(reader.asked("/old")) == 8
    recorded(f"{status} moves no feed", [r.path for r in reader.server.requests])


@pytest.mark.parametrize("status", [404, 410])
def test_a_feed_lost_at_its_new_address_comes_back(reader: Reader, status: int) -> None:
    """A feed that its new address has lost is asked at its own again, with nothing borrowed."""
    reader.follow("/old", Answer(status=301, headers={"Location": "/new"}))
    reader.server.routes["/new"] = Answer(rss("One"), headers=TAGGED)
    for _ in range(6):
        reader.next_poll()
    assert reader.feed("/old").state.address is not None
    reader.server.routes["/old"] = Answer(rss("Two"))
    reader.server.routes["/new"] = Answer(b"lost", status)
    for _ in range(3):
        reader.next_poll()
    assert [request.path for request in reader.server.requests[-3:]] == ["/new", "/old", "/old"]
    assert conditions(reader.asked("/old")[-1]) == (None, None)
    state = reader.feed("/old").state
    assert (state.status, state.address, state.last_error) == (FeedStatus.ACTIVE, None, None)
    recorded(f"{status} at a new address", [r.path for r in reader.server.requests[-4:]])


# --- restarts and rhythm -----------------------------------------------------------------------


def test_a_restart_never_polls_early(reader: Reader) -> None:
    """However often it is started before the turn, nothing is asked."""
    reader.follow("/feed", Answer(rss("One"), headers={"Cache-Control": "max-age=3600"}))
    reader.run()
    turn = reader.turn()
    for seconds in (3599, 1800, 61, 2, 1, 0.001):
        reader.now = turn - timedelta(seconds=seconds)
        assert reader.run() == 0
    reader.now = turn
    assert reader.run() == 1
    recorded("a restart never polls early", ["no request in six starts", told([0, 60])])


def test_each_feed_has_its_own_rhythm(reader: Reader) -> None:
    """A ticker is asked every ten minutes, a weekly once a day, from the first poll on."""

    def ticker(request: Request) -> Answer:
        newest = int((reader.now - BEGIN).total_seconds() // 720)
        tag = f'"{newest}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(status=304)
        numbers = range(newest, newest - 20, -1)
        dates = [BEGIN + timedelta(minutes=12 * n) for n in numbers]
        return Answer(rss(*map(str, numbers), dates=dates), headers={"ETag": tag})

    weeks = [BEGIN - timedelta(weeks=n) for n in range(10)]
    weekly = Answer(rss(*map(str, weeks), dates=weeks), headers=TAGGED)
    reader.follow("/ticker", ticker)
    reader.follow("/weekly", lambda r: SAME if "if-none-match" in r.headers else weekly)
    while reader.now < BEGIN + timedelta(hours=3):
        reader.next_poll()
    ticks, weekly_turns = reader.minutes("/ticker"), reader.minutes("/weekly")
    assert 3 * 60 / 14 <= len(ticks) <= 3 * 60 / 10 + 2
    assert len(weekly_turns) <= 2
    assert reader.feed("/weekly").state.interval == 1440
    seen = [f"ticker: {told(ticks)}", f"weekly: {told(weekly_turns)}, then after a day"]
    recorded("the interval is each feed's own", seen)
