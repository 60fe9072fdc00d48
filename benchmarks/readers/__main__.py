"""Eight readers without pause and one that holds a transaction, while a run writes.

    python -m benchmarks.readers ARCHIVE --articles 20000

On a copy of the archive (of `benchmarks.planted`), filled up with keys as it had them: what readers
take without a run, what a run takes without readers, and what both take together. The readers
compete with the run for the processor too: where they are more than it has cores, that is what
slows down whom. --nice gives the run another priority, as the systemd units do.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aggregator.storage.database import open_database
from benchmarks.idle_run import ROOT
from benchmarks.readers.press import served, write_feeds

_FEEDS: Final = 50
_KEYS: Final = 65
_FILL: Final = """
INSERT OR IGNORE INTO band (key, at, article_id)
WITH RECURSIVE each (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM each WHERE n + 1 < ?1)
SELECT n * ?2, ?3 + n % 600000, 1 + n % ?4 FROM each
"""


@dataclass
class Read:
    """What readers took together: milliseconds by query, and what went wrong."""

    times: list[tuple[str, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Figures in a line."""
        every = sorted(took for _, took in self.times)
        p99 = every[int(len(every) * 0.99)]
        figures = f"{len(every):,} queries, median {statistics.median(every):.1f} ms"
        return f"{figures}, p99 {p99:.0f} ms, longest {every[-1]:.0f} ms, {len(self.errors)} errors"


@dataclass
class Wrote:
    """What a run took."""

    seconds: float = 0.0
    articles: int = 0
    code: int = 0
    log_bytes: int = 0

    def __str__(self) -> str:
        """Figures in a line."""
        speed = self.articles / self.seconds
        log = f"write-ahead log up to {self.log_bytes / 1e6:,.0f} MB"
        done = f"{self.articles:,} articles in {self.seconds:.0f} s, {speed:.1f} a second"
        return f"{done}; {log}; exit code {self.code}"


@contextmanager
def reading(file: Path, readers: int, *, hold: bool) -> Iterator[Read]:
    """Readers, each a process, until the block ends; then what is given is filled in."""
    found = Read()
    words: list[list[str]] = [[]] * readers + [["--hold"]] * hold
    running = [_start(file, each) for each in words]
    for each in running:
        assert each.stdout is not None
        each.stdout.readline()
    try:
        yield found
    finally:
        said = [json.loads(each.communicate()[0] or "{}") for each in running]
        for one, process in zip(said, running, strict=True):
            found.times += [(name, took) for name, took in one.get("times", [])]
            ended = [] if process.returncode == 0 else [f"ended with {process.returncode}"]
            found.errors += one.get("errors", []) + ended


def _start(file: Path, words: Sequence[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.readers.reader", str(file), *words]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def run(file: Path, feeds: Path, nice: int) -> Wrote:
    """One run to its end."""
    script = [sys.executable, str(ROOT / "scheduler.py"), "--once", "--log-format", "json"]
    command = ["nice", "-n", str(nice), *script, "--db", str(file), "--feeds", str(feeds)]
    wrote, over = Wrote(), threading.Event()
    watching = threading.Thread(target=_watch, args=(file, wrote, over))
    watching.start()
    began = time.perf_counter()
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    wrote.seconds, wrote.code = time.perf_counter() - began, done.returncode
    over.set()
    watching.join()
    last = json.loads(done.stderr.splitlines()[-1])
    wrote.articles = min(last["articles_stored"], last["articles_clustered"])
    return wrote


def _watch(file: Path, wrote: Wrote, over: threading.Event) -> None:
    log = file.with_name(f"{file.name}-wal")
    while not over.wait(0.1):
        if log.exists():
            wrote.log_bytes = max(wrote.log_bytes, log.stat().st_size)


def _prepared(archive: Path, place: Path) -> Path:
    """A copy of the archive, with keys at random as many as it would have."""
    file = place / "archive.db"
    shutil.copy(archive, file)
    with open_database(file) as db:
        count = int(db.value("SELECT max(id) FROM article"))
        first = int(db.value("SELECT unixepoch(max(ordered_at)) - 600000 FROM article"))
        with db.write():
            keys = count * _KEYS
            db.execute(_FILL, (keys, (3 << 61) // keys, first, count))
        db.checkpoint()
    return file


def _measure(said: argparse.Namespace, place: Path) -> None:
    base = _prepared(said.archive, place)
    with reading(base, 1, hold=False) as alone:
        time.sleep(said.seconds)
    print(f"one reader: {alone}", flush=True)
    with reading(base, said.readers, hold=False) as idle:
        time.sleep(said.seconds)
    print(f"{said.readers} readers: {idle}", flush=True)
    with open_database(base) as db:
        archive = int(db.value("SELECT count(*) FROM article"))
    with served(said.articles, _FEEDS, archive) as port:
        feeds = write_feeds(place / "feeds.yaml", _FEEDS, port, said.workers)
        for readers, hold, what in (
            (0, False, "run alone"),
            (said.readers, True, f"run beside {said.readers} readers and one that holds"),
        ):
            file = place / f"{readers}.db"
            shutil.copy(base, file)
            with reading(file, readers, hold=hold) as read:
                wrote = run(file, feeds, said.nice)
            print(f"{what}: {wrote}", flush=True)
            if readers:
                print(f"{readers} readers beside it: {read}")
                print("\n".join(read.errors[:20]), end="")
            file.unlink()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30.0, help="so long without a run")
    parser.add_argument("--nice", type=int, default=0, help="the run's priority, as nice(1) has it")
    parser.add_argument("--workers", type=int, default=2, help="worker processes of the run")
    said = parser.parse_args()
    print(f"{os.cpu_count()} cores, run at nice {said.nice}, {said.workers} workers")
    with tempfile.TemporaryDirectory(prefix="readers-") as place:
        _measure(said, Path(place))


if __name__ == "__main__":
    main()
