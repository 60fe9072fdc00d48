"""What copies and stories cost an article, from 10,000 kept articles to a million."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage.database import Database, open_database
from benchmarks.clustering import bulk, fresh, tail
from benchmarks.clustering.fresh import Cost
from benchmarks.clustering.stream import Planted, Stream
from benchmarks.clustering.tail import STEPS, Spent

__all__ = ["measure"]

_FEW: Final = 20
_STUBS_IN_TAIL: Final = 4
_SETTINGS: Final = ClusterSettings()


@dataclass(frozen=True, slots=True)
class Measured:
    """What one size took; `stubbed` with the stubs, where they are fewer."""

    size: int
    spent: Spent
    stubbed: Spent | None
    idle: Cost
    few: Cost
    datasketch: Cost
    datasketch_size: int
    megabytes: float
    band_megabytes: float
    loading: float


def measure(
    sizes: Sequence[int], newest: int, stubs: int, peer_most: int, folder: str | None
) -> None:
    """Measure each size, one after the other, and print all; what it writes is deleted."""
    found = []
    for size in sizes:
        place = Path(tempfile.mkdtemp(prefix="clustering-", dir=folder))
        try:
            found.append(_measured(place / "news.db", size, newest, stubs, peer_most))
        finally:
            shutil.rmtree(place)
        _print_one(found[-1], stubs)
    _print_all(found)


def _measured(path: Path, size: int, newest: int, stubs: int, peer_most: int) -> Measured:
    # A margin behind the tail for the tail with stubs, and for the few of a fresh process.
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    stream = Stream(size + newest + _FEW, end)
    began = datetime.now(UTC)
    with open_database(path) as db:
        bulk.load(db, stream, size - newest, os.cpu_count() or 1)
        loading = (datetime.now(UTC) - began).total_seconds()
        spent = _bring(db, [stream.article(at) for at in range(size - newest, size)], end)
        db.checkpoint()
        megabytes, bands = path.stat().st_size / 1e6, _bands(db)
    idle = min((fresh.idle(path) for _ in range(3)), key=lambda cost: cost.wall)
    with open_database(path) as db:
        few = [stream.article(at) for at in range(size, size + _FEW)]
        tail.keep(db, [(each, fingerprint(each.article)) for each in few], end)
    twenty = fresh.called("twenty", path)
    peer = fresh.called("datasketch", path, "--most", str(peer_most))
    stubbed = _with_stubs(path, stream, size, newest, stubs) if size > stubs else None
    return Measured(
        size,
        spent,
        stubbed,
        idle,
        twenty,
        peer,
        min(size, peer_most),
        megabytes,
        bands,
        loading,
    )


def _with_stubs(path: Path, stream: Stream, size: int, newest: int, stubs: int) -> Spent:
    """Bring as many articles again, with stubs between them, now that there are very many."""
    with open_database(path) as db:
        bulk.load_stubs(db, stream, stubs, size + newest + _FEW + 1)
        ordinary = [stream.article(at) for at in range(size + _FEW, size + _FEW + newest)]
        planted = _mixed(ordinary, stream, stubs, newest // _STUBS_IN_TAIL)
        return _bring(db, planted, stream.end)


def _bring(db: Database, planted: Sequence[Planted], now: datetime) -> Spent:
    return tail.bring(db, planted, now, _SETTINGS)


def _mixed(ordinary: Sequence[Planted], stream: Stream, first: int, count: int) -> list[Planted]:
    """Articles with a stub behind each few."""
    every = len(ordinary) // count
    mixed = []
    for place, each in enumerate(ordinary):
        mixed.append(each)
        if place % every == 0:
            at = each.article.published_at
            assert at is not None  # all that is planted has a time
            mixed.append(stream.stub(first + place, at))
    return mixed


def _bands(db: Database) -> float:
    sql = "SELECT pgsize FROM dbstat WHERE name = 'band' AND aggregate = 1"
    return float(db.value(sql)) / 1e6


# --- printing --------------------------------------------------------------------------------


def _print_one(each: Measured, stubs: int) -> None:
    print(f"\n## {each.size:,} articles\n")
    print(f"loaded in {each.loading:.0f} s; database {each.megabytes:,.0f} MB,", end=" ")
    print(f"of which keys {each.band_megabytes:,.0f} MB")
    print(f"cron run with nothing new: {each.idle}")
    print(f"fresh process that clusters {_FEW} new articles: {each.few}")
    print(f"datasketch's index of {each.datasketch_size:,} signatures rebuilt: {each.datasketch}")
    if each.stubbed is not None:
        ratio = each.stubbed.total / each.spent.total
        print(f"with {stubs:,} identical stubs: {ratio:.2f} times the cost an article")
    print(end="", flush=True)


def _print_all(found: Sequence[Measured]) -> None:
    columns = {f"{each.size:,}": each.spent for each in found}
    if found[-1].stubbed is not None:
        columns[f"{found[-1].size:,}, with stubs"] = found[-1].stubbed
    print("\nmicroseconds of CPU an article\n")
    print("| step |", " | ".join(columns), "|")
    print("| --- |", " | ".join("---:" for _ in columns), "|")
    for step in STEPS:
        print(
            f"| {step} |", " | ".join(f"{each.micros(step):,.0f}" for each in columns.values()), "|"
        )
    print("| all |", " | ".join(f"{each.total:,.0f}" for each in columns.values()), "|")
    growth = found[-1].spent.total / found[0].spent.total
    print(f"\nfrom {found[0].size:,} to {found[-1].size:,}: {growth:.2f} times", flush=True)
