"""Kills the program at random moments of all that it does, and looks what is left."""

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from aggregator.storage.database import open_database
from aggregator.storage.soundness import broken_in_backup
from benchmarks.crashes.newsroom import Newsroom, aggregator, stored, wrong
from tests.support.runs import ROOT

__all__ = ["Tally", "kill"]

_RUNS_OF_TEN: Final = 6
_TOLD_EACH: Final = 10
# Before that a command has hardly read its own modules.
_EARLIEST: Final = 0.3
_LESS: Final = 0.95


@dataclass(frozen=True, slots=True)
class Tally:
    """How often what was killed, how often it had ended by then, and what was wrong after."""

    kills: Counter[str]
    too_late: Counter[str]
    problems: list[str]


def kill(news: Newsroom, folder: Path, times: int, chance: Random) -> Tally:
    """Kill so many times, a run in six of ten cases; each time a run must make all good after.

    What had ended before it was to be killed does not count; it is given less time from then on.
    """
    tally = Tally(Counter(), Counter(), [])
    works = {"run": news.run, **_WORKS}
    lengths = {name: _length(work, news, folder) for name, work in works.items()}
    while (done := tally.kills.total()) < times:
        name = "run" if done % 10 < _RUNS_OF_TEN else chance.choice(sorted(_WORKS))
        db = _prepared(name, folder)
        moment = chance.uniform(_EARLIEST, 1.0) * lengths[name]
        ended, log = _killed(works[name](db), moment)
        if ended:
            lengths[name] *= _LESS
        (tally.too_late if ended else tally.kills)[name] += 1
        tally.problems.extend(
            f"{name} killed after {moment:.2f} s: {each}" for each in _problems(news, db, log)
        )
        if not ended and tally.kills.total() % _TOLD_EACH == 0:
            print(f"  {tally.kills.total()} kills, {len(tally.problems)} problems", flush=True)
    return tally


def _problems(news: Newsroom, db: Path, log: str) -> Iterator[str]:
    """What is wrong with a database after a kill, before and after the next run."""
    if db.exists():
        if broken := wrong_but_for_time(db):
            yield broken
        with open_database(db) as opened:
            there = {row[0] for row in opened.rows("SELECT id FROM article")}
        if lost := stored(log) - there:
            yield f"said to be stored and is not: {sorted(lost)}"
    backup = db.with_name("backup.db")
    if backup.exists() and (broken := "; ".join(b.promise for b in broken_in_backup(backup))):
        yield f"the backup: {broken}"
    if later := news.finish(db):
        yield later


def wrong_but_for_time(db: Path) -> str:
    """What is broken in a database; its schema may be of before a migration that was cut short."""
    with open_database(db):
        return wrong(db)


# --- what is killed --------------------------------------------------------------------------


def _maintain(db: Path) -> list[str]:
    return aggregator("maintain", "--compact", "--db", str(db))


def _backup(db: Path) -> list[str]:
    return aggregator("backup", str(db.with_name("backup.db")), "--db", str(db))


def _restore(db: Path) -> list[str]:
    return aggregator("restore", str(db.with_name("former.db")), "--db", str(db))


def _rebuild(db: Path) -> list[str]:
    feeds = db.parent.with_name("feeds.yaml")
    return aggregator("rebuild", "--swap", "--db", str(db), "--feeds", str(feeds))


_WORKS: Final[dict[str, Callable[[Path], list[str]]]] = {
    "backup": _backup,
    "maintain": _maintain,
    "rebuild": _rebuild,
    "restore": _restore,
}


def _prepared(name: str, folder: Path) -> Path:
    """Where the database is to be: nothing for a run, a finished one with a backup otherwise."""
    place = folder / "killed"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    db = place / "news.db"
    if name != "run":
        for copy in (db, db.with_name("former.db")):
            shutil.copy(folder / "whole.db", copy)
    return db


def _length(work: Callable[[Path], list[str]], news: Newsroom, folder: Path) -> float:
    db = _prepared("run" if work == news.run else "", folder)
    began = time.monotonic()
    subprocess.run(work(db), check=True, capture_output=True, cwd=ROOT)
    return time.monotonic() - began


def _killed(command: Sequence[str], moment: float) -> tuple[bool, str]:
    """Whether it had ended before it was killed, and what it had said on standard error."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            _, log = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            _, log = process.communicate()
            return False, log
    return True, log
