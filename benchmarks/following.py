"""What telling changes costs who writes: the same articles kept and clustered with it and without.

    python -m benchmarks.following

Each article is kept in a transaction of its own, as a run does, and all are then clustered in
batches. Two databases take turns, every 50 articles and every batch, so that the moods of the
machine meet both; CPU time.
"""

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
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
_TURN: Final = 50


@dataclass
class Writer:
    """A database with the seconds of CPU that it took."""

    db: Database
    spent: dict[str, float] = field(default_factory=dict)

    def keep(self, made: Sequence[tuple[Extracted, str]]) -> None:
        """Keep articles, each in a transaction."""
        began = time.thread_time()
        for each, outlet in made:
            with self.db.write():
                articles.insert(self.db, each, 1, outlet, datetime.now(UTC))
        self._add("keeping", began)

    def cluster(self) -> bool:
        """Cluster one batch; False where there is none."""
        began = time.thread_time()
        done = next(batches(self.db, _SETTINGS, datetime.now(UTC)), None)
        self._add("clustering", began)
        return done is not None

    def _add(self, step: str, began: float) -> None:
        self.spent[step] = self.spent.get(step, 0.0) + time.thread_time() - began


def measure(count: int) -> None:
    """Print what `count` articles cost with changes and without, and the ratio."""
    stream = Stream(count, datetime.now(UTC).replace(microsecond=0))
    planted = [stream.article(at) for at in range(count)]
    made = [(fingerprint(each.article), each.outlet) for each in planted]
    with TemporaryDirectory() as folder, ExitStack() as stack:
        told, untold = (
            Writer(stack.enter_context(open_database(Path(folder, name)))) for name in ("a", "b")
        )
        for each in (told, untold):
            feeds.sync(each.db, [FeedSource("https://press.example/rss", "p")], datetime.now(UTC))
        _silence(untold.db)
        for at in range(0, count, _TURN):
            for each in (told, untold) if at // _TURN % 2 else (untold, told):
                each.keep(made[at : at + _TURN])
        while told.cluster() and untold.cluster():
            pass
        _print(told, untold, count)


def _print(told: Writer, untold: Writer, count: int) -> None:
    micro = 1e6 / count
    for step, seconds in told.spent.items():
        without = untold.spent[step]
        print(
            f"{step}: {seconds * micro:,.0f} µs an article, {without * micro:,.0f} without:",
            end=" ",
        )
        print(f"{seconds / without:.3f}")
    print(f"both: {sum(told.spent.values()) / sum(untold.spent.values()):.3f};", end=" ")
    size = told.db.value("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = 'change'")
    print(f"{changes.last(told.db) / count:.2f} changes and {size / count:,.0f} bytes an article")


def _silence(db: Database) -> None:
    """Take away all that notes what changes."""
    rows = db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'noting*'")
    with db.write():
        for (name,) in rows:
            db.execute(f"DROP TRIGGER {name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=3_000)
    given = parser.parse_args()
    measure(given.articles)
