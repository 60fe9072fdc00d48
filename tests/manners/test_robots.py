"""robots.txt is obeyed for pages, not for feeds, and asked for once: beside what servers saw."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from sqlite3 import Row

import pytest

from aggregator.storage import requests
from aggregator.storage.database import open_database
from tests.support.manners import recorded
from tests.support.papers import BEGIN, LOOPBACK, TEXT, feed, page, run
from tests.support.server import Answer, Server
from tests.support.turns import Script

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def robots(*lines: str) -> Answer:
    """A robots.txt for everybody."""
    text = "\n".join(["User-agent: *", *lines])
    return Answer(text.encode(), headers={"Content-Type": "text/plain"})


def paths(server: Server) -> list[str]:
    """What was asked for, in order."""
    return [request.path for request in server.requests]


def entries(folder: Path) -> list[Row]:
    """The entries with the reason why they became no article, if they did not."""
    with open_database(folder / "news.db") as db:
        return db.rows(
            "SELECT link, state, attempts, next_try_at, reason, detail FROM entry"
            " LEFT JOIN rejection ON url = link ORDER BY entry.id"
        )


def publish(server: Server, *names: str, content: str = "") -> str:
    """A feed with pages of these names; returns its address."""
    server.routes.update({name: page() for name in names})
    server.routes["/feed"] = feed(*map(server.url, names), content=content)
    return server.url("/feed")


def test_it_is_asked_for_once_before_the_first_page(server: Server, tmp_path: Path) -> None:
    """robots.txt is asked for once, before the first page, however many want to know at once."""
    names = [f"/report/{n}" for n in range(6)]
    address = publish(server, *names)
    server.routes["/robots.txt"] = replace(robots("Disallow: /private"), delay=0.5)
    network = replace(LOOPBACK, connections_per_host=4)
    run(tmp_path, [address], network=network)
    assert paths(server)[:2] == ["/feed", "/robots.txt"]
    assert sorted(paths(server)[2:]) == names
    recorded("robots.txt before the first page, once", server.requests)


def test_it_is_kept_for_a_day(server: Server, tmp_path: Path) -> None:
    """robots.txt is cached, over restarts: within a day it is not asked for again."""
    asked = []
    for hours in (0, 23, 25):
        name = f"/report/{hours}"
        run(tmp_path, [publish(server, name)], now=BEGIN + hours * HOUR)
        assert server.asked(name)
        asked.append(len(server.asked("/robots.txt")))
    assert asked == [1, 1, 2]
    recorded("robots.txt is cached for a day", ["asked in hour 0 and hour 25, not in hour 23"])


def test_a_forbidden_page_is_not_asked_for(server: Server, tmp_path: Path) -> None:
    """A page that robots.txt forbids is not asked for; the rule is kept as the reason."""
    address = publish(server, "/open", "/private/report")
    server.routes["/robots.txt"] = robots("Disallow: /private", "Allow: /")
    report = run(tmp_path, [address])
    assert paths(server) == ["/feed", "/robots.txt", "/open"]
    assert (report.articles_stored, report.articles_rejected) == (1, 1)
    (_, refused) = entries(tmp_path)
    assert (refused["state"], refused["reason"]) == ("rejected", "robots")
    assert refused["detail"] == f"{server.url('/robots.txt')}: Disallow: /private"
    recorded("a forbidden page is not asked for", [*server.requests, refused["detail"]])


def test_our_own_group_outranks_everyones(server: Server, tmp_path: Path) -> None:
    """Where a group names us, it alone holds."""
    address = publish(server, "/open", "/closed")
    text = "User-agent: *\nDisallow: /open\n\nUser-agent: Aggregator\nDisallow: /closed\n"
    server.routes["/robots.txt"] = Answer(text.encode())
    run(tmp_path, [address])
    assert paths(server) == ["/feed", "/robots.txt", "/open"]
    recorded("the group that names us holds", server.requests)


def test_feeds_are_meant_to_be_fetched(server: Server, tmp_path: Path) -> None:
    """Feeds are asked for whatever robots.txt says; it is not even asked for where no page is."""
    server.routes["/robots.txt"] = robots("Disallow: /")
    server.routes["/feed"] = feed()
    for hours in (0, 1):
        run(tmp_path, [server.url("/feed")], now=BEGIN + hours * HOUR)
    assert paths(server) == ["/feed", "/feed"]
    recorded("robots.txt does not concern feeds", server.requests)


def test_text_that_the_feed_carries_is_ours_to_read(server: Server, tmp_path: Path) -> None:
    """Where the page is forbidden and the feed carries the text, the article is made of that."""
    address = publish(server, "/report", content=TEXT)
    server.routes["/robots.txt"] = robots("Disallow: /")
    assert run(tmp_path, [address]).articles_stored == 1
    assert paths(server) == ["/feed", "/robots.txt"]
    with open_database(tmp_path / "news.db") as db:
        assert TEXT[:60] in db.value("SELECT text FROM articles")
        assert db.value("SELECT count(*) FROM rejected") == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_none_there_allows_all(server: Server, tmp_path: Path, status: int) -> None:
    """Where there is no robots.txt (4xx), all is allowed."""
    server.routes["/robots.txt"] = Answer(status=status)
    run(tmp_path, [publish(server, "/report")])
    assert paths(server) == ["/feed", "/robots.txt", "/report"]
    recorded(f"robots.txt {status}: all allowed", server.requests)


@pytest.mark.parametrize("status", [500, 503])
def test_out_of_reach_forbids_for_now(server: Server, tmp_path: Path, status: int) -> None:
    """Where robots.txt cannot be had (5xx), pages wait, without an attempt being counted."""
    address = publish(server, "/report")
    server.routes["/robots.txt"] = Answer(status=status)
    for hours in (0, 1.1, 3.2, 7.3):
        run(tmp_path, [address], now=BEGIN + hours * HOUR)
        (waits,) = entries(tmp_path)
        assert (waits["state"], waits["attempts"]) == ("pending", 0)
    assert server.asked("/report") == []
    assert len(server.asked("/robots.txt")) == 4
    server.routes["/robots.txt"] = Answer(status=404)
    assert run(tmp_path, [address], now=BEGIN + 16 * HOUR).articles_stored == 1
    recorded(
        f"robots.txt {status}: pages wait",
        [f"asked for at hours 0, 1, 3, 7: {status}", "/report at hour 16"],
    )


def test_no_page_waits_for_ever(server: Server, tmp_path: Path) -> None:
    """Where robots.txt cannot be had for a week, what waits for it is turned away."""
    address = publish(server, "/report")
    server.routes["/robots.txt"] = Answer(status=500)
    states = []
    for days in (0, 3, 6.9, 8):
        run(tmp_path, [address], now=BEGIN + days * DAY)
        ((_, state, _, _, reason, _),) = entries(tmp_path)
        states.append((state, reason))
    assert states == [*[("pending", "robots")] * 3, ("rejected", "robots")]
    assert server.asked("/report") == []


def test_what_was_known_holds_while_it_is_out_of_reach(server: Server, tmp_path: Path) -> None:
    """A robots.txt that was read holds for a week while it cannot be read anew."""
    server.routes["/robots.txt"] = robots("Disallow: /private")
    run(tmp_path, [publish(server, "/a")])
    server.routes["/robots.txt"] = Answer(status=500)
    run(tmp_path, [publish(server, "/b", "/private")], now=BEGIN + 2 * DAY)
    assert server.asked("/b")
    assert server.asked("/private") == []
    run(tmp_path, [publish(server, "/c")], now=BEGIN + 9 * DAY)
    assert server.asked("/c") == []


def test_every_redirect_is_checked(server: Server, tmp_path: Path) -> None:
    """A redirect is followed only where the robots.txt of where it leads allows that."""
    with Server("127.0.1.1") as elsewhere:
        elsewhere.routes.update({"/robots.txt": robots("Disallow: /no"), "/yes": page()})
        address = publish(server, "/to-yes", "/to-no")
        for name in ("yes", "no"):
            to = {"Location": elsewhere.url(f"/{name}")}
            server.routes[f"/to-{name}"] = Answer(status=302, headers=to)
        run(tmp_path, [address])
        assert sorted(paths(server)) == ["/feed", "/robots.txt", "/to-no", "/to-yes"]
        assert paths(elsewhere) == ["/robots.txt", "/yes"]
        recorded("robots.txt is asked at each redirect", [*server.requests, *elsewhere.requests])
    assert [row["reason"] for row in entries(tmp_path)] == [None, "robots"]


def test_its_own_redirects_are_followed(server: Server, tmp_path: Path) -> None:
    """A robots.txt that has moved is followed."""
    server.routes["/robots.txt"] = Answer(status=301, headers={"Location": "/r.txt"})
    server.routes["/r.txt"] = robots("Disallow: /report")
    run(tmp_path, [publish(server, "/report")])
    assert paths(server) == ["/feed", "/robots.txt", "/r.txt"]


def test_one_that_leads_to_a_host_that_wants_quiet_is_asked_for_once(
    server: Server, tmp_path: Path
) -> None:
    """A robots.txt that leads to a host in need of quiet cannot be had: that is kept, as one."""
    with Server("127.0.1.1") as elsewhere:
        elsewhere.routes["/feed"] = Answer(status=429, headers={"Retry-After": "7200"})
        run(tmp_path, [elsewhere.url("/feed")])
        address = publish(server, "/a", "/b", "/c")
        server.routes["/robots.txt"] = Answer(
            status=302, headers={"Location": elsewhere.url("/robots.txt")}
        )
        for minutes in (1, 70, 130):
            run(tmp_path, [address], now=BEGIN + timedelta(minutes=minutes))
        assert len(server.asked("/robots.txt")) == 2
        assert len(elsewhere.requests) == 2
    with open_database(tmp_path / "news.db") as db:
        log = db.rows("SELECT host, url FROM requests WHERE kind = 'robots'")
    assert [row["host"] for row in log] == ["127.0.0.1", "127.0.0.1", "127.0.1.1"]


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /report\r\n",
        b"\x00\xff\xfe garbage \x80\n<html>\nUser-agent: *\nDisallow: /report",
        b"User-agent: *\nDisallow: /report\n" + b"# much more\n" * 100_000,
    ],
    ids=["marked", "garbage", "1.2 MB"],
)
def test_odd_ones_are_read(server: Server, tmp_path: Path, body: bytes) -> None:
    """A robots.txt with a mark, with garbage, or of many megabytes is read as far as it goes."""
    server.routes["/robots.txt"] = Answer(body)
    run(tmp_path, [publish(server, "/report")])
    assert paths(server) == ["/feed", "/robots.txt"]
    with open_database(tmp_path / "news.db") as db:
        assert db.value("SELECT max(length(text)) FROM robots") <= 512_000


# --- Crawl-delay -------------------------------------------------------------------------------


def pages(folder: Path) -> list[datetime]:
    """When pages were asked for, by our own log."""
    with open_database(folder / "news.db") as db:
        log = requests.of_host(db, "127.0.0.1", 1000)
    return [hop.at for hop in log if hop.kind == "page"]


def present() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)


def test_a_short_crawl_delay_is_waited_for(server: Server, tmp_path: Path) -> None:
    """Crawl-delay: so many seconds lie between two pages, whatever our own pause."""
    address = publish(server, "/a", "/b", "/c")
    server.routes["/robots.txt"] = robots("Crawl-delay: 1.5")
    assert run(tmp_path, [address], now=present).articles_stored == 3
    gaps = [(b - a).total_seconds() for a, b in pairwise(pages(tmp_path))]
    assert len(gaps) == 2
    assert min(gaps) >= 1.5
    recorded("Crawl-delay: 1.5", [f"pages {', '.join(f'{gap:.2f} s' for gap in gaps)} apart"])


def test_a_long_crawl_delay_leaves_pages_for_later_runs(server: Server, tmp_path: Path) -> None:
    """Crawl-delay of an hour: one page in each hour, over restarts, each at its own time."""
    names = ["/a", "/b", "/c"]
    address = publish(server, *names)
    server.routes["/robots.txt"] = robots("Crawl-delay: 3600")
    asked: list[int] = []
    for minutes in (0, 1, 59, 61, 62, 119, 122):
        before = len(pages(tmp_path)) if minutes else 0
        run(tmp_path, [address], now=BEGIN + timedelta(minutes=minutes))
        asked += [minutes] * (len(pages(tmp_path)) - before)
    assert asked == [0, 61, 122]
    assert [row["attempts"] for row in entries(tmp_path)] == [0, 0, 0]
    recorded("Crawl-delay: 3600", [f"three pages, asked for at minutes {asked}"])


# --- the host comes first ----------------------------------------------------------------------


def test_a_host_that_wants_quiet_is_not_asked_for_it_either(server: Server, tmp_path: Path) -> None:
    """robots.txt answered 429: the host is left alone, the page waits."""
    quiet = Answer(status=429, headers={"Retry-After": "7200"})
    server.routes["/robots.txt"] = Script(quiet, Answer(status=404))
    address = publish(server, "/report")
    for hours in (0, 1, 1.9):
        run(tmp_path, [address], now=BEGIN + hours * HOUR)
    assert paths(server) == ["/feed", "/robots.txt"]
    run(tmp_path, [address], now=BEGIN + 2.1 * HOUR)
    assert set(paths(server)[2:]) == {"/feed", "/robots.txt", "/report"}
