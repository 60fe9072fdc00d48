"""Compares what extraction costs with trafilatura, and two workers with one.

    python -m benchmarks.extraction [--pages 400] [--rounds 3]

The pages are taken evenly from all data sets. Ours is the whole of our extraction, with metadata;
trafilatura gets the same bytes and reads metadata too. Both take turns page by page, and with
them who begins. The pool is the pipeline's own, and does all that it does for an entry.
"""

import argparse
import asyncio
import logging
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

import trafilatura

from aggregator.config import default_paths, load_rules
from aggregator.core import extract
from aggregator.errors import NotFound
from aggregator.evaluation import corpora
from aggregator.evaluation.corpora import Page
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import WorkerFailed
from aggregator.model import Entry, Fetched, PhraseRule, SiteRule
from aggregator.pipeline.work import PRELOAD, TextJob, extract_text
from aggregator.settings import ExtractSettings, WorkerSettings

_OURS, _THEIRS = "aggregator", "trafilatura"
_WARM_UP: Final = 10
_AHEAD: Final = 4

Rules = tuple[PhraseRule, ...]


def _pages(count: int) -> list[Page]:
    """So many pages, evenly from all sets."""
    found = corpora.find(default_paths().corpora / "extraction")
    every = max(1, sum(len(each.rows()) for each in found) // count)
    pages = (page for each in found for page in corpora.pages(each))
    return [page for number, page in enumerate(pages) if number % every == 0]


def _contestants(rules: Rules) -> dict[str, Callable[[Page], object]]:
    settings = ExtractSettings()
    return {
        _OURS: lambda page: extract.article(
            page.html, page.url, entry=None, rules=rules, settings=settings
        ),
        _THEIRS: lambda page: trafilatura.bare_extraction(
            page.html, url=page.url or None, include_comments=False, with_metadata=True
        ),
    }


def _compare(pages: Sequence[Page], rules: Rules, rounds: int) -> None:
    """CPU time of both on one core."""
    contestants = _contestants(rules)
    for page in pages[:_WARM_UP]:
        for run in contestants.values():
            run(page)
    totals: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        spent = dict.fromkeys(contestants, 0.0)
        for at, page in enumerate(pages):
            for name in sorted(contestants, reverse=(at + number) % 2 == 0):
                began = time.process_time()
                contestants[name](page)
                spent[name] += time.process_time() - began
        for name, total in spent.items():
            totals[name].append(total)
    ratios = [a / b for a, b in zip(totals[_OURS], totals[_THEIRS], strict=True)]
    print(f"\n{len(pages)} pages, {rounds} rounds, one core\n")
    print("| | CPU s (median) | pages per CPU s |")
    print("| --- | ---: | ---: |")
    for name, seconds in totals.items():
        middle = statistics.median(seconds)
        print(f"| {name} | {middle:.2f} | {len(pages) / middle:.1f} |")
    print(f"\nours by trafilatura: {statistics.median(ratios):.2f} (by round:", end=" ")
    print(", ".join(f"{ratio:.2f}" for ratio in ratios) + ")", flush=True)


async def _rate(pages: Sequence[Page], rules: Rules, workers: int) -> float:
    """Pages per second of wall time in our pool, once its workers are warm."""
    room = asyncio.Semaphore(workers * _AHEAD)

    async def one(pool: ProcessPool, page: Page) -> None:
        async with room:
            entry = Entry(page.id, page.url, "", "")
            fetched = Fetched(page.url, 200, {}, page.html)
            job = TextJob(entry, page.url, fetched, SiteRule(), rules, ExtractSettings())
            done = await pool.run(extract_text, job)
            if isinstance(done, WorkerFailed):
                print(f"{page.of} {page.id}: {done.detail}", file=sys.stderr)

    async with ProcessPool(WorkerSettings(count=workers), preload=PRELOAD) as pool:
        await asyncio.gather(*(one(pool, page) for page in pages[: _WARM_UP * workers]))
        began = time.perf_counter()
        await asyncio.gather(*(one(pool, page) for page in pages))
        return len(pages) / (time.perf_counter() - began)


def _scale(pages: Sequence[Page], rules: Rules, rounds: int) -> None:
    """One worker beside two, in turns."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for workers, found in rates.items():
            found.append(asyncio.run(_rate(pages, rules, workers)))
    one, two = (statistics.median(found) for found in rates.values())
    gains = [b / a for a, b in zip(rates[1], rates[2], strict=True)]
    print(
        f"\npages per second in the pool: {one:.1f} with one worker, {two:.1f} with two:", end=" "
    )
    print(f"{statistics.median(gains):.2f} times (by round:", end=" ")
    print(", ".join(f"{gain:.2f}" for gain in gains) + ")")


def main() -> int:
    """Run both comparisons."""
    parser = argparse.ArgumentParser(description="Compare what extraction costs.")
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        pages = _pages(options.pages)
    except NotFound as error:
        print(error, file=sys.stderr)
        return 1
    rules = load_rules()
    _compare(pages, rules, options.rounds)
    _scale(pages, rules, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
