"""Killed at any moment, a run is taken up by the next as if nothing had happened."""

import random
import subprocess
import time
from pathlib import Path

import pytest

from aggregator.storage.database import open_database
from tests.support.press import reports, serve
from tests.support.runs import command, once, write_feeds
from tests.support.server import Server

MOMENTS = 12
GROUPS = 2


def outcome(path: Path) -> tuple[object, ...]:
    """Articles, and who is together with whom in copy groups and stories; checks soundness."""
    with open_database(path) as db:
        assert db.value("PRAGMA integrity_check") == "ok"
        assert db.rows("PRAGMA foreign_key_check") == []
        found = db.rows("SELECT canonical_url, title, text, copy_group_id, story_id FROM articles")
        counted = db.row("SELECT count(*), sum(article_count) FROM copy_groups")
        told = db.row("SELECT count(*), sum(article_count) FROM stories")
    texts = sorted((row["canonical_url"], row["title"], row["text"]) for row in found)
    together = [
        {
            frozenset(r["canonical_url"] for r in found if r[column] == each)
            for each in {row[column] for row in found}
        }
        for column in ("copy_group_id", "story_id")
    ]
    assert counted is not None
    assert told is not None
    return texts, *together, tuple(counted), tuple(told)


@pytest.mark.parametrize("share", range(GROUPS))
def test_killed_at_random_moments(server: Server, tmp_path: Path, share: int) -> None:
    paths = serve(server, reports(seed=7, events=8))
    feeds = write_feeds(tmp_path / "feeds.yaml", [(server.url(path), path) for path in paths])
    began = time.monotonic()
    assert once(feeds, tmp_path / "whole.db").returncode == 0
    whole_run = time.monotonic() - began
    expected = outcome(tmp_path / "whole.db")
    chance = random.Random(share)
    for moment in range(MOMENTS // GROUPS):
        db = tmp_path / f"{moment}.db"
        with subprocess.Popen(command(feeds, db, "--once"), stderr=subprocess.DEVNULL) as run:
            time.sleep(chance.uniform(0.15, 1.0) * whole_run)
            run.kill()
        assert once(feeds, db).returncode == 0
        assert outcome(db) == expected
