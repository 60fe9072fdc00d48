"""What an editor waits for: board, story, search and compare beside a run, at two sizes in one run.

    python -m benchmarks.desk build/desk-10000.db build/desk-1000000.db

The archives are those of `benchmarks.planted`, and are written to. Each has a desk of its own, all
open at once. First one editor asks alone, in turn at each, which tells what a page takes. Then, in
rounds that alternate between the archives, twenty editors open pages with a pause between while
`scheduler.py --once` brings articles in. Times are those from the request's first byte to the
answer's last, as a client on the same machine has them; for one editor also what of the processor
the server took, which other work on the machine does not change.
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

import httpx

from aggregator.storage.database import Database, open_database
from benchmarks.idle_run import ROOT
from benchmarks.readers.press import served, write_feeds

__all__ = ["Asked", "pages", "percentile"]

_FEEDS: Final = 50
_WEIGHTS: Final = {
    "board": 6,
    "board, filtered": 2,
    "story": 6,
    "search": 2,
    "search, common": 1,
    "compare": 3,
}
"""How often an editor opens which kind of page."""

_FILTERS: Final = (
    "/?language=de",
    "/?tag=politik",
    "/?outlet=outlet7",
    "/?agency=dpa",
    "/?time=24h&language=en",
    "/?time=7d&tag=sport",
)
_STORIES: Final = """
SELECT id FROM story WHERE article_count BETWEEN 2 AND 60
ORDER BY last_published_at DESC LIMIT 400
"""
_PAIRS: Final = """
SELECT min(id) AS a, max(id) AS b FROM article
WHERE story_id IN (SELECT value FROM json_each(?1)) GROUP BY story_id HAVING count(*) > 1
"""
_TEXTS: Final = "SELECT title, substr(text, 1, 400) AS text FROM article ORDER BY id DESC LIMIT 400"
_COMMON: Final = 20
_WORD: Final = re.compile(r"[^\W\d_]{4,}")


@dataclass(slots=True)
class Asked:
    """What was asked of one desk: milliseconds by kind of page, its longest bytes, what failed."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    processor: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    bytes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """An archive, the address of its desk, and what is asked there."""

    file: Path
    desk: subprocess.Popen[str]
    url: str
    pages: Mapping[str, Sequence[str]]
    alone: Asked = field(default_factory=Asked)
    beside: Asked = field(default_factory=Asked)
    stored: int = 0
    seconds: float = 0.0


def pages(db: Database) -> dict[str, list[str]]:
    """Addresses by kind of page, of what is newest in an archive."""
    stories = [int(row[0]) for row in db.rows(_STORIES)]
    pairs = [tuple(row) for row in db.rows(_PAIRS, (str(stories),))]
    texts = db.rows(_TEXTS)
    words = Counter(chain.from_iterable(_WORD.findall(row["text"].lower()) for row in texts))
    common = [word for word, _ in words.most_common(_COMMON)]
    headlines = [_WORD.findall(row["title"]) for row in texts]
    return {
        "board": ["/"],
        "board, filtered": list(_FILTERS),
        "story": [f"/stories/{each}" for each in stories],
        "search": [f"/search?q={words[0]}+{words[1]}" for words in headlines if len(words) > 1],
        "search, common": [f"/search?q={word}" for word in common],
        "compare": [f"/compare?a={a}&b={b}" for a, b in pairs],
    }


def percentile(times: Sequence[float], share: float) -> float:
    """The time that this share of all did not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


