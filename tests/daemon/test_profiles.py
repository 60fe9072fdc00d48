"""Runs among fingerprints of an older program: they fetch, cluster nothing, and say the way out."""

import signal
import subprocess
from pathlib import Path

import pytest

from aggregator.core.profile import PROFILE
from aggregator.storage.database import Database, open_database
from tests.support.press import reports, serve
from tests.support.runs import command, once, write_feeds
from tests.support.server import Server


@pytest.fixture
def feeds(server: Server, tmp_path: Path) -> Path:
    """Six feeds on a real server, and news.db as an older program would have left it."""
    made = reports(seed=1, events=2)
    paths = serve(server, made)
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url(p), p[1:-4]) for p in paths])
    assert once(feeds, tmp_path / "news.db").returncode == 0
    with open_database(tmp_path / "news.db") as db, db.write():
        db.execute("UPDATE fingerprint SET profile = 'v0'")
        db.execute("UPDATE profile SET profile = 'v0'")
        db.execute(
            "UPDATE feed SET next_poll_at = '2000-01-01T00:00:00Z', body_hash = NULL,"
            " etag = NULL, last_modified = NULL"
        )
    serve(server, [*made, *reports(seed=2, events=2)])
    return feeds


def waiting(db: Database) -> int:
    return int(db.value("SELECT count(*) FROM article WHERE NOT clustered"))


def test_a_run_keeps_what_it_fetched_and_ends_with_1(feeds: Path, tmp_path: Path) -> None:
    done = once(feeds, tmp_path / "news.db")
    assert done.returncode == 1
    assert "'aggregator rebuild --swap' makes all anew" in done.stderr
    assert "Traceback" not in done.stderr
    with open_database(tmp_path / "news.db") as db:
        assert waiting(db) > 0
        assert db.value("SELECT count(*) FROM search_pending") == 0
        profiles = {row[0] for row in db.rows("SELECT DISTINCT profile FROM fingerprint")}
        assert profiles == {"v0", PROFILE}


def test_a_daemon_goes_on(feeds: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        command(feeds, tmp_path / "news.db"), stderr=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stderr is not None
        said = next((line for line in daemon.stderr if "rebuild --swap" in line), "")
        daemon.send_signal(signal.SIGTERM)
        rest = daemon.stderr.read()
    assert said
    assert "daemon stopped" in rest
    assert daemon.returncode == 0
