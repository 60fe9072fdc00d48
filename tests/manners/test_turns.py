"""When feeds are asked and with what: each rule beside what a real server recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest

from aggregator.model import FeedStatus
from aggregator.settings import PollSettings
from aggregator.storage.database import open_database
from tests.support.manners import recorded
from tests.support.runs import once, write_feeds
from tests.support.server import Answer, Request, Server
from tests.support.turns import BEGIN, Reader, Script, rss

CONDITIONS = ("if-none-match", "if-modified-since")
TAGGED = {"ETag": '"1"', "Last-Modified": "Wed, 04 Mar 2026 09:00:00 GMT"}
GOOD = Answer(rss("One"), headers=TAGGED)
SAME = Answer(status=304)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def reader(server: Server, tmp_path: Path) -> Reader:
    """A reader of the server's feeds."""
    return Reader(server, tmp_path / "news.db")


def conditions(request: Request) -> tuple[str | None, str | None]:
    """What a request made its answer depend on."""
    return request.headers.get(CONDITIONS[0]), request.headers.get(CONDITIONS[1])


def told(times: list[float]) -> str:
    """Minutes as they passed on the reader's clock."""
    return "asked at minute " + ", ".join(f"{minute:.0f}" for minute in times)


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


# --- conditions --------------------------------------------------------------------------------

TAGS = (
    '"1"', 'W/"1"', 'w/"1"', "unquoted", '"a, b"', '"a;b=\'c\'"', '""', "'single'", '"x" "y"',
    '"<&>%20\\"', "0", '"1-gzip"', 'W/"' + "x" * 300 + '"',
    '"\xe4\xff"',
)  # fmt: skip
DATES = (
    "Wed, 04 Mar 2026 09:00:00 GMT", "Wednesday, 04-Mar-26 09:00:00 GMT", "4 mar 9:00 CET",
    "2026-03-04T09:00:00Z", "yesterday", "0", "-1", "Thu, 01 Jan 1970 00:00:00 GMT",
)  # fmt: skip


def test_conditions_are_sent_byte_for_byte_as_received(reader: Reader) -> None:
    """If-None-Match and If-Modified-Since are, byte for byte, what came last, over a restart."""
    sent = {f"/tag{n}": {"ETag": tag} for n, tag in enumerate(TAGS)}
    sent |= {f"/date{n}": {"Last-Modified": date} for n, date in enumerate(DATES)}
    sent |= {"/both": TAGGED, "/none": {}}
    for path, headers in sent.items():
        reader.follow(path, Answer(rss(path), headers=headers))
    reader.run()
    reader.wait(days=1)
    reader.run()
    for path, headers in sent.items():
        first, second = reader.asked(path)
        assert conditions(first) == (None, None)
        assert conditions(second) == (headers.get("ETag"), headers.get("Last-Modified"))
    odd = [reader.asked(path)[1] for path in ("/tag1", "/tag3", "/date4", "/both", "/none")]
    recorded("conditions byte for byte as received", odd)


def test_conditions_are_never_invented(reader: Reader) -> None:
    """No ETag, no If-None-Match; no Last-Modified, no If-Modified-Since, though a Date was sent."""
    reader.follow("/tag", Answer(rss("One"), headers={"ETag": '"1"'}))
    reader.follow("/date", Answer(rss("One"), headers={"Last-Modified": TAGGED["Last-Modified"]}))
    reader.follow("/none", Answer(rss("One", dates=[BEGIN])))
    reader.run()
    reader.wait(days=1)
    reader.run()
    second = [reader.asked(path)[1] for path in ("/tag", "/date", "/none")]
    assert [conditions(request) for request in second] == [
        ('"1"', None),
        (None, TAGGED["Last-Modified"]),
        (None, None),
    ]
    recorded("conditions never invented", second)


def test_conditions_are_never_stale(reader: Reader) -> None:
    """A 200 replaces both conditions, also by none; a 304 replaces those that it sends anew."""
    reader.follow(
        "/feed",
        Script(
            GOOD,
            Answer(rss("Two"), headers={"ETag": '"2"'}),
            Answer(rss("Three")),
            Answer(rss("Four"), headers={"ETag": '"4"', "Last-Modified": "then"}),
            Answer(status=304, headers={"ETag": '"5"'}),
            SAME,
        ),
    )
    for _ in range(7):
        reader.next_poll()
    asked = reader.asked("/feed")
    assert [conditions(request) for request in asked] == [
        (None, None),
        ('"1"', TAGGED["Last-Modified"]),
        ('"2"', None),
        (None, None),
        ('"4"', "then"),
        ('"5"', "then"),
        ('"5"', "then"),
    ]
    recorded("conditions never stale", asked)


