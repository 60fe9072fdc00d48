"""How long the documented queries take on archives of several sizes, and by which plan.

    python -m benchmarks.queries 10000.db 100000.db 1000000.db --plans

Each query is asked as of the archive's newest article, with its defaults else, by a connection that
only reads: once, and then a few times more, of which the median is shown, in milliseconds of CPU.
Archives are asked in turn, so that the machine's moods hit all alike. The files are those of
`benchmarks.planted`, brought up to date.
"""

import argparse
import re
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aggregator.model.contract import Query
from aggregator.storage import contract
from aggregator.storage.database import Database, open_database

__all__ = ["ask_as_of_newest", "plan", "whole"]

_ROUNDS: Final = 7
_SCAN: Final = re.compile(r"SCAN (\w+)(?!.*VIRTUAL TABLE)")
# What grows with the archive, by the names that queries and views give it.
_GROWING: Final = frozenset(
    """article article_versions change copy_group copy_link copy_member entry former_version
    link member partner redirect reference rejection removed_block request story""".split()
)
_FACTS: Final = {
    "now": "SELECT max(ordered_at) FROM articles",
    "story": "SELECT id FROM stories ORDER BY last_published_at DESC LIMIT 1",
    "article": "SELECT article_id FROM article_versions WHERE version > 1 LIMIT 1",
    "since": "SELECT coalesce(max(seq), 0) - 1000 FROM changes",
    "words": """SELECT '"' || substr(title, 1, instr(title || ' ', ' ') - 1) || '"' FROM articles
                ORDER BY ordered_at DESC LIMIT 1""",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """What one query took on one archive, in milliseconds of CPU, and how many rows it gave."""

    first: float
    median: float
    rows: int


def ask_as_of_newest(db: Database, query: Query) -> dict[str, str | float | None]:
    """A query's parameters, as of the archive's newest article."""
    names = [each.name for each in query.parameters if each.name in _FACTS]
    return contract.given(query, {name: db.value(_FACTS[name]) for name in names})


def plan(db: Database, query: Query) -> list[str]:
    """SQLite's plan of a query, a line each, indented by what it is part of."""
    depth, lines = {0: 0}, []
    sql = f"EXPLAIN QUERY PLAN {query.sql}"
    for number, parent, _, text in db.table(sql, ask_as_of_newest(db, query))[1]:
        depth[number] = depth[parent] + 1
        lines.append(f"{'  ' * depth[parent]}{text}")
    return lines


def whole(lines: Sequence[str]) -> list[str]:
    """What a plan reads from end to end of that which grows with the archive."""
    names = {found[1] for line in lines if (found := _SCAN.search(line))}
    return sorted(names & _GROWING)


def _timings(archives: Sequence[Database], query: Query) -> list[Timing]:
    given = [ask_as_of_newest(db, query) for db in archives]
    took: list[list[float]] = [[] for _ in archives]
    rows = [0] * len(archives)
    for _ in range(_ROUNDS):
        for at, db in enumerate(archives):
            began = time.process_time()
            rows[at] = len(contract.run(db, query, given[at]).rows)
            took[at].append((time.process_time() - began) * 1000)
    return [
        Timing(each[0], statistics.median(each[1:]), count)
        for each, count in zip(took, rows, strict=True)
    ]


def _show(archives: Sequence[Database], query: Query, *, plans: bool) -> None:
    timings = _timings(archives, query)
    cells = [f"{each.median:.1f} ({each.first:.0f})" for each in timings]
    growth = timings[-1].median / timings[0].median
    lines = plan(archives[-1], query)
    scanned = ", ".join(whole(lines)) or "none"
    print(f"| {query.name} | {' | '.join(cells)} | {growth:.1f} | {timings[-1].rows} | {scanned} |")
    if plans:
        print("\n".join(f"    {line}" for line in lines))


def main() -> None:
    """Ask all of them, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="archives, the smallest first")
    parser.add_argument("--plans", action="store_true", help="show how each query is answered")
    said = parser.parse_args()
    with ExitStack() as stack:
        archives = [stack.enter_context(open_database(path, readonly=True)) for path in said.files]
        counted = [int(db.value("SELECT count(*) FROM article")) for db in archives]
        sizes = [f"{count:,} articles" for count in counted]
        head = ("query, ms of CPU (the first time)", *sizes, "growth", "rows", "read whole")
        print(f"| {' | '.join(head)} |")
        print(f"| --- |{' ---: |' * (len(sizes) + 2)} --- |")
        for query in contract.queries():
            _show(archives, query, plans=said.plans)


if __name__ == "__main__":
    main()
