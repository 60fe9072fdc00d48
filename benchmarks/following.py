"""What telling changes costs who writes: the same articles kept and clustered with it and without.

    python -m benchmarks.following

Each article is kept in a transaction of its own, as a run does, and all are then clustered in
batches. CPU time, the best of several rounds in turn.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from aggregator.model import FeedSource
from aggregator.pipeline.cluster import batches
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, changes, feeds
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database, open_database
from benchmarks.clustering.stream import Stream

__all__ = ["measure"]

_SETTINGS: Final = ClusterSettings()


@dataclass(frozen=True, slots=True)
class Spent:
    """Microseconds of CPU an article, changes an article, and bytes they take an article."""

    keeping: float
    clustering: float
    changes: float
    size: float


def measure(count: int, rounds: int) -> None:
    """Print what `count` articles cost with changes and without, and the ratio."""
    stream = Stream(count, datetime.now(UTC).replace(microsecond=0))
    planted = [stream.article(at) for at in range(count)]
    made = [(fingerprint(each.article), each.outlet) for each in planted]
    found = [(_spent(made, told=True), _spent(made, told=False)) for _ in range(rounds)]
    told, untold = ([pair[at] for pair in found] for at in (0, 1))
    for step in ("keeping", "clustering"):
        with_, without = (min(getattr(each, step) for each in some) for some in (told, untold))
        print(f"{step}: {with_:,.0f} µs an article, {without:,.0f} without: {with_ / without:.3f}")
    with_, without = (min(one.keeping + one.clustering for one in some) for some in (told, untold))
    print(f"both: {with_ / without:.3f}; {told[0].changes:.2f} changes and", end=" ")
    print(f"{told[0].size:,.0f} bytes an article")


def _spent(made: Sequence[tuple[Extracted, str]], *, told: bool) -> Spent:
    with TemporaryDirectory() as folder, open_database(Path(folder, "news.db")) as db:
        feeds.sync(db, [FeedSource("https://press.example/rss", "press")], datetime.now(UTC))
        if not told:
            _silence(db)
        began = time.process_time()
        for each, outlet in made:
            with db.write():
                articles.insert(db, each, 1, outlet, datetime.now(UTC))
        kept = time.process_time()
        for _ in batches(db, _SETTINGS, datetime.now(UTC)):
            pass
        done = time.process_time()
        size = db.value("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = 'change'")
        count = len(made)
        micro = 1e6 / count
        return Spent(
            (kept - began) * micro, (done - kept) * micro, changes.last(db) / count, size / count
        )


def _silence(db: Database) -> None:
    """Take away all that notes what changes."""
    rows = db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'noting*'")
    with db.write():
        for (name,) in rows:
            db.execute(f"DROP TRIGGER {name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    measure(given.articles, given.rounds)
