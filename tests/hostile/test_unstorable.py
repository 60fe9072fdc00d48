"""Text that SQLite or JSON cannot hold is mended on the way in, and no run breaks on it."""

import json
from pathlib import Path
from typing import Final

from aggregator.storage.database import open_database
from tests.support.runs import once, write_feeds
from tests.support.server import Answer, Server

PROSE: Final = "The council of the town by the river met again and decided on the bridge. " * 6
# Half a pair, NUL, a control, no character at all: as bytes, and as references.
RAW: Final = "\ud800 \udfff \0 \x1b \ufffe \uffff"
NUMBERS: Final = "&#xD800; &#57343; &#0; &#27; &#xFFFE; &#x110000; &#99999999999;"


def rss(said: str, page: str) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>t {said}</title><item><title>One {said}</title>"
        f"<guid>one {said}</guid><link>{page}</link><author>Anna {said}</author>"
        f"<category>c {said}</category><description>{PROSE} {said}</description></item>"
        "</channel></rss>"
    ).encode("utf-8", "surrogatepass")


def test_a_run_takes_in_what_cannot_be_stored(server: Server, tmp_path: Path) -> None:
    html = {"Content-Type": "text/html"}
    page = (
        f"<html><head><title>One {RAW}</title><meta name='author' content='Anna {RAW} {NUMBERS}'>"
        f"</head><body><article><h1>One {NUMBERS}</h1><p>{PROSE} {RAW} {NUMBERS}</p>"
        "</article></body></html>"
    ).encode("utf-8", "surrogatepass")
    item = {"id": RAW, "url": server.url("/3"), "title": RAW, "tags": [RAW], "content_html": RAW}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": RAW, "items": [item]}
    for number in range(1, 4):
        server.routes[f"/{number}"] = Answer(page, headers=html)
    server.routes["/raw"] = Answer(rss(RAW, server.url("/1")))
    server.routes["/numbers"] = Answer(rss(NUMBERS, server.url("/2")))
    server.routes["/json"] = Answer(json.dumps(feed).encode())
    urls = [(server.url(path), path[1:]) for path in ("/raw", "/numbers", "/json")]

    done = once(write_feeds(tmp_path / "feeds.yaml", urls), tmp_path / "news.db")

    assert done.returncode == 0, done.stderr
    with open_database(tmp_path / "news.db") as db:
        entries = db.rows("SELECT * FROM entry")
        articles = db.rows("SELECT * FROM articles")
        feeds = db.rows("SELECT * FROM feeds")
        rejected = [tuple(row) for row in db.rows("SELECT url, reason, detail FROM rejected")]
    assert rejected == []
    assert len(entries) == len(articles) == len(feeds) == 3
    for row in (*entries, *articles, *feeds):
        for value in row:
            if isinstance(value, str):
                value.encode("utf-8")
                assert not {"\0", "\x1b", "\ufffe", "\uffff"} & set(value)
    assert all(json.loads(row["tags"]) is not None for row in entries)
    assert all("decided on the bridge" in row["text"] for row in articles)
