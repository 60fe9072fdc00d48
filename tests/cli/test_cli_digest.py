"""The command `digest`: what broke, and nothing where nothing did."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from aggregator.model import FeedSource, Rejected, Webhook
from aggregator.storage import feeds, rejections, runs, webhooks
from aggregator.storage.database import Database, open_database
from aggregator.storage.runs import Ended
from tests.cli.test_cli_usage import MANUAL, keys_in
from tests.support.kept import HERALD, POST, keep, report
from tests.webhooks.house import House

Call = Callable[..., Result]
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A database in which all is well: a run came to its end an hour ago."""
    path = tmp_path / "news.db"
    with open_database(path) as db:
        feeds.sync(db, [POST, HERALD], NOW)
        ran(db, Ended("done", {}))
    return path


def ran(db: Database, ended: Ended) -> None:
    runs.end(db, runs.begin(db, NOW - HOUR), ended, NOW - HOUR)


def fails(db: Database, source: FeedSource, error: str) -> None:
    """Let a feed have failed three times."""
    feed = next(each for each in feeds.all_feeds(db) if each.source.url == source.url)
    state = replace(feed.state, failures=3, last_error=error, last_polled_at=NOW - HOUR)
    feeds.save_poll(db, feed, state, None, (), NOW - HOUR)


def test_nothing_broke(call: Call, quiet: Path) -> None:
    assert quiet.exists()
    shown = call("digest")
    assert shown.exit_code == 0
    assert shown.stdout.rstrip().endswith(": nothing.")
    assert call("digest", "--only-if-broken").stdout == ""
    assert call("digest", "--check").stdout.rstrip().endswith(": nothing.")


def test_all_that_broke_is_said(call: Call, quiet: Path) -> None:
    with open_database(quiet) as db:
        ran(db, Ended("failed", {}, "database or disk is full"))
        runs.begin(db, NOW - HOUR)
        runs.idle(db, NOW)
        fails(db, HERALD, "dns: the name could not be resolved")
        with db.write():
            for number in range(3):
                url = f"https://www.example.org/video/{number}"
                rejections.keep(db, 1, url, Rejected("extract", "too_short"), NOW - HOUR)
            old = Rejected("fetch", "http_404")
            rejections.keep(db, 1, "https://old.example/", old, NOW - 48 * HOUR)
        for day in range(1, 5):
            for number in range(12):
                at = NOW - timedelta(days=day, minutes=30 + number)
                keep(db, POST, report(f"{day} {number}", at), NOW)
        house = House(db, now=NOW)
        house.sync(Webhook("rail", "http://127.0.0.1:9/T0K3N", outlets=2, internal=True))
        house.put("rail", 1)
        house.deliver()
        with db.write():
            db.execute("DELETE FROM article_fts WHERE rowid = 1")
    shown = call("digest", "--check").stdout
    assert "Of the runs 1 failed and 1 killed, 2 came to their end" in shown
    assert "  database or disk is full" in shown
    assert f"{HERALD.outlet} {HERALD.url}: " in shown
    assert "  example.org: 3 pages, extract: too_short, e.g. https://www.example.org/" in shown
    assert "old.example" not in shown
    assert f"  {POST.outlet}: 0 articles, before 12 to 12" in shown
    assert "  rail: " in shown
    assert "1 waiting, 0 given up" in shown
    assert "Promises that the database breaks" in shown
    assert "T0K3N" not in shown
    assert call("digest", "--only-if-broken").stdout.startswith("What broke since")
    found = json.loads(call("digest", "--check", "--json").stdout)
    assert found["quiet"] is False
    assert {name for name in keys_in(found) if f"`{name}`" not in MANUAL} == set()


def test_no_run_at_all_is_said(call: Call, quiet: Path) -> None:
    assert quiet.exists()
    shown = call("digest", "--since", "10m").stdout
    assert "No run came to its end; the last one did " in shown


def test_webhooks_that_gave_up_are_named(call: Call, quiet: Path) -> None:
    with open_database(quiet) as db:
        House(db, now=NOW).sync(Webhook("rail", "http://127.0.0.1:9/", outlets=2, internal=True))
        house = House(db, now=NOW)
        house.put("rail", 1, 2)
        with db.write():
            db.execute(
                "UPDATE outbox SET state = 'dead', ended_at = ? WHERE id = 1",
                (f"{NOW - HOUR:%Y-%m-%dT%H:%M:%SZ}",),
            )
        assert webhooks.kept(db)["rail"].error is None
    assert "  rail: active; 1 waiting, 1 given up" in call("digest").stdout


def test_many_lines_are_cut(call: Call, quiet: Path) -> None:
    with open_database(quiet) as db, db.write():
        for number in range(15):
            url = f"https://site{number}.example/"
            rejections.keep(db, 1, url, Rejected("fetch", "http_404"), NOW - HOUR)
    assert "  and 5 more" in call("digest").stdout
    assert "more" not in call("digest", "--limit", "20").stdout
