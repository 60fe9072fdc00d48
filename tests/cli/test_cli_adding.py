"""`add`: a feed's address or a site's, what is found there, and the lines it becomes."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.config import load
from aggregator.model import FeedSource
from aggregator.storage.database import open_database
from tests.support.server import Answer, Server

Call = Callable[..., Result]
FILE = """\
# ours
settings:
  network: {seconds_between_requests: 0, allow_addresses: [127.0.0.0/8], allow_ports: []}
feeds:
  - url: https://post.example/rss # the first
    outlet: Post
"""
HTML = {"Content-Type": "text/html"}
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
        "auto",
    )
    assert added.outlet.startswith("Herald")


def test_what_the_user_says_counts(call: Call, url: str) -> None:
    words = ["--outlet", "The Herald", "--language", "en-GB", "--text", "feed", "--json"]
    (found,) = json.loads(call("add", url, *words).stdout)["added"]
    assert load(Path("feeds.yaml")).feeds[1] == FeedSource(
        url, "The Herald", "en-GB", (), text="feed"
    )
    assert found == {
        "url": url,
        "outlet": "The Herald",
        "language": "en-GB",
        "tags": [],
        "text": "feed",
        "paused": False,
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


def listed() -> list[str]:
    """The addresses in feeds.yaml, behind the first."""
    return [feed.url for feed in load(Path("feeds.yaml")).feeds[1:]]


def test_what_is_no_feed_is_not_added(call: Call, url: str, server: Server) -> None:
    del server.routes["/rss"]
    server.routes["/page"] = Answer(b"<html><p>Hello", headers=HTML)
    server.routes["/map"] = Answer(b"<urlset/>")
    server.routes["/list"] = Answer(b'<opml version="2.0"/>')
    for address, why, what_to_do in (
        (server.url("/page"), "no feed was found", "look on the site"),
        (server.url("/map"), "sitemap", f"aggregator add {server.url('/')}"),
        (server.url("/list"), "OPML", "aggregator import FILE"),
        (server.url("/none"), "404", f"aggregator add {server.url('/')}"),
        ("http://127.0.0.1:9/", "refused", "aggregator add http://127.0.0.1:9/"),
    ):
        result = call("add", address)
        assert result.exit_code == 1, address
        assert why in result.stderr
        assert what_to_do in result.stderr
        assert Path("feeds.yaml").read_text() == FILE
    for odd in ("ftp://example.org/rss", "http://[/", "http://", "https://a b.example/"):
        assert call("add", odd).exit_code == 2, odd
    assert call("add", url, "--feeds", "none.yaml").exit_code == 2


def test_a_feed_is_listed_once(call: Call, url: str, server: Server) -> None:
    assert call("add", url).exit_code == 0
    before, asked = Path("feeds.yaml").read_bytes(), len(server.requests)
    for spelt in (url + "#top", url + "/", url.replace("http:", "feed:")):
        result = call("add", spelt)
        assert result.exit_code == 2
        assert "feeds.yaml:7: " in result.stderr
        assert "listed already" in result.stderr
    assert Path("feeds.yaml").read_bytes() == before
    assert len(server.requests) == asked


def test_a_feed_that_moved_is_added_where_it_is(call: Call, url: str, server: Server) -> None:
    server.routes["/old"] = Answer(status=301, headers={"Location": "/rss"})
    server.routes["/for-now"] = Answer(status=302, headers={"Location": "/rss"})
    result = call("add", server.url("/old"))
    assert result.exit_code == 0
    assert listed() == [url]
    assert f"has moved for good; added is {url}" in result.stdout
    assert "listed already" in call("add", server.url("/for-now")).stderr


# --- a site's address ------------------------------------------------------------------------


def feed(title: str, links: Sequence[str]) -> Answer:
    items = "".join(f"<item><title>t</title><link>{link}</link></item>" for link in links)
    text = f"<rss version='2.0'><channel><title>{title}</title>{items}</channel></rss>"
    return Answer(text.encode(), headers={"Content-Type": "application/rss+xml"})


def site(server: Server, head: str = "", body: str = "") -> str:
    text = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    server.routes["/"] = Answer(text.encode(), headers=HTML)
    return server.url("/")


def declared(href: str, title: str = "", kind: str = "rss+xml") -> str:
    return f'<link rel="alternate" type="application/{kind}" title="{title}" href="{href}">'


@pytest.mark.usefixtures("url")
def test_the_one_feed_of_a_site_is_added(call: Call, server: Server) -> None:
    server.routes["/deep/news.xml"] = feed("News", ["https://e.example/1"])
    server.routes["/deep/talk.xml"] = feed("Comments", ["https://e.example/1#c"])
    head = '<base href="/deep/">' + declared("news.xml", "News")
    home = site(server, head + declared("talk.xml", "News » Comments Feed"))
    result = call("add", home)
    assert result.exit_code == 0, result.stderr
    assert listed() == [server.url("/deep/news.xml")]
    assert "readers' comments" in result.stdout
    assert not server.asked("/deep/talk.xml")


@pytest.mark.usefixtures("url")
def test_of_several_feeds_the_user_chooses(call: Call, server: Server) -> None:
    server.routes["/a.xml"] = feed("All", ["https://e.example/1", "https://e.example/2"])
    server.routes["/a.atom"] = feed("All", ["https://e.example/1"])
    server.routes["/moved"] = Answer(status=302, headers={"Location": "/a.xml"})
    server.routes["/sport/rss"] = feed("Sport", ["https://e.example/3"])
    head = declared("/a.xml") + declared("/a.atom", kind="atom+xml") + declared("/gone.xml")
    home = site(server, head, '<a href="/sport/rss">Sport</a> <a href="/moved">RSS</a>')
    result = call("add", home)
    assert result.exit_code == 1
    assert listed() == []
    assert [row.split()[-1] for row in result.stdout.splitlines()[1:3]] == [
        server.url("/a.xml"),
        server.url("/sport/rss"),
    ]
    assert f"left out: {server.url('/a.atom')}: the same feed" in result.stdout
    assert f"left out: {server.url('/gone.xml')}: http_404" in result.stdout
    assert f"aggregator add {server.url('/sport/rss')}" in result.stdout
    assert call("add", home, "--pick", "2").exit_code == 0
    assert listed() == [server.url("/sport/rss")]
    offered = call("add", home).stdout
    assert "(listed, line 7)" in offered
    assert offered.splitlines()[-2].endswith(f"{home} --pick 1")
    assert call("add", home, "--pick", "2").exit_code == 2
    assert call("add", home, "--pick", "3").exit_code == 2
    assert call("add", home, "--pick", "1", "--all").exit_code == 2
    whole = json.loads(call("add", home, "--all", "--json").stdout)
    assert [each["url"] for each in whole["added"]] == [server.url("/a.xml")]
    assert [each["listed"] for each in whole["found"]] == [None, 7]
    assert listed() == [server.url("/sport/rss"), server.url("/a.xml")]
    again = call("add", home, "--all")
    assert (again.exit_code, len(listed())) == (0, 2)
    assert "listed in feeds.yaml already" in again.stdout


@pytest.mark.usefixtures("url")
def test_a_page_that_lists_feeds_is_looked_into(call: Call, server: Server) -> None:
    home = site(server, body='<a href="/service/feeds.html">Unsere RSS-Feeds</a>')
    page = b'<html><body><a href="/x/politik.rss">Politik</a><a href="/x/sport.rss">Sport</a>'
    server.routes["/service/feeds.html"] = Answer(page, headers=HTML)
    server.routes["/x/politik.rss"] = feed("Politik", ["https://e.example/1"])
    server.routes["/x/sport.rss"] = feed("Sport", ["https://e.example/2"])
    assert call("add", home, "--all").exit_code == 0
    assert listed() == [server.url("/x/politik.rss"), server.url("/x/sport.rss")]


def test_a_site_that_names_no_feed_is_asked_where_feeds_stand(
    call: Call, url: str, server: Server
) -> None:
    home = site(server, body='<a href="/about">About</a>')
    assert call("add", home).exit_code == 0
    assert listed() == [url]
    assert [request.path for request in server.requests] == ["/", "/feed", "/rss"]


@pytest.mark.usefixtures("url")
def test_a_search_is_bounded(call: Call, server: Server) -> None:
    for number in range(40):
        server.routes[f"/{number}.rss"] = feed(f"F {number}", [f"https://e.example/{number}"])
    home = site(server, "".join(declared(f"/{number}.rss") for number in range(40)))
    result = call("add", home)
    assert len(server.requests) == 12
    assert "29 more are named there" in result.stdout
    del server.routes["/"], server.requests[:]
    server.routes["/"] = Answer(b"<html><body>Nothing", headers=HTML)
    server.routes["/feed"] = Answer(status=429)
    refused = call("add", home)
    assert refused.exit_code == 1
    assert [request.path for request in server.requests] == ["/", "/feed"]


@pytest.mark.usefixtures("url")
def test_a_bare_host_is_asked_by_https_and_then_by_http(call: Call, server: Server) -> None:
    server.routes["/"] = server.routes["/rss"]
    result = call("add", f"127.0.0.1:{server.port}")
    assert result.exit_code == 0, result.stderr
    assert listed() == [server.url("")] or listed() == [server.url("/")]


@pytest.mark.usefixtures("url")
def test_a_site_without_https_is_searched_whole(call: Call, server: Server) -> None:
    server.routes["/"] = Answer(b"<html><body>Nothing", headers=HTML)
    server.routes["/feed"] = feed("All", ["https://e.example/1"])
    result = call("add", f"127.0.0.1:{server.port}")
    assert result.exit_code == 0, result.stderr
    assert listed() == [server.url("/feed")]


def test_requests_are_logged_and_quiet_hosts_left_alone(
    call: Call, url: str, server: Server, tmp_path: Path
) -> None:
    server.routes["/busy"] = Answer(status=429, headers={"Retry-After": "3600"})
    assert call("add", url).exit_code == 0
    assert call("add", server.url("/busy")).exit_code == 1
    asked = len(server.requests)
    refused = call("add", server.url("/feed"))
    assert (refused.exit_code, len(server.requests)) == (1, asked)
    assert "What to do: wait until " in refused.stderr
    with open_database(tmp_path / "news.db", readonly=True) as db:
        log = [(row["url"], row["status"]) for row in db.rows("SELECT * FROM requests ORDER BY id")]
    assert log == [(url, 200), (server.url("/busy"), 429)]


@pytest.mark.usefixtures("url")
def test_a_password_is_not_shown(call: Call, server: Server) -> None:
    result = call("add", f"http://ann:secret@127.0.0.1:{server.port}/none")
    assert result.exit_code == 1
    assert "secret" not in result.output
    address = f"http://ann:secret@127.0.0.1:{server.port}/rss"
    added = call("add", address, "--json")
    assert added.exit_code == 0
    assert listed() == [address]
    assert "secret" not in added.output
    for slip in ("http://ann:secret@[/", "https://ann:x/secret@h.example/", "ann:x secret@h/"):
        odd = call("add", slip)
        assert odd.exit_code == 2
        assert "secret" not in odd.output
