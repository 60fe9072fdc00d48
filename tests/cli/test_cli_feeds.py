"""`add`: what a feed is, and the line it becomes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.config import load
from aggregator.model import FeedSource
from tests.support.server import Answer, Server

Call = Callable[..., Result]
FILE = "# ours\nfeeds:\n  - url: https://post.example/rss # the first\n    outlet: Post\n"
RSS = """<rss version="2.0"><channel><title>Herald \x1b[1m News</title><language>en-gb</language>
<item><title>Bridge &lt;b&gt;closed</title><link>https://herald.example/1</link>
<guid>1</guid><pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item>
<item><title>Strike</title><link>https://herald.example/2</link><guid>2</guid></item>
</channel></rss>"""


@pytest.fixture
def url(server: Server, tmp_path: Path) -> str:
    (tmp_path / "feeds.yaml").write_text(FILE)
    body = RSS.replace("\x1b", "").encode()
    server.routes["/rss"] = Answer(body, headers={"Content-Type": "application/rss+xml"})
    return server.url("/rss")


def test_add_shows_what_it_is_and_appends_it(call: Call, url: str) -> None:
    result = call("add", url, "--tag", "world", "--tag", "uk")
    assert result.exit_code == 0, result.stderr
    assert "2 entries" in result.stdout
    assert "Strike" in result.stdout
    assert "Added to feeds.yaml" in result.stdout
    assert Path("feeds.yaml").read_text().startswith(FILE)
    added = load(Path("feeds.yaml")).feeds[1]
    assert (added.url, added.language, added.tags, added.text) == (
        url,
        "en",
        ("world", "uk"),
        "page",
    )
    assert added.outlet.startswith("Herald")


def test_what_the_user_says_counts(call: Call, url: str) -> None:
    words = ["--outlet", "The Herald", "--language", "en-GB", "--text", "feed", "--json"]
    found = json.loads(call("add", url, *words).stdout)
    assert load(Path("feeds.yaml")).feeds[1] == FeedSource(
        url, "The Herald", "en-GB", (), text="feed"
    )
    assert found == {
        "url": url,
        "outlet": "The Herald",
        "language": "en-GB",
        "tags": [],
        "text": "feed",
        "title": found["title"],
        "entries": 2,
    }


def test_a_second_feed_from_a_host_keeps_the_outlet(call: Call, url: str, server: Server) -> None:
    assert call("add", url, "--outlet", "The Herald").exit_code == 0
    server.routes["/sport"] = server.routes["/rss"]
    assert call("add", server.url("/sport")).exit_code == 0
    assert [feed.outlet for feed in load(Path("feeds.yaml")).feeds] == [
        "Post",
        "The Herald",
        "The Herald",
    ]


def test_what_is_no_feed_is_not_added(call: Call, url: str, server: Server) -> None:
    server.routes["/page"] = Answer(b"<html><p>Hello", headers={"Content-Type": "text/html"})
    for address, why in (
        (server.url("/page"), "no feed"),
        (server.url("/none"), "404"),
        ("http://127.0.0.1:9/", "refused"),
    ):
        result = call("add", address)
        assert result.exit_code == 1, address
        assert why in result.stderr
        assert Path("feeds.yaml").read_text() == FILE
    for odd in ("ftp://example.org/rss", "http://[/", "http://", "https://a b.example/"):
        assert call("add", odd).exit_code == 2, odd
    assert call("add", url, "--feeds", "none.yaml").exit_code == 2


def test_a_feed_is_listed_once(call: Call, url: str) -> None:
    assert call("add", url).exit_code == 0
    before = Path("feeds.yaml").read_bytes()
    result = call("add", url + "#top")
    assert result.exit_code == 2
    assert "listed already" in result.stderr
    assert Path("feeds.yaml").read_bytes() == before