@pytest.mark.parametrize("status", [429, 500, 503, 404, 403])
def test_conditions_are_kept_through_errors(reader: Reader, status: int) -> None:
    """Conditions stay what they were through 429 and every error."""
    reader.follow("/feed", Script(GOOD, Answer(b"no", status, headers={"ETag": '"e"'}), SAME))
    for _ in range(4):
        reader.next_poll()
    asked = reader.asked("/feed")
    assert [conditions(request) for request in asked[1:]] == [('"1"', TAGGED["Last-Modified"])] * 3
    recorded(f"conditions kept through {status}", asked)


def test_conditions_are_kept_through_a_body_that_is_no_feed(reader: Reader) -> None:
    """What came with a body that is no feed is no condition: the error would hide behind a 304."""
    page = Answer(b"<!doctype html><title>Down</title>", headers={"ETag": '"page"'})
    reader.follow("/feed", Script(GOOD, page, page, SAME))
    for _ in range(3):
        reader.next_poll()
    assert "html" in (reader.feed("/feed").state.last_error or "")
    reader.next_poll()
    assert reader.feed("/feed").state.last_error is None
    asked = reader.asked("/feed")
    assert [conditions(request) for request in asked[1:]] == [('"1"', TAGGED["Last-Modified"])] * 3
    recorded("conditions only for what was understood", asked)


def test_a_304_that_nobody_asked_for_hides_no_feed(reader: Reader) -> None:
    """A 304 to a request without conditions is an error, and its ETag no condition."""
    reader.follow("/feed", Script(Answer(status=304, headers={"ETag": '"1"'}), GOOD))
    reader.next_poll()
    assert reader.feed("/feed").state.last_error is not None
    reader.next_poll()
    assert reader.feed("/feed").state.last_error is None
    assert [conditions(request) for request in reader.asked("/feed")] == [(None, None)] * 2
    recorded("a 304 that was not asked for is an error", reader.asked("/feed"))


def test_conditions_are_kept_over_processes(server: Server, tmp_path: Path) -> None:
    """A second process asks with what the first one was given, and not before the turn."""
    server.routes["/feed"] = GOOD
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url("/feed"), "Paper")], text="feed")
    for _ in range(2):
        done = once(feeds, tmp_path / "news.db")
        assert done.returncode == 0, done.stderr
    assert len(server.requests) == 1
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute("UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z'")
    assert once(feeds, tmp_path / "news.db").returncode == 0
    assert conditions(server.requests[-1]) == ('"1"', TAGGED["Last-Modified"])
    recorded("conditions kept over processes", server.requests)


# --- what publishers wish ----------------------------------------------------------------------

