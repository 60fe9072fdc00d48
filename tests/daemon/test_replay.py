"""Real captured feeds and real article pages, served from loopback: nothing is lost silently."""

import json
from pathlib import Path

import pytest

from aggregator.storage.database import Database, open_database
from tests.support.replay import write_replayed
from tests.support.runs import once
from tests.support.server import Server

LEAST_ARTICLES = 95


@pytest.fixture
def feeds(server: Server, corpora: Path, tmp_path: Path) -> Path:
    """All of it as one feeds.yaml."""
    return write_replayed(server, corpora, tmp_path / "feeds.yaml")


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
