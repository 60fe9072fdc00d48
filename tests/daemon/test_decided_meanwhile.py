"""An editor decides while the daemon is at work: at once, and for every run that comes."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from aggregator.storage.database import open_database
from tests.support.press import reports, serve
from tests.support.runs import ROOT, command, once, write_feeds
from tests.support.server import Answer, Server


def test_what_is_decided_beside_the_daemon_holds_in_the_next_run(
    server: Server, tmp_path: Path
) -> None:
    made = reports(seed=1, events=1)
    paths = serve(server, made)
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url(p), p[1:-4]) for p in paths])
    path = tmp_path / "news.db"
    with subprocess.Popen(command(feeds, path), stderr=subprocess.DEVNULL) as daemon:
        until_clustered(path, len(made))
        a, b = two_copies(path)
        done = aggregator("apart", str(a), str(b), "--db", str(path), "--feeds", str(feeds))
        assert done.returncode == 0, done.stderr
        assert f"apart: article {a} from {b}" in done.stdout
        assert stories(path)[a] != stories(path)[b]
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(10) == 0
    edit(server, path)
    assert once(feeds, path).returncode == 0
    assert stories(path)[a] != stories(path)[b]
    checked = aggregator("check", "--db", str(path), "--feeds", str(feeds))
    assert checked.returncode == 0, checked.stdout


def aggregator(*words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "aggregator.cli", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)


def until_clustered(path: Path, count: int) -> None:
    for _ in range(600):
        if path.exists():
            with closing(sqlite3.connect(path)) as reading:
                reading.execute("PRAGMA busy_timeout = 5000")
                tables = reading.execute(
                    "SELECT 1 FROM sqlite_master WHERE name = 'story_document'"
                )
                if tables.fetchone():
                    sql = "SELECT count(*) FROM article WHERE clustered"
                    if reading.execute(sql).fetchone()[0] == count:
                        return
        time.sleep(0.1)
    raise AssertionError(path)


def two_copies(path: Path) -> tuple[int, int]:
    with open_database(path, readonly=True) as db:
        sql = """SELECT min(id), max(id) FROM article GROUP BY copy_group_id HAVING count(*) > 1"""
        ((a, b),) = db.rows(sql)
    return int(a), int(b)


def stories(path: Path) -> dict[int, int]:
    with open_database(path, readonly=True) as db:
        return {row[0]: row[1] for row in db.rows("SELECT id, story_id FROM articles")}


def edit(server: Server, path: Path) -> None:
    """Let all outlets change their headlines, and all feeds be due."""
    for route, answer in list(server.routes.items()):
        if route.endswith(".xml") and isinstance(answer, Answer):
            server.routes[route] = Answer(
                answer.body.replace(b"<item><title>", b"<item><title>Neu: ")
            )
    with open_database(path) as db, db.write():
        db.execute("UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z'")
