"""Real captured feeds and real article pages, served from loopback: nothing is lost silently."""

import json
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

import pytest

from aggregator.storage.database import Database, open_database
from tests.support.runs import once, write_feeds
from tests.support.server import Answer, Server

LEAST_ARTICLES = 95


def load(archive: Path, under: str) -> Mapping[str, bytes]:
    """The files below a folder of a zip, by name."""
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if under in name and not name.endswith("/")]
        return {name: opened.read(name) for name in names}


def serve_pages(server: Server, archive: Path) -> list[str]:
    """Serve every page, and a feed for each country with entries that link to its pages."""
    with zipfile.ZipFile(archive) as opened:
        known = [json.loads(line) for line in opened.read("gt.jsonl").decode().splitlines()]
        bodies = {row["id"]: opened.read(f"html/{Path(row['file']).name}") for row in known}
    headers = {"Content-Type": "text/html; charset=utf-8"}
    server.routes.update(
        {f"/page/{k}": Answer(body, headers=headers) for k, body in bodies.items()}
    )
    for country in {row["cc"] for row in known}:
        items = "".join(
            f"<item><title>{escape(row['title'] or row['id'])}</title>"
            f"<link>{server.url('/page/' + row['id'])}</link></item>"
            for row in known
            if row["cc"] == country
        )
        rss = f'<rss version="2.0"><channel><title>{country}</title>{items}</channel></rss>'
        server.routes[f"/pages-{country}.xml"] = Answer(rss.encode(), headers={"ETag": '"1"'})
    return sorted(path for path in server.routes if path.startswith("/pages-"))


def serve_captures(server: Server, archive: Path) -> list[str]:
    """Serve every captured feed as it was captured."""
    captured = load(archive, "data/")
    server.routes.update({f"/capture/{name}": Answer(body) for name, body in captured.items()})
    return [f"/capture/{name}" for name in captured]


@pytest.fixture
def feeds(server: Server, corpora: Path, tmp_path: Path) -> Path:
    """All of it as one feeds.yaml: captures are read as text, since their links lead outside."""
    captures = serve_captures(server, corpora / "feeds" / "fastfeedparser.zip")
    pages = serve_pages(server, corpora / "extraction" / "fundus-dev.zip")
    path = tmp_path / "feeds.yaml"
    write_feeds(
        path, [(server.url(each), each.rpartition("/")[2]) for each in captures], text="feed"
    )
    listed = "".join(f"  - {{url: '{server.url(p)}', outlet: {p[1:-4]}}}\n" for p in pages)
    path.write_text(path.read_text() + listed)
    return path


def account(db: Database) -> None:
    """Every feed is parsed or failed with a reason, every entry an article or rejected so."""
    feeds = db.rows("SELECT * FROM feeds")
    assert all((row["last_success_at"] is None) != (row["last_error"] is None) for row in feeds)
    entries = db.rows("SELECT state, article_id, feed_id, link, identity FROM entry")
    reasons = {(row["feed_id"], row["url"]) for row in db.rows("SELECT * FROM rejected")}
    failed = {row["id"] for row in feeds if row["last_error"]}
    named = {row["url"] for row in feeds if row["id"] in failed}
    assert named <= {url for _, url in reasons}
    for entry in entries:
        if entry["state"] == "done":
            assert entry["article_id"] is not None
        else:
            assert (entry["feed_id"], entry["link"] or entry["identity"]) in reasons


def test_replay(server: Server, feeds: Path, tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    done = once(feeds, path)
    assert done.returncode == 0, done.stderr[-2000:]
    pages = sum(name.startswith("/page/") for name in server.routes)
    with open_database(path) as db:
        account(db)
        got = db.value("SELECT count(*) FROM articles WHERE url LIKE ?", (server.url("/page/%"),))
        turned = db.value(
            "SELECT count(*) FROM rejected WHERE url LIKE ?", (server.url("/page/%"),)
        )
        parsed = db.value("SELECT count(*) FROM feeds WHERE last_error IS NULL")
        failed = db.value("SELECT count(*) FROM feeds WHERE last_error IS NOT NULL")
    print(f"\nfeeds: {parsed} parsed, {failed} failed with a reason")
    print(f"pages: {got} articles and {turned} rejected with a reason, of {pages}")
    assert got + turned == pages
    assert got >= LEAST_ARTICLES
    fetches_nothing_twice(server, feeds, path)


def fetches_nothing_twice(server: Server, feeds: Path, path: Path) -> None:
    """A second run, all feeds due again: no page is asked for, no known body parsed."""
    with open_database(path) as db, db.write():
        db.execute("UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z'")
        ok = db.value("SELECT count(*) FROM feed WHERE last_error IS NULL")
    asked = len(server.requests)
    done = once(feeds, path, "--log-format", "json")
    again = server.requests[asked:]
    assert [request.path for request in again if request.path.startswith("/page/")] == []
    assert len(again) == len({request.path for request in again})
    last = json.loads(done.stderr.splitlines()[-1])
    print(f"second run: {last['feeds_unchanged']} of {ok} feeds unchanged, no page fetched")
    assert last["feeds_unchanged"] == ok
    assert last["feeds_changed"] == 0
    assert last["articles_stored"] == 0
