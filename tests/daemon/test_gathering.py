"""What the desk does to feeds: in the file first, then in what is kept; every run holds to it."""

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest

from aggregator.config import load
from aggregator.daemon.desk.gathering import Gatherer, gatherer
from aggregator.model import FeedSource, FeedState, FeedStatus, ParsedFeed
from aggregator.storage import feed_acts, feeds
from aggregator.storage.database import open_database
from aggregator.web.gathering import NotDone
from tests.support.runs import command, once
from tests.support.server import Answer, Server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = """\
# ours
settings:
  network: {seconds_between_requests: 0, allow_addresses: [127.0.0.0/8], allow_ports: []}
"""
# Each feed is asked at every round, so that nothing is waited for.
EAGER = "settings:\n  polling: {interval: 0, min_interval: 0}\n"
RSS = b"""<rss version="2.0"><channel><title>Herald News</title><language>en-gb</language>
<item><title>Bridge closed</title><link>https://herald.example/1</link><guid>1</guid></item>
</channel></rss>"""
PAGE = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/rss" title="All">
</head><body>News</body></html>"""
OPML = b"""<opml version="2.0"><body><outline text="Politik">
<outline text="Herald" xmlUrl="https://h.example/rss"/><outline text="Nowhere" xmlUrl="nowhere"/>
<outline text="Post" xmlUrl="https://POST.example/rss/"/></outline></body></opml>"""


class Room:
    """A file of feeds, a database, and who changes both."""

    def __init__(self, folder: Path) -> None:
        """Begin with neither."""
        self.file, self.path = folder / "feeds.yaml", folder / "news.db"
        self.gatherer = Gatherer(self.path, self.file, lambda: NOW)

    def put_up(self, *urls: str) -> None:
        """List feeds and take them in, as a run does."""
        items = "".join(
            f"  - url: {url} # {number}\n    outlet: Post\n" for number, url in enumerate(urls)
        )
        self.file.write_text(f"{SETTINGS}feeds:\n{items}")
        with open_database(self.path) as db:
            feeds.sync(db, load(self.file).feeds, NOW)

    def state(self, feed_id: int, state: FeedState) -> None:
        """Let a poll have ended so."""
        with open_database(self.path) as db:
            feed = feeds.numbered(db, feed_id)
            assert feed is not None
            feeds.save_poll(db, feed, state, ParsedFeed("News", "rss20", ()), [], NOW)

    def feed(self, feed_id: int) -> FeedSource:
        """A feed as it is kept."""
        with open_database(self.path) as db:
            found = feeds.numbered(db, feed_id)
        assert found is not None
        return found.source

    def acts(self) -> list[tuple[str, str]]:
        """What was done, and by whom, the newest first."""
        with open_database(self.path) as db:
            return [(each.act, each.by) for each in feed_acts.latest(db, 9)]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.put_up("https://post.example/rss", "https://bote.example/rss")
    return room


@pytest.fixture
def site(server: Server) -> Server:
    html = {"Content-Type": "text/html"}
    server.routes["/"] = Answer(PAGE, headers=html)
    server.routes["/rss"] = Answer(RSS, headers={"Content-Type": "application/rss+xml"})
    return server


def asked(site: Server, path: str = "/rss") -> int:
    return sum(request.path == path for request in site.requests)


def test_a_paused_feed_is_asked_by_no_run_until_it_is_resumed(room: Room, site: Server) -> None:
    room.put_up(site.url("/rss"))
    assert room.gatherer.pause(3, "eva", paused=True).paused
    assert "    paused: true\n" in room.file.read_text()
    assert once(room.file, room.path).returncode == 0
    assert asked(site) == 0
    assert not room.gatherer.pause(3, "eva", paused=False).paused
    assert once(room.file, room.path).returncode == 0
    assert asked(site) == 1
    assert room.acts() == [("resumed", "eva"), ("paused", "eva")]


def test_a_feed_is_asked_again_at_once_though_it_was_gone(room: Room) -> None:
    later = NOW.replace(hour=23)
    room.state(1, FeedState(status=FeedStatus.GONE, last_polled_at=NOW, next_poll_at=later))
    room.state(2, FeedState(last_polled_at=NOW, next_poll_at=later))
    room.gatherer.retry(1, "eva")
    room.gatherer.retry(2, "eva")
    with open_database(room.path) as db:
        assert [feed.id for feed in feeds.due(db, NOW)] == [1, 2]


def test_a_feed_moves_with_all_it_brought(room: Room) -> None:
    to = "https://www.post.example/feed"
    room.state(1, FeedState(moved_to=to, moved_times=3, last_polled_at=NOW))
    assert room.gatherer.move(1, "eva").url == to
    assert f"- url: {to} # 0\n" in room.file.read_text()
    assert room.feed(1) == FeedSource(to, "Post")
    with open_database(room.path) as db:
        feeds.sync(db, load(room.file).feeds, NOW)
        assert [feed.id for feed in feeds.all_feeds(db)] == [1, 2]
        assert [feed.state.moved_to for feed in feeds.all_feeds(db)] == [None, None]
    with pytest.raises(NotDone, match="address"):
        room.gatherer.move(2, "eva")


def test_a_feed_goes_and_comes_back_as_it_was(room: Room) -> None:
    gone = room.gatherer.remove(1, "eva")
    assert gone == FeedSource("https://post.example/rss", "Post")
    with pytest.raises(NotDone, match="no-feed"):
        room.gatherer.retry(1, "eva")
    assert room.gatherer.add([gone], "eva") == 1
    assert room.feed(1) == gone
    with pytest.raises(NotDone, match="listed"):
        room.gatherer.add([replace(gone, url="https://POST.example/rss/")], "eva")
    assert room.acts() == [("added", "eva"), ("removed", "eva")]


def test_what_the_file_does_not_allow_changes_nothing(room: Room) -> None:
    room.file.write_text(room.file.read_text().replace("https://bote.example/rss", "nonsense"))
    before = room.file.read_bytes()
    for act in (
        lambda: room.gatherer.remove(1, "eva"),
        lambda: room.gatherer.add([FeedSource("https://new.example/", "New")], "eva"),
    ):
        with pytest.raises(NotDone) as caught:
            act()
        assert (caught.value.reason, "nonsense" in caught.value.detail) == ("file", True)
    assert room.file.read_bytes() == before
    assert room.acts() == []


def test_a_site_is_searched_and_what_is_listed_is_known(room: Room, site: Server) -> None:
    found = asyncio.run(room.gatherer.discover(site.url("/")))
    (offer,) = found.offers
    assert offer.source == FeedSource(site.url("/rss"), "Herald News", "en")
    assert (offer.entries, offer.titles, offer.listed) == (1, ("Bridge closed",), False)
    room.gatherer.add([offer.source], "eva")
    again = asyncio.run(room.gatherer.discover(site.url("/rss")))
    assert again.offers[0].listed
    nothing = asyncio.run(room.gatherer.discover(site.url("/nothing")))
    assert (nothing.offers, nothing.reason) == ((), "http_404")
    with pytest.raises(NotDone, match="address"):
        asyncio.run(room.gatherer.discover("ftp://example.org/"))


def test_a_list_is_looked_at_before_anything_is_added(room: Room) -> None:
    before = room.file.read_bytes()
    herald, nowhere, post = room.gatherer.proposed(OPML)
    assert herald.source == FeedSource("https://h.example/rss", "Herald", tags=("Politik",))
    assert (herald.line, herald.why) == (2, "")
    assert (nowhere.source, "http" in nowhere.why) == (None, True)
    assert (post.source, post.listed) == (None, True)
    with pytest.raises(NotDone, match="no-list"):
        room.gatherer.proposed(b"<html/>")
    assert room.file.read_bytes() == before


def test_the_daemon_takes_what_the_desk_changes(room: Room, site: Server) -> None:
    other = site.url("/other")
    site.routes["/other"] = Answer(status=304)
    room.put_up(site.url("/rss"))
    eager = room.file.read_text().replace("settings:\n", EAGER)
    room.file.write_text(eager)
    process = subprocess.Popen(
        command(room.file, room.path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: asked(site))
        room.gatherer.add([FeedSource(other, "Other")], "eva")
        wait_for(lambda: asked(site, "/other"))
        room.gatherer.pause(4, "eva", paused=True)
        # One more round may have begun before the file was read again.
        settled = asked(site) + 2
        wait_for(lambda: asked(site) > settled)
        before = asked(site, "/other")
        wait_for(lambda: asked(site) > settled + 2)
        assert asked(site, "/other") == before
    finally:
        process.terminate()
        assert process.wait(60) == 0


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something is so, two minutes at most."""
    end = monotonic() + 120
    while not condition():
        assert monotonic() < end, "waited in vain"
        sleep(0.05)


def test_a_file_of_other_feeds_is_left_alone(room: Room, tmp_path: Path) -> None:
    assert gatherer(room.path, room.file, lambda: NOW) is not None
    other = tmp_path / "other.yaml"
    assert gatherer(room.path, other, lambda: NOW) is None
    other.write_text("feeds:\n  - {url: https://other.example/rss, outlet: Other}\n")
    assert gatherer(room.path, other, lambda: NOW) is None
    other.write_text("feeds: nonsense\n")
    assert gatherer(room.path, other, lambda: NOW) is not None
