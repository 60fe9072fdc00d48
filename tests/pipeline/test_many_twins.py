"""What a batch costs does not depend on how many articles stand behind one text."""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import Article, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, feeds
from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import broken_promises

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
# More than the documents of a language that are weighed anew with each other.
FEW, MANY = 250, 500


def words(seed: int) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abdeginorstu", k=6)) for _ in range(80))


STUB = words(1)


def bring(db: Database, *found: tuple[str, str, float]) -> None:
    """Keep and cluster articles, given by name, text and minute, of seven outlets."""
    with db.write():
        for place, (name, text, minute) in enumerate(found):
            at = NOW - timedelta(days=3) + minute * timedelta(minutes=1)
            made = Article(name, name, "Stub", text, language="de", published_at=at, agency="dpa")
            articles.insert(db, fingerprint(made), 1, f"outlet{place % 7}", NOW)
    cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)


def steps(path: Path, twins: int, *, analysed: bool) -> int:
    """How many steps SQLite's machine takes for a batch that finds so many twins of a stub."""
    with open_database(path) as db:
        feeds.sync(db, [FeedSource("u", "o")], NOW)
        bring(db, *((f"n{n:04}", STUB, n) for n in range(twins)))
        if analysed:
            with db.write():
                db.execute("ANALYZE")
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    with closing(sqlite3.connect(path)) as connection:
        db = Database(str(path), connection)
        connection.set_progress_handler(count, 1)
        longer = ("longer", f"{STUB} und noch manches mehr", 3.5)
        bring(db, ("first", STUB, -1), ("amid", STUB, 9.5), longer, ("other", words(2), 4.5))
    assert list(broken_promises(path, NOW)) == []
    return counted[0]


@pytest.mark.parametrize("analysed", [False, True])
def test_a_batch_passes_over_none_of_many_twins(tmp_path: Path, *, analysed: bool) -> None:
    few = steps(tmp_path / "few.db", FEW, analysed=analysed)
    many = steps(tmp_path / "many.db", MANY, analysed=analysed)
    # The story's card counts all its articles, some 25 steps for each, once a transaction; besides
    # less than one step for each twin more, as the full-text index may be merged in the one only.
    assert many - few < 40 * (MANY - FEW)