Sent = Callable[[datetime], Mapping[str, str]]


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a publisher says, in a header (made of the present) or in the feed, and means by it."""

    name: str
    minutes: float
    sent: Sent = lambda _now: {}
    elements: str = ""


TEN_YEARS = 3652 * 1440
WISHES = (
    Wish("Cache-Control: max-age", 720, lambda _: {"Cache-Control": "public, max-age=43200"}),
    Wish(
        "Cache-Control: max-age less Age",
        600,
        lambda _: {"Cache-Control": "max-age=43200", "Age": "7200"},
    ),
    Wish("Expires", 600, lambda now: {"Expires": http_date(now + timedelta(hours=10))}),
    Wish("Retry-After in seconds", 300, lambda _: {"Retry-After": "18000"}),
    Wish(
        "Retry-After as a date",
        500,
        lambda now: {"Retry-After": http_date(now + timedelta(minutes=500))},
    ),
    Wish("max-age of ten years", TEN_YEARS, lambda _: {"Cache-Control": "max-age=315532800"}),
    Wish(
        "Expires in ten years",
        TEN_YEARS,
        lambda now: {"Expires": http_date(now + timedelta(minutes=TEN_YEARS))},
    ),
    Wish("ttl", 240, elements="<ttl>240</ttl>"),
    Wish("ttl of a year", 525_600, elements="<ttl>525600</ttl>"),
    Wish(
        "sy:updatePeriod and sy:updateFrequency",
        480,
        elements="<sy:updatePeriod>daily</sy:updatePeriod>"
        "<sy:updateFrequency>3</sy:updateFrequency>",
    ),
    Wish("sy:updatePeriod yearly", 525_600, elements="<sy:updatePeriod>yearly</sy:updatePeriod>"),
)
by_wish = pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.name)


def held(reader: Reader, wish: Wish) -> list[float]:
    """Hold that the reader waits out a wish just heard, and asks then; returns when, in minutes."""
    heard = reader.now
    for share in (0.1, 0.5):
        reader.now = heard + timedelta(minutes=wish.minutes * share)
        assert reader.run() == 0
    reader.now = heard + timedelta(minutes=wish.minutes) - A_SECOND
    assert reader.run() == 0
    reader.next_poll()
    asked = [0.0, (reader.now - heard).total_seconds() / 60]
    # Our own spread on top is within our own longest interval.
    assert wish.minutes <= asked[1] <= wish.minutes + 1440
    return asked


@by_wish
def test_a_wish_is_obeyed_on_a_200(reader: Reader, wish: Wish) -> None:
    """What an answer or a feed says of its next turn is obeyed to the second, however long."""
    body = rss("One", elements=wish.elements)
    reader.follow("/feed", lambda _: Answer(body, headers={**TAGGED, **wish.sent(reader.now)}))
    reader.run()
    recorded(f"{wish.name}, on a 200: {wish.minutes:.0f} minutes", [told(held(reader, wish))])


@by_wish
def test_a_wish_is_obeyed_on_a_304(reader: Reader, wish: Wish) -> None:
    """The same on a 304: its own headers count, and what the feed said with its body stands."""
    body = rss("One", elements=wish.elements)

    def route(request: Request) -> Answer:
        if "if-none-match" in request.headers:
            return Answer(status=304, headers=wish.sent(reader.now))
        return Answer(body, headers=TAGGED)

    reader.follow("/feed", route)
    reader.run()
    reader.next_poll()
    times = held(reader, wish)
    times += [times[-1] + minute for minute in held(reader, wish)[1:]]
    recorded(f"{wish.name}, on a 304: {wish.minutes:.0f} minutes", [told(times)])


def test_a_304_without_cache_headers_leaves_the_former_in_force(reader: Reader) -> None:
    """A 304 that says nothing of its freshness leaves what was said before in force."""
    wish = WISHES[0]
    reader.follow("/feed", Script(Answer(rss("One"), headers={**TAGGED, **wish.sent(BEGIN)}), SAME))
    reader.run()
    for _ in range(3):
        held(reader, wish)
    recorded("a 304 without a word on freshness", [told(reader.minutes("/feed"))])


@pytest.mark.parametrize("value", ["no-cache", "no-store", "no-cache, max-age=86400", "max-age=0"])
def test_what_may_not_be_kept_is_asked_for_at_our_own_interval(reader: Reader, value: str) -> None:
    """no-cache, no-store and max-age=0 leave our own interval, and never less than its limit."""
    reader.follow("/feed", Answer(rss("One"), headers={"Cache-Control": value}))
    for _ in range(4):
        reader.next_poll()
    times = reader.minutes("/feed")
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) >= 10
    assert max(gaps) <= 60
    recorded(f"Cache-Control: {value}", [told(times)])


@pytest.mark.parametrize(
    ("elements", "hours", "days"),
    [
        ("<skipHours><hour>0</hour><hour>1</hour><hour>11</hour><hour>20</hour></skipHours>",
         {0, 1, 11, 20}, set()),
        ("<skipDays><day>Thursday</day><day>Saturday</day></skipDays>", set(), {3, 5}),
        ("<skipHours><hour>12</hour></skipHours><skipDays><day>Wednesday</day></skipDays>",
         {12}, {2}),
    ],
    ids=["skipHours", "skipDays", "both"],
)  # fmt: skip
@pytest.mark.parametrize("then", [GOOD.status, SAME.status])
def test_hours_and_days_to_skip_are_skipped(
    reader: Reader, elements: str, hours: set[int], days: set[int], then: int
) -> None:
    """No turn falls into skipHours or skipDays (UTC), after a 200 or a 304."""
    reader.polling = PollSettings(interval=90, min_interval=60, max_interval=180)
    known = Answer(rss("One", elements=elements), headers=TAGGED)
    reader.follow("/feed", Script(known, known if then == GOOD.status else SAME))
    reader.run()
    while reader.now < BEGIN + timedelta(days=4):
        reader.next_poll()
        assert reader.now.hour not in hours
        assert reader.now.weekday() not in days
    open_days = {moment.weekday() for moment in reader.times[1:]}
    assert open_days == {2, 3, 4, 5, 6} - days | ({6} & open_days)
    shown = sorted({moment.hour for moment in reader.times[1:]})
    name = " and ".join(word for word in ("skipHours", "skipDays") if word in elements)
    recorded(
        f"{name}, with {then}s", [f"asked in the hours {shown} of the days {sorted(open_days)}"]
    )


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
