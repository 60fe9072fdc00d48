"""What a cron run with nothing to do costs on a full database, beside the same on an empty one.

    python -m benchmarks.idle_run --signatures 300000

Plants articles with signatures and keys, then times `scheduler.py --once` as whole processes, in
turn on the full and on the empty database, so that the machine's moods hit both alike. Prints
the ratio of the medians and the peak memory.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from aggregator.config import load
from aggregator.core.profile import PROFILE
from aggregator.storage import feeds
from aggregator.storage.database import Database, open_database
from aggregator.storage.packing import pack_keys
from aggregator.storage.times import seconds, to_text

ROOT: Final = Path(__file__).parent.parent
_KEYS: Final = 50
_BATCH: Final = 20_000
_FEEDS: Final = "feeds:\n  - {url: 'http://127.0.0.1:9/feed', outlet: Nowhere}\n"


def plant(db: Database, signatures: int, seed: int = 1) -> None:
    """Fill `db` with articles of random keys, each a copy group and a story of its own."""
    chance = random.Random(seed)  # noqa: S311 - planted data, not secrets
    now = datetime.now(UTC)
    for start in range(0, signatures, _BATCH):
        ids = range(start + 1, min(start + _BATCH, signatures) + 1)
        with db.write():
            _plant_batch(db, ids, chance, now)
    with db.write():
        db.execute("ANALYZE")
    db.checkpoint()


def _plant_batch(db: Database, ids: range, chance: random.Random, now: datetime) -> None:
    times = {each: to_text(now - timedelta(seconds=2 * each)) for each in ids}
    db.execute_many(
        "INSERT INTO story (id, title, first_published_at, last_published_at, article_count,"
        " outlet_count, copy_group_count) VALUES (?, ?, ?, ?, 1, 1, 1)",
        [(each, f"Story {each}", times[each], times[each]) for each in ids],
    )
    db.execute_many(
        "INSERT INTO copy_group (id, story_id, article_count, outlet_count) VALUES (?, ?, 1, 1)",
        [(each, each) for each in ids],
    )
    db.execute_many(
        "INSERT INTO article (id, url, canonical_url, feed_id, outlet, title, lead, text, authors,"
        " language, published_at, fetched_at, word_count, ordered_at, clustered, copy_group_id,"
        " story_id) VALUES (?1, ?2, ?2, 1, 'Nowhere', ?3, '', ?4, '[]', 'de', ?5, ?5, 60, ?5, 1,"
        " ?1, ?1)",
        [
            (each, f"http://example.org/{each}", f"Story {each}", _words(chance), times[each])
            for each in ids
        ],
    )
    keys = {each: sorted(chance.sample(range(2**62), _KEYS)) for each in ids}
    db.execute_many(
        "INSERT INTO fingerprint (article_id, profile, signature, keys) VALUES (?, ?, ?, ?)",
        [(each, PROFILE, chance.randbytes(512), pack_keys(keys[each])) for each in ids],
    )
    at = {each: seconds(now) - 2 * each for each in ids}
    rows = sorted((key, at[each], each) for each in ids for key in keys[each])
    db.execute_many("INSERT INTO band (key, at, article_id) VALUES (?, ?, ?)", rows)


def _words(chance: random.Random) -> str:
    return " ".join(f"word{chance.randrange(30_000)}" for _ in range(60))


def prepare(folder: Path, signatures: int) -> Path:
    """A folder with feeds.yaml and a database whose only feed is not due; returns the database."""
    folder.mkdir()
    (folder / "feeds.yaml").write_text(_FEEDS)
    with open_database(folder / "news.db") as db:
        feeds.sync(db, load(folder / "feeds.yaml").feeds, datetime.now(UTC))
        with db.write():
            db.execute("UPDATE feed SET next_poll_at = '2999-01-01T00:00:00Z'")
        plant(db, signatures)
    return folder / "news.db"


_LAUNCHER: Final = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stderr=-3);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
)


def run_once(db: Path) -> tuple[float, float]:
    """Seconds of wall time and megabytes of peak memory of one `scheduler.py --once`.

    A small launcher starts it, since a child's peak begins with that of its parent.
    """
    script = [sys.executable, str(ROOT / "scheduler.py"), "--once", "--db", str(db)]
    command = [sys.executable, "-c", _LAUNCHER, *script, "--feeds", str(db.parent / "feeds.yaml")]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, float(done.stdout) / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signatures", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=9)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty = prepare(Path(folder) / "empty", 0)
        full = prepare(Path(folder) / "full", asked.signatures)
        size = full.stat().st_size / 1e6
        pairs = [(run_once(full), run_once(empty)) for _ in range(asked.runs + 1)][1:]
    times = [statistics.median(pair[side][0] for pair in pairs) for side in (0, 1)]
    memory = max(pair[0][1] for pair in pairs)
    ratio = statistics.median(pair[0][0] / pair[1][0] for pair in pairs)
    print(f"{asked.signatures:,} signatures, database {size:,.0f} MB, {asked.runs} pairs of runs")
    print(f"full {times[0] * 1000:.0f} ms, empty {times[1] * 1000:.0f} ms: ratio {ratio:.2f}")
    print(f"peak memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
