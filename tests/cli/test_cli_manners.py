"""`aggregator manners`: the log as a table and request by request, exact, and as documented."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import FeedSource, FeedState, Hop, HostState, Robots
from aggregator.storage import feeds, hosts, requests, robots
from aggregator.storage.database import open_database
from tests.cli.conftest import Call

MANUAL = (Path(__file__).parents[2] / "docs" / "usage.md").read_text(encoding="utf-8")
NOW = datetime.now(UTC).replace(microsecond=250_000)
LATER = NOW.replace(microsecond=0) + timedelta(hours=2)
HOP = Hop(
    "http://post.example:8080/rss?a=1",
    "post.example",
    "feed",
    NOW - timedelta(minutes=9),
    304,
    address="192.0.2.7",
    sent={"If-None-Match": 'W/"\x1b[31ma"'},
    seconds=0.25,
)


@pytest.fixture
def log(tmp_path: Path) -> None:
    """Three hosts: one asked thrice and quiet, one that shares its address, one never asked."""
    refused = replace(
        HOP, at=HOP.at + timedelta(seconds=1.5), status=429, retry_after=LATER, size=31
    )
    moved = replace(HOP, at=HOP.at - timedelta(hours=1), status=301, location="/rss?a=1", sent={})
    page = Hop("https://rss.post.example/1", "rss.post.example", "page", NOW, address="192.0.2.7")
    quiet = HostState("post.example", "post.example", ("192.0.2.7",), LATER, 1, "http_429")
    sources = [
        FeedSource("http://ann:secret@post.example:8080/rss?a=1", "Post"),
        FeedSource("https://herald.example/rss", "Herald"),
    ]
    with open_database(tmp_path / "news.db") as db, db.write():
        requests.keep(db, [moved, HOP, refused, replace(page, outcome="timeout", seconds=20.0)])
        hosts.save(db, [quiet])
        rules = "User-agent: *\nCrawl-delay: 7"
        robots.save(db, Robots("http://post.example:8080", rules, LATER, LATER))
        robots.save(db, Robots("https://post.example", None, LATER, LATER, "dns: nobody knows it"))
        robots.save(db, Robots("https://other-post.example", "", LATER, LATER))
        feeds.sync(db, sources, NOW)
        (first, _) = feeds.all_feeds(db)
        feeds.save_poll(db, first, FeedState(next_poll_at=LATER), None, (), NOW)


@pytest.mark.usefixtures("log")
def test_all_hosts_have_a_line_the_busiest_first(call: Call) -> None:
    result = call("manners")
    assert result.exit_code == 0, result.stderr
    rows = [row.split() for row in result.stdout.splitlines()[:4]]
    assert [row[0] for row in rows] == [
        "HOST",
        "post.example",
        "rss.post.example",
        "herald.example",
    ]
    shown = f"{LATER.astimezone():%Y-%m-%d %H:%M}".split()
    assert rows[1] == ["post.example", "3", "0", "1", "2", "1.500", "s", *shown, *shown]
    assert rows[2] == ["rss.post.example", "1", "0", "0", "1", "-", *shown, "-"]
    assert rows[3] == ["herald.example", "0", "0", "0", "0", "-", "-", "-"]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("name", ["post.example", "POST.example.", "http://post.example/x"])
def test_one_host_is_told_request_by_request(call: Call, name: str) -> None:
    shown = call("manners", name).stdout
    exact = HOP.at.astimezone().isoformat(sep=" ", timespec="milliseconds")
    for words in (
        f"{exact}  feed  http://post.example:8080/rss?a=1  3600.000 s after the last",
        'sent If-None-Match: W/"a"',
        "304, 0 bytes in 0.250 s, from 192.0.2.7",
        "1.500 s after the last",
        "429, not before",
        "301, to /rss?a=1",
        "smallest gap: 1.500 s",
        "(http_429, 1 in a row)",
        "http://post.example:8080 has rules, Crawl-delay 7 s",
        "https://post.example cannot be read (dns: nobody knows it)",
    ):
        assert words in shown, words
    assert "\x1b" not in shown
    assert "secret" not in shown
    assert "other-post" not in shown
    assert shown.index("301, to") < shown.index("304, 0") < shown.index("429, not")


@pytest.mark.usefixtures("log")
def test_a_neighbour_and_a_host_never_asked_are_told_too(call: Call) -> None:
    shown = call("manners", "rss.post.example").stdout
    assert "as another host at its address" in shown
    assert "no answer (timeout)" in shown
    shown = call("manners", "herald.example").stdout
    assert "next request: allowed now" in shown
    assert "next turn:    now https://herald.example/rss" in shown


@pytest.mark.usefixtures("log")
def test_limit_shows_the_newest(call: Call) -> None:
    shown = call("manners", "post.example", "--limit", "1").stdout
    assert "The last 1 request:" in shown
    assert "1.500 s after the last" in shown
    assert "301" not in shown


@pytest.mark.usefixtures("log")
def test_an_unknown_host_is_named(call: Call) -> None:
    result = call("manners", "nobody.example")
    assert result.exit_code == 1
    assert "nobody.example: no feed is there" in result.stderr


def test_without_a_database_it_says_how_to_begin(call: Call) -> None:
    assert "there is no such database yet" in call("manners").stderr


def keys_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (key for key in value if key != "If-None-Match")
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from keys_in(inner)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("words", ["", "post.example"])
def test_json_has_the_documented_keys_and_exact_times(call: Call, words: str) -> None:
    found = json.loads(call("manners", *words.split(), "--json").stdout)
    section = MANUAL.partition("## aggregator manners\n")[2].partition("\n## ")[0]
    assert {key for key in keys_in(found) if f"`{key}`" not in section} == set()
    if words:
        assert found["log"][1]["at"].endswith(".250Z")
        assert found["log"][1]["sent"] == {"If-None-Match": 'W/"\x1b[31ma"'}
        assert found["robots"][0]["crawl_delay"] == 7
        assert [turn["url"] for turn in found["turns"]] == ["http://post.example:8080/rss?a=1"]
    else:
        assert [each["requests"] for each in found] == [3, 1, 0]


@pytest.mark.usefixtures("log")
def test_the_hint_leads_to_the_database_at_hand(call: Call, tmp_path: Path) -> None:
    other = (tmp_path / "news.db").rename(tmp_path / "other.db")
    assert call("manners", "--db", str(other)).stdout.rstrip().endswith(f" --db {other}")
