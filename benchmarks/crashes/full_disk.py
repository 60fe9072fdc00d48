"""Lets the disk become full while a run is at work, and looks what is left and what goes on."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.crashes.kills import wrong_but_for_time
from benchmarks.crashes.newsroom import Newsroom
from tests.support.runs import ROOT

__all__ = ["fill"]


def fill(news: Newsroom, folder: Path, sizes: Sequence[int]) -> Iterator[str]:
    """Run on disks of so many kilobytes each; yields what is wrong.

    A run must end with 1 and say why. The file is sound then, and when the disk has room again the
    next run comes to what it would have. Needs the right to mount.
    """
    for size in sizes:
        place = folder / f"disk-{size}"
        place.mkdir(exist_ok=True)
        with _disk(place, size):
            db = place / "news.db"
            done = subprocess.run(
                news.run(db), capture_output=True, text=True, check=False, cwd=ROOT
            )
            if done.returncode not in {0, 1} or "Traceback" in done.stderr:
                yield f"{size} kB: ended with {done.returncode}: {done.stderr[-2000:]}"
            if done.returncode and "full" not in done.stderr and "space" not in done.stderr.lower():
                yield f"{size} kB: does not say why: {done.stderr[-300:]}"
            print(f"  {size:,} kB: ended with {done.returncode}")
            _resized(place, 200_000)
            if db.exists() and (broken := wrong_but_for_time(db)):
                yield f"{size} kB: {broken}"
            if later := news.finish(db):
                yield f"{size} kB: {later}"


@contextmanager
def _disk(place: Path, size: int) -> Iterator[None]:
    _system("mount", "-t", "tmpfs", "-o", f"size={size}k", "aggregator", str(place))
    try:
        yield
    finally:
        _system("umount", str(place))


def _resized(place: Path, size: int) -> None:
    _system("mount", "-o", f"remount,size={size}k", str(place))


def _system(name: str, *words: str) -> None:
    subprocess.run([shutil.which(name) or name, *words], check=True)
