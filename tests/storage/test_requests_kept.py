"""The log of requests keeps what was asked, exactly, without passwords, for as long as told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model import Hop, HostState, Robots
from aggregator.storage import hosts, requests, robots
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
HOP = Hop(
    "https://post.example/rss?a=1",
    "post.example",
    "feed",
    NOW,
    304,
    address="192.0.2.1",
    sent={"If-None-Match": 'W/"ä\\"'},
    size=0,
    seconds=0.25,
    retry_after=datetime(2026, 3, 1, 13, tzinfo=UTC),
)


def at(seconds: float, status: int | None = 200, host: str = "post.example") -> Hop:
    return replace(HOP, at=NOW + timedelta(seconds=seconds), status=status, host=host)


def test_what_is_kept_comes_back_with_its_milliseconds(db: Database) -> None:
    redirect = replace(at(1, 301), location="https://post.example/feed", outcome="")
    failed = replace(at(2, None), outcome="timeout", address=None)
    with db.write():
        requests.keep(db, [HOP, redirect, failed])
    assert requests.of_host(db, "post.example", 10) == [HOP, redirect, failed]
    assert requests.of_host(db, "post.example", 1) == [failed]
    assert db.value("SELECT at FROM requests LIMIT 1") == "2026-03-01T12:00:00.123Z"


def test_passwords_are_not_kept(db: Database) -> None:
    url = "https://user:p%40ss@post.example/rss?mail=a@b"
    with db.write():
        requests.keep(db, [replace(HOP, url=url, location="//me:word@post.example/@x")])
    (row,) = db.rows("SELECT url, location FROM requests")
    assert tuple(row) == ("https://post.example/rss?mail=a@b", "//post.example/@x")


def test_figures_tell_answers_and_the_smallest_gap(db: Database) -> None:
    hops = [at(0), at(1.2, 304), at(2.2, 500), at(9, None), at(0.1, 200, "other.example")]
    with db.write():
        requests.keep(db, hops)
    first, second = requests.figures(db)
    assert (first.host, first.requests, first.ok, first.not_modified, first.other) == (
        "post.example", 4, 1, 1, 2,
    )  # fmt: skip
    assert first.smallest_gap == 1.0
    assert (first.first_at, first.last_at) == (NOW, NOW + timedelta(seconds=9))
    assert (second.host, second.smallest_gap) == ("other.example", None)
    assert requests.figures(db, "other.example") == [second]
    assert requests.figures(db, "nobody.example") == []


def test_old_requests_are_forgotten(db: Database) -> None:
    with db.write():
        requests.keep(db, [at(-86_401), at(-86_399), at(0)])
    requests.drop_old(db, 1.0, NOW)
    assert [hop.at for hop in requests.of_host(db, "post.example", 9)] == [at(-86_399).at, NOW]


def test_the_last_page_is_known(db: Database) -> None:
    assert requests.last_page(db, "post.example") is None
    with db.write():
        requests.keep(db, [at(0), replace(at(1), kind="page"), at(2), replace(at(-5), kind="page")])
    assert requests.last_page(db, "post.example") == at(1).at


def test_a_robots_txt_is_kept_and_replaced(db: Database) -> None:
    assert robots.load(db, "http://a") is None
    day = datetime(2026, 3, 1, tzinfo=UTC)
    for text in ("User-agent: *", None):
        kept = Robots("http://a", text, day, day + timedelta(days=1))
        with db.write():
            robots.save(db, kept)
        assert robots.load(db, "http://a") == kept


def test_what_is_of_no_use_any_more_is_forgotten(db: Database) -> None:
    """Feeds lead to ever other hosts: nothing is kept of them for ever."""
    day = timedelta(days=1)
    states = [HostState(f"{n}.example", f"{n}.example", (), NOW - n * day, 1) for n in (29, 31)]
    with db.write():
        hosts.save(db, states)
        for age in (7, 9):
            kept = Robots(f"https://{age}.example", "", NOW - 10 * day, NOW - age * day)
            robots.save(db, kept)
    hosts.drop_old(db, NOW)
    robots.drop_old(db, NOW)
    assert [state.host for state in hosts.load(db)] == ["29.example"]
    assert [row[0] for row in db.rows("SELECT origin FROM robots")] == ["https://7.example"]