@contextmanager
def desk(file: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A desk over a file, as an editor starts it; gives its process and its address."""
    command = [sys.executable, "-m", "aggregator.cli", "desk", "--port", "0", "--db", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            yield process, said.partition(" at ")[2].split()[0].rstrip("/")
        finally:
            process.terminate()


async def ask(client: httpx.AsyncClient, kind: str, address: str, asked: Asked) -> None:
    """Open a page and note what it took."""
    began = time.perf_counter()
    try:
        answer = await client.get(address)
    except httpx.HTTPError as error:
        asked.wrong.append(f"{kind} {address}: {error!r}")
        return
    asked.times[kind].append((time.perf_counter() - began) * 1000)
    asked.bytes[kind] = max(asked.bytes[kind], len(answer.content))
    if answer.status_code != httpx.codes.OK:
        asked.wrong.append(f"{kind} {address}: {answer.status_code} {answer.text[:200]}")


async def alone(place: Place, rounds: int, chance: random.Random) -> None:
    """One editor, who opens one page of each kind after the other."""
    async with httpx.AsyncClient(base_url=place.url, timeout=60) as client:
        for _ in range(rounds):
            for kind, addresses in place.pages.items():
                before = processor(place.desk.pid)
                await ask(client, kind, chance.choice(addresses), place.alone)
                place.alone.processor[kind].append(processor(place.desk.pid) - before)


def processor(pid: int) -> float:
    """Milliseconds of a processor that all threads of a process have had."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text(encoding="ascii").split()[0]) for each in tasks) / 1e6


async def editor(place: Place, pause: float, over: asyncio.Event, chance: random.Random) -> None:
    """Open pages, with a pause of so many seconds on the average, until it is over."""
    kinds, weights = list(_WEIGHTS), list(_WEIGHTS.values())
    async with httpx.AsyncClient(base_url=place.url, timeout=60) as client:
        while not over.is_set():
            (kind,) = chance.choices(kinds, weights)
            await ask(client, kind, chance.choice(place.pages[kind]), place.beside)
            await _wait(over, chance.expovariate(1 / pause))


async def _wait(over: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        return


async def beside_a_run(place: Place, said: argparse.Namespace, feeds: Path, seed: int) -> None:
    """Twenty editors at work for as long as one run is."""
    with open_database(place.file, readonly=True) as db:
        before = int(db.value("SELECT count(*) FROM article"))
    script = [sys.executable, str(ROOT / "scheduler.py"), "--once", "--db", str(place.file)]
    over, began = asyncio.Event(), time.perf_counter()
    run = await asyncio.create_subprocess_exec(
        *("nice", "-n", str(said.nice), *script, "--feeds", str(feeds)),
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.TaskGroup() as group:
        for number in range(said.editors):
            chance = random.Random(seed * 1000 + number)  # noqa: S311 - planted, not secret
            group.create_task(editor(place, said.pause, over, chance))
        await run.wait()
        over.set()
    place.seconds += time.perf_counter() - began
    with open_database(place.file, readonly=True) as db:
        place.stored += int(db.value("SELECT count(*) FROM article")) - before


async def measure(places: Sequence[Place], said: argparse.Namespace, folder: Path) -> None:
    """First alone, then beside a run, in turn at each place."""
    for place in places:
        await alone(place, 2, random.Random(0))  # noqa: S311 - planted, not secret
        place.alone = Asked()
    for turn in range(said.alone):
        for place in places:
            await alone(place, 1, random.Random(turn))  # noqa: S311 - planted, not secret
    for turn in range(said.rounds):
        for place in places:
            with open_database(place.file, readonly=True) as db:
                known = int(db.value("SELECT max(id) FROM article"))
            with served(said.articles, _FEEDS, known) as port:
                feeds = write_feeds(folder / "feeds.yaml", _FEEDS, port, said.workers)
                await beside_a_run(place, said, feeds, turn)


def table(places: Sequence[Place], what: str) -> str:
    """A line for each kind of page: median and p95 at each size, and the ratio of the last two."""
    kinds = [kind for kind in _WEIGHTS if all(getattr(each, what).times[kind] for each in places)]
    return "\n".join(_line(kind, [getattr(each, what) for each in places]) for kind in kinds)


def _line(kind: str, asked: Sequence[Asked]) -> str:
    medians = [statistics.median(each.times[kind]) for each in asked]
    tails = [percentile(each.times[kind], 0.95) for each in asked]
    figures = "  ".join(
        f"{median:7.1f} / {tail:7.1f} ({len(each.times[kind]):4})"
        for median, tail, each in zip(medians, tails, asked, strict=True)
    )
    ratios = f"{medians[-1] / medians[0]:5.2f} / {tails[-1] / tails[0]:5.2f}"
    taken = [statistics.median(times) for each in asked if (times := each.processor[kind])]
    cost = f"processor {' '.join(f'{each:6.1f}' for each in taken)}  " if taken else ""
    return f"  {kind:16} {figures}  ratio {ratios}  {cost}{asked[-1].bytes[kind] / 1000:6.1f} KB"


def show(places: Sequence[Place], said: argparse.Namespace) -> None:
    """Print what was found."""
    print("milliseconds, median / p95 (pages), at", ", ".join(each.file.stem for each in places))
    print("one editor, no run:")
    print(table(places, "alone"))
    runs = ", ".join(f"{each.stored:,} articles in {each.seconds:.0f} s" for each in places)
    print(f"{said.editors} editors, a pause of {said.pause} s, beside a run ({runs}):")
    print(table(places, "beside"))
    for each in places:
        wrong = each.alone.wrong + each.beside.wrong
        print(f"{each.file.stem}: {len(wrong)} failed")
        print("".join(f"  {line}\n" for line in wrong[:10]), end="")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--editors", type=int, default=20)
    parser.add_argument(
        "--pause", type=float, default=2.0, help="seconds between an editor's pages"
    )
    parser.add_argument("--alone", type=int, default=40, help="pages of each kind without a run")
    parser.add_argument("--rounds", type=int, default=3, help="runs at each archive")
    parser.add_argument("--articles", type=int, default=2_000, help="articles of each run")
    parser.add_argument("--nice", type=int, default=0, help="the run's priority, as nice(1) has it")
    parser.add_argument("--workers", type=int, default=1, help="worker processes of the run")
    said = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, the run at nice {said.nice}, {said.workers} workers", flush=True
    )
    with ExitStack() as opened, tempfile.TemporaryDirectory(prefix="desk-") as folder:
        places = [_place(opened, file) for file in said.files]
        asyncio.run(measure(places, said, Path(folder)))
        show(places, said)


def _place(opened: ExitStack, file: Path) -> Place:
    with open_database(file) as db:  # brings its schema up to date first
        found = pages(db)
    return Place(file, *opened.enter_context(desk(file)), found)


if __name__ == "__main__":
    main()
