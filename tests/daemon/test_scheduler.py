"""scheduler.py as cron and the operator see it: exit codes, lock, signals, logs."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aggregator.storage.database import open_database
from tests.support.press import OUTLETS, reports, serve
from tests.support.runs import command, once, write_feeds
from tests.support.server import Answer, Server


@pytest.fixture
def feeds(server: Server, tmp_path: Path) -> Path:
    """Six feeds on a real server."""
    paths = serve(server, reports(seed=1, events=3))
    return write_feeds(tmp_path / "feeds.yaml", [(server.url(path), path[1:-4]) for path in paths])


def test_copies_and_stories_are_found(feeds: Path, tmp_path: Path) -> None:
    made = reports(seed=1, events=3)
    done = once(feeds, tmp_path / "news.db")
    assert done.returncode == 0, done.stderr
    with open_database(tmp_path / "news.db") as db:
        rows = db.rows("SELECT url, copy_group_id, story_id FROM articles")
        fingerprints = db.value("SELECT count(*) FROM fingerprint")
    assert fingerprints == len(made)
    at = {row["url"].split("/", 3)[3]: row for row in rows}
    assert len(at) == len(made)
    for event in range(3):
        mine = [report for report in made if report.event == event]
        groups = [at[report.path[1:]]["copy_group_id"] for report in mine]
        assert len(set(groups[:3])) == 1
        assert groups[3] != groups[0]


def test_a_second_run_asks_for_nothing_it_need_not(
    server: Server, feeds: Path, tmp_path: Path
) -> None:
    once(feeds, tmp_path / "news.db")
    asked = len(server.requests)
    once(feeds, tmp_path / "news.db")
    assert len(server.requests) == asked
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute("UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z'")
    server.routes["/merkur.xml"] = Answer(status=304)
    done = once(feeds, tmp_path / "news.db", "--log-format", "json")
    assert len(server.requests) == asked + len(OUTLETS)
    conditional = [r for r in server.requests[asked:] if "if-none-match" in r.headers]
    assert len(conditional) == len(OUTLETS)
    last = json.loads(done.stderr.splitlines()[-1])
    assert (last["event"], last["feeds_unchanged"]) == ("RunDone", len(OUTLETS))


def test_an_edited_entry_is_fetched_again_and_stays_one_article(
    server: Server, feeds: Path, tmp_path: Path
) -> None:
    once(feeds, tmp_path / "news.db")
    with open_database(tmp_path / "news.db") as db, db.write():
        before = db.value("SELECT count(*) FROM article")
        db.execute("UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z'")
    edited = server.routes["/kurier.xml"]
    assert isinstance(edited, Answer)
    server.routes["/kurier.xml"] = Answer(edited.body.replace(b"<title>", b"<title>Neu: "))
    pages = [request.path for request in server.requests if request.path.startswith("/kurier/")]
    once(feeds, tmp_path / "news.db")
    again = [request.path for request in server.requests if request.path.startswith("/kurier/")]
    assert sorted(again) == sorted(pages * 2)
    with open_database(tmp_path / "news.db") as db:
        assert db.value("SELECT count(*) FROM article") == before
        assert db.value("SELECT count(*) FROM article WHERE NOT clustered") == 0


def test_every_feed_failing_exits_1_and_names_each_cause(tmp_path: Path) -> None:
    urls = [("http://a.invalid/feed", "A"), ("http://127.0.0.1:9/feed", "B")]
    done = once(write_feeds(tmp_path / "feeds.yaml", urls), tmp_path / "news.db")
    assert done.returncode == 1
    assert "A http://a.invalid/feed dns:" in done.stderr
    assert "B http://127.0.0.1:9/feed refused:" in done.stderr


def test_one_feed_failing_exits_0(server: Server, feeds: Path, tmp_path: Path) -> None:
    server.routes["/bote.xml"] = Answer(b"<html><title>Wartung</title></html>")
    done = once(feeds, tmp_path / "news.db")
    assert done.returncode == 0
    assert "html:" in done.stderr
    with open_database(tmp_path / "news.db") as db:
        (row,) = db.rows("SELECT url, stage, reason FROM rejected")
    assert tuple(row) == (server.url("/bote.xml"), "parse", "html")


def test_what_is_cut_from_a_feed_stands_in_the_log(server: Server, tmp_path: Path) -> None:
    title = "x" * 5001
    body = f"<rss version='2.0'><channel><item><title>{title}</title></item></channel></rss>"
    server.routes["/long.xml"] = Answer(body=body.encode())
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url("/long.xml"), "Long")], text="feed")
    done = once(feeds, tmp_path / "news.db")
    assert "1 fresh entries; cut to 5,000 characters: the title of 1 entries" in done.stderr


def test_wrong_configuration_exits_2(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("settings:\n  polling:\n    intervall: 3\nfeeds: []\n")
    done = once(tmp_path / "feeds.yaml", tmp_path / "news.db")
    assert done.returncode == 2
    assert "feeds.yaml:3:" in done.stderr
    assert once(tmp_path / "feeds.yaml", tmp_path / "news.db", "--nonsense").returncode == 2


def test_an_unusable_database_exits_1(feeds: Path, tmp_path: Path) -> None:
    (tmp_path / "news.db").write_text("something else entirely " * 50)
    done = once(feeds, tmp_path / "news.db")
    assert done.returncode == 1
    assert "cannot be used as database" in done.stderr


def test_daemon_holds_the_lock_polls_and_stops_on_sigterm(
    server: Server, feeds: Path, tmp_path: Path
) -> None:
    db = tmp_path / "news.db"
    with subprocess.Popen(command(feeds, db), stderr=subprocess.PIPE, text=True) as daemon:
        wait_for(lambda: len(server.requests) >= len(OUTLETS))
        turned_away = once(feeds, db)
        assert turned_away.returncode == 75
        assert f"process {daemon.pid}" in turned_away.stderr
        server.routes.update({path: Answer(b"late", delay=20.0) for path in server.routes})
        began = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == 0
        assert time.monotonic() - began < 10
        assert daemon.stderr is not None
        assert "daemon stopped" in daemon.stderr.read()
    assert once(feeds, db).returncode == 0


def test_sigterm_while_a_page_hangs_ends_within_ten_seconds(tmp_path: Path, server: Server) -> None:
    paths = serve(server, reports(seed=3, events=2))
    slow = write_feeds(tmp_path / "feeds.yaml", [(server.url(path), path) for path in paths])
    for report in reports(seed=3, events=2):
        server.routes[report.path] = Answer(b"late", delay=12.0)
    with subprocess.Popen(
        command(slow, tmp_path / "news.db", "--once"), stderr=subprocess.DEVNULL
    ) as run:
        wait_for(lambda: len(server.requests) > len(OUTLETS))
        began = time.monotonic()
        run.send_signal(signal.SIGTERM)
        assert run.wait(15) == 0
        assert time.monotonic() - began < 10
    with open_database(tmp_path / "news.db") as db:
        log = db.rows("SELECT kind, status, outcome FROM requests ORDER BY id DESC")
    assert ("page", None, "stopped") in {tuple(row) for row in log}
    assert len(log) == len(server.requests)


def test_a_host_that_fails_is_left_for_the_next_run(server: Server, tmp_path: Path) -> None:
    made = reports(seed=5, events=12)
    paths = serve(server, made)
    for report in made:
        server.routes[report.path] = Answer(status=500)
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url(path), path) for path in paths])
    done = once(feeds, tmp_path / "news.db")
    assert done.returncode == 0, done.stderr
    asked = [request for request in server.requests if not request.path.endswith(".xml")]
    assert 3 <= len(asked) < len(made) / 2
    with open_database(tmp_path / "news.db") as db:
        assert db.value("SELECT count(*) FROM entry WHERE state = 'pending'") == len(made)


def test_entries_without_links_are_articles_of_their_own(server: Server, tmp_path: Path) -> None:
    words = "Ein langer Satz über die Lage der Dinge in der Stadt am Fluss und im Umland. " * 5
    items = "".join(
        f"<item><guid>n{n}</guid><title>Meldung {n}</title><description>{n} {words}</description>"
        f"<pubDate>Sun, 01 Jan 2090 10:00:00 GMT</pubDate></item>"
        for n in range(3)
    )
    rss = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    server.routes["/feed"] = Answer(rss.encode())
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url("/feed"), "T")], text="feed")
    assert once(feeds, tmp_path / "news.db").returncode == 0
    with open_database(tmp_path / "news.db") as db:
        rows = db.rows("SELECT title, published_at FROM articles ORDER BY title")
    assert [tuple(row) for row in rows] == [(f"Meldung {n}", None) for n in range(3)]


def test_a_run_with_nothing_to_do_imports_nothing_heavy(feeds: Path, tmp_path: Path) -> None:
    db = tmp_path / "news.db"
    once(feeds, db)
    idle = [sys.executable, "-X", "importtime", *command(feeds, db, "--once")[1:]]
    done = subprocess.run(idle, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "aggregator.daemon.run" in imported
    heavy = {"httpx", "feedparser", "trafilatura", "datasketch", "scipy", "pebble", "rich"}
    assert heavy & imported == set()


def wait_for(condition: "object", seconds: float = 20.0) -> None:
    """Wait until `condition()` holds."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
