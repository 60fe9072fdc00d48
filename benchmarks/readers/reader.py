"""One reader: asks the documented queries without pause until its standard input ends.

python -m benchmarks.readers.reader FILE [--hold]

Prints what each took, in milliseconds, and its errors, as JSON. With --hold it opens a transaction,
looks once, and stays.
"""

import argparse
import json
import sqlite3
import sys
import threading
import time
from itertools import cycle
from pathlib import Path

from aggregator.errors import AggregatorError
from aggregator.storage import contract
from aggregator.storage.database import open_database
from benchmarks.queries import ask_as_of_newest


def main() -> None:
    """Read."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--hold", action="store_true")
    said = parser.parse_args()
    if said.hold:
        _hold(said.file)
    else:
        _read(said.file)


def _hold(file: Path) -> None:
    with open_database(file, readonly=True) as db, db.snapshot():
        before = db.value("SELECT count(*) FROM articles")
        print("reading", flush=True)
        sys.stdin.read()
        errors = [] if db.value("SELECT count(*) FROM articles") == before else ["it moved"]
    print(json.dumps({"errors": errors, "times": []}))


def _wait(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def _read(file: Path) -> None:
    over = threading.Event()
    threading.Thread(target=_wait, args=(over,), daemon=True).start()
    times: list[tuple[str, float]] = []
    errors: list[str] = []
    with open_database(file, readonly=True) as db:
        asked = [(query, ask_as_of_newest(db, query)) for query in contract.queries()]
        print("reading", flush=True)
        for query, given in cycle(asked):
            if over.is_set():
                break
            began = time.perf_counter()
            try:
                contract.run(db, query, given)
            except (sqlite3.Error, AggregatorError) as error:
                errors.append(f"{query.name}: {error}")
            times.append((query.name, (time.perf_counter() - began) * 1000))
    print(json.dumps({"errors": errors, "times": times}))


if __name__ == "__main__":
    main()
