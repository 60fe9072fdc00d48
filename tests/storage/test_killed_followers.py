"""A follower that is killed again and again has in the end what the database has."""

import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from aggregator.errors import Contradiction, NotFound
from aggregator.model import FeedSource
from aggregator.storage import changes, feeds
from aggregator.storage.database import Database, open_database
from tests.support.events import FOUND, NOW, bring
from tests.support.following import came_to, read
from tests.support.happenings import EDITING, Step, take
from tests.support.mirror import views
from tests.support.runs import ROOT

KILLS = 50
SEED = 6


def test_a_follower_that_is_killed_fifty_times_misses_nothing(tmp_path: Path) -> None:
    """Meanwhile articles come, are revised and merged, and stories merged and split."""
    chance, memory = random.Random(SEED), tmp_path / "memory.db"
    with open_database(tmp_path / "news.db") as db:
        feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
        bring(db, FOUND[:1])
        id_of, reached = {0: 1}, set[int]()
        for number in range(KILLS):
            before = came_to(memory)
            with follower(db, memory) as following:
                end = time.monotonic() + chance.uniform(0.05, 0.6)
                # Some are killed before they begin; most not, however slow the machine is.
                while time.monotonic() < end or (number % 4 and came_to(memory) == before):
                    assert following.poll() is None
                    happen(db, chance, id_of)
                following.kill()
            reached.add(came_to(memory))
        told = {each.kind for each in changes.since(db, 0, 1_000_000)}
        with follower(db, memory, "end") as following:
            assert following.wait(timeout=60) == 0
        wanted = {name: rows for name, rows in views(db).items() if rows}
        assert {name: rows for name, rows in read(memory).items() if rows} == wanted
    assert len(reached) > KILLS / 4, "it is mostly killed before it begins"
    assert {"story_merged", "story_split", "copy_group_merged", "article_merged"} <= told


def follower(db: Database, memory: Path, *end: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.support.following", db.path, str(memory), *end]
    return subprocess.Popen(command, cwd=ROOT)


def happen(db: Database, chance: random.Random, id_of: dict[int, int]) -> None:
    """One step of any kind."""
    a, b = chance.sample(range(len(FOUND)), 2)
    do, level = chance.choice(EDITING), chance.choice(["copies", "story"])
    with suppress(Contradiction, NotFound):
        take(db, Step(do, "copies" if level == "copies" else "story", (a, b)), id_of)
