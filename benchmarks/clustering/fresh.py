"""What fresh processes take: a cron run with nothing new, twenty new articles, and datasketch.

    python -m benchmarks.clustering.fresh twenty --db news.db

is how the benchmark calls itself.
"""

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.idle_run import ROOT

__all__ = ["Cost", "idle", "run"]

_LAUNCHER: Final = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stderr=-3);"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(used.ru_utime + used.ru_stime, used.ru_maxrss); sys.exit(code)"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall time and of CPU, and megabytes of memory at the peak."""

    wall: float
    cpu: float
    memory: float

    def __str__(self) -> str:
        """As it is printed."""
        return f"{self.wall:.2f} s ({self.cpu:.2f} s of CPU), {self.memory:.0f} MB"


def run(*command: str) -> Cost:
    """Run a process to its end.

    A small launcher starts it, since a child's peak begins with that of its parent.
    """
    began = time.perf_counter()
    line = [sys.executable, "-c", _LAUNCHER, sys.executable, *command]
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT)
    cpu, memory = done.stdout.split()[-2:]
    return Cost(time.perf_counter() - began, float(cpu), float(memory) / 1024)


def idle(db: Path) -> Cost:
    """One cron run with nothing to do."""
    feeds = db.parent / "feeds.yaml"
    feeds.write_text("feeds: []\n")
    return run(str(ROOT / "scheduler.py"), "--once", "--db", str(db), "--feeds", str(feeds))


def called(name: str, db: Path, *more: str) -> Cost:
    """One of the functions below in a process of its own."""
    return run("-m", __spec__.name, name, "--db", str(db), *more)


def _twenty(db: Path, _most: int) -> None:
    """Cluster what waits, as a run does."""
    from aggregator.pipeline.cluster import cluster
    from aggregator.settings import ClusterSettings
    from aggregator.storage.database import open_database

    with open_database(db) as opened:
        now = datetime.now(UTC)
        cluster(opened, ClusterSettings(), now=now, stop=lambda: False, tell=lambda _: None)


def _datasketch(db: Path, most: int) -> None:
    """Rebuild the index in memory that everybody uses, from stored signatures."""
    import numpy as np
    from datasketch import MinHash, MinHashLSH

    from aggregator.core import profile
    from aggregator.storage.database import open_database

    index = MinHashLSH(num_perm=profile.PERMUTATIONS, params=(profile.BANDS, profile.ROWS))
    with open_database(db, readonly=True) as opened:
        sql = "SELECT article_id, signature FROM fingerprint LIMIT ?"
        for article_id, signature in opened.rows(sql, (most,)):
            values = np.frombuffer(signature, dtype="<u4")
            if len(values):
                sketch = MinHash(
                    num_perm=profile.PERMUTATIONS,
                    seed=profile.SEED,
                    hashvalues=values,
                    scheme=profile.SCHEME,
                )
                index.insert(article_id, sketch, check_duplication=False)


def main() -> None:
    """Do one of them."""
    parser = argparse.ArgumentParser(description="One measured process of the benchmark.")
    parser.add_argument("what", choices=("twenty", "datasketch"))
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--most", type=int, default=100_000)
    asked = parser.parse_args()
    {"twenty": _twenty, "datasketch": _datasketch}[asked.what](asked.db, asked.most)


if __name__ == "__main__":
    main()
