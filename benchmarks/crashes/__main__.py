"""Kills, fills the disk, cuts the power and backs up under load; says what was lost or broken.

    python -m benchmarks.crashes [kills] [full-disk] [power] [--times 200] [--cuts 1000]

Power cuts are replayed from what strace records of a run as it is shipped; a full disk is a small
one in memory, which takes the right to mount. Ends with 1 where anything is not as documented.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.crashes.full_disk import fill
from benchmarks.crashes.kills import kill
from benchmarks.crashes.newsroom import Newsroom, newsroom
from benchmarks.crashes.power import cut, record

_SIZES: Final = (256, 512, 1_024, 1_536, 2_048, 3_072, 4_096, 6_144)


def _kills(news: Newsroom, folder: Path, options: argparse.Namespace) -> list[str]:
    chance = Random(options.seed)  # noqa: S311 - to be repeated, not secret
    tally = kill(news, folder, options.times, chance)
    for name, count in sorted(tally.kills.items()):
        print(
            f"  {name}: killed {count} times, and {tally.too_late[name]} times it had ended before"
        )
    return list(tally.problems)


def _full_disk(news: Newsroom, folder: Path, _options: argparse.Namespace) -> list[str]:
    return list(fill(news, folder, _SIZES))


def _power(news: Newsroom, folder: Path, options: argparse.Namespace) -> list[str]:
    chance = Random(options.seed)  # noqa: S311 - to be repeated, not secret
    recorded = record(news, folder)
    syncs = sum(call.what == "sync" for call in recorded.calls)
    print(f"  recorded: {len(recorded.calls):,} calls, of them {syncs:,} syncs")
    found = cut(news, folder, recorded, options.cuts, chance)
    lost = found.lost_articles
    print(f"  of the log at most {max(found.unsynced) / 1e6:.1f} MB were not on disk for sure")
    print(
        f"  {len(lost)} cuts: lost {statistics.median(lost)} articles in the median, {max(lost)} at"
        f" most; of {found.with_decisions} with decisions that were said to hold"
        f" {found.lost_decisions} lost one"
    )
    return [*found.problems, *["a decision was lost"] * found.lost_decisions]


_WAYS: Final = {"kills": _kills, "full-disk": _full_disk, "power": _power}


def main() -> int:
    """Do what was asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("ways", nargs="*", choices=[*_WAYS, []], default=list(_WAYS))
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--cuts", type=int, default=1000)
    parser.add_argument("--events", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    problems = []
    for way in options.ways:
        print(way, flush=True)
        with tempfile.TemporaryDirectory() as folder, newsroom(Path(folder), options.events) as n:
            found = _WAYS[way](n, Path(folder), options)
        print(f"  {len(found)} problems", flush=True)
        problems += found
    for each in problems[:20]:
        print(each)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
