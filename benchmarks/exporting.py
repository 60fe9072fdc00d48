"""What exports and feeds cost, as whole processes: time, and memory that is not to grow with rows.

    python -m benchmarks.exporting 10000.db 100000.db 1000000.db

The databases are those that `benchmarks.planted` makes. Each is exported whole in each format, and
its feeds are published; peak memory is what the system says of the process at its end.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aggregator.storage.database import open_database

_FORMS: Final = ("jsonl", "csv", "parquet")
_COMMAND: Final = (sys.executable, "-m", "aggregator.cli")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process cost: seconds passed and of CPU, peak memory and what it wrote, in bytes."""

    what: str
    articles: int
    seconds: float
    cpu: float
    peak: int
    written: int

    def row(self) -> str:
        """A row of the table."""
        return (
            f"| {self.what} | {self.articles:,} | {self.seconds:.1f} s | {self.cpu:.1f} s |"
            f" {self.peak / 1e6:.0f} MB | {self.written / 1e6:,.1f} MB |"
        )


def measured(what: str, articles: int, words: Sequence[str], folder: Path) -> Cost:
    """Run one command that writes into `folder` alone, and take away what it wrote."""
    begin = time.perf_counter()
    with subprocess.Popen([*_COMMAND, *words], stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    if process.returncode:
        message = f"aggregator {' '.join(words)} ended with {process.returncode}"
        raise SystemExit(message)
    files = [each for each in folder.rglob("*") if each.is_file()]
    written = sum(each.stat().st_size for each in files)
    for each in files:
        each.unlink()
    cpu = used.ru_utime + used.ru_stime
    return Cost(what, articles, seconds, cpu, 1024 * used.ru_maxrss, written)


def costs(path: Path, folder: Path) -> Iterator[Cost]:
    """All that is measured of one database."""
    with open_database(path) as db:
        articles = int(db.value("SELECT count(*) FROM article"))
    for form in _FORMS:
        target = folder / f"articles.{form}"
        words = ["export", "articles", "--to", str(target), "--db", str(path)]
        yield measured(f"export, {form}", articles, words, folder)
    words = ["export", "articles", "--since", "24h", "--to", str(folder / "new.jsonl")]
    yield measured("export, jsonl, the last day", articles, [*words, "--db", str(path)], folder)
    yield measured("publish", articles, ["publish", str(folder), "--db", str(path)], folder)


def main() -> None:
    """Measure the databases that are named, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("databases", nargs="+", type=Path)
    arguments = parser.parse_args()
    print("| command | articles | time | CPU | peak memory | written |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory(dir=arguments.databases[-1].parent) as folder:
        found = [each for path in arguments.databases for each in costs(path, Path(folder))]
    for each in sorted(found, key=lambda cost: cost.what):
        print(each.row())


if __name__ == "__main__":
    main()
