"""With which conditions feeds are asked: each rule beside what a real server recorded."""

from pathlib import Path

import pytest

from aggregator.storage.database import open_database
from tests.support.manners import recorded
from tests.support.runs import once, write_feeds
from tests.support.server import Answer, Request, Route, Server
from tests.support.turns import BEGIN, GOOD, SAME, TAGGED, Reader, Script, conditions, rss

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


def test_what_answers_304_unasked_has_told_nothing(reader: Reader) -> None:
    """A 304 from where a redirect led, asked without conditions, is an error and changes none."""
    with Server("127.0.1.1") as elsewhere:
        elsewhere.routes["/feed"] = SAME
        away = Answer(status=302, headers={"Location": elsewhere.url("/feed")})
        reader.follow("/feed", Script(GOOD, away, SAME))
        errors = []
        for _ in range(3):
            reader.run()
            reader.wait(days=1)
            errors.append(reader.feed("/feed").state.last_error)
        assert [error is None for error in errors] == [True, False, True]
        assert conditions(elsewhere.requests[0]) == (None, None)
        _, second, third = reader.asked("/feed")
        assert conditions(third) == conditions(second) == ('"1"', TAGGED["Last-Modified"])
        recorded("a 304 unasked is an error", [*elsewhere.requests, str(errors[1])])


def dated(hour: int, title: str) -> Answer:
    """A feed that was last modified at this hour."""
    return Answer(rss(title), headers={"Last-Modified": f"Wed, 04 Mar 2026 {hour:02}:00:00 GMT"})


def honest(answer: Answer) -> Route:
    """Serve `answer`, and 304 where that is no younger than what is asked for."""

    def answered(request: Request) -> Answer:
        since = request.headers.get("if-modified-since", "")
        return SAME if since >= answer.headers["Last-Modified"] else answer

    return answered


def test_conditions_of_a_passing_redirect_hide_no_news(reader: Reader) -> None:
    """What a redirect led to gives no conditions for the feed's own URL, nor that one for it."""
    away = Answer(status=302, headers={"Location": reader.server.url("/hold")})
    reader.follow("/feed", dated(8, "One"))
    reader.next_poll()
    reader.server.routes |= {"/feed": lambda _: away, "/hold": honest(dated(10, "Please hold"))}
    for _ in range(2):
        reader.next_poll()
    assert [conditions(request)[1] for request in reader.asked("/hold")] == [
        None,
        "Wed, 04 Mar 2026 10:00:00 GMT",
    ]
    reader.server.routes["/feed"] = honest(dated(9, "Two"))
    for _ in range(2):
        reader.next_poll()
    with open_database(reader.database) as db:
        titles = {row["title"] for row in db.rows("SELECT title FROM entry")}
    assert titles == {"One", "Please hold", "Two"}
    assert [conditions(request)[1] for request in reader.asked("/feed")] == [
        None,
        "Wed, 04 Mar 2026 08:00:00 GMT",
        None,
        None,
        "Wed, 04 Mar 2026 09:00:00 GMT",
    ]
    recorded("conditions for the URL that gave them", reader.asked("/feed"))


def test_a_feed_that_moves_keeps_its_conditions(reader: Reader) -> None:
    """Where a permanent redirect leads is asked conditionally, before the move and after it."""
    reader.server.routes["/new"] = honest(dated(8, "One"))
    reader.follow("/feed", Answer(status=301, headers={"Location": reader.server.url("/new")}))
    for _ in range(9):
        reader.next_poll()
    assert reader.feed("/feed").state.address == reader.server.url("/new")
    assert {conditions(request) for request in reader.asked("/feed")} == {(None, None)}
    since = [conditions(request)[1] for request in reader.asked("/new")]
    assert since == [None, *["Wed, 04 Mar 2026 08:00:00 GMT"] * 8]
    recorded("conditions kept through a move", reader.asked("/new")[-2:])
