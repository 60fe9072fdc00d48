"""Cuts the power at random moments of what was recorded, and looks what is on the disk then."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from aggregator.storage.database import open_database
from benchmarks.crashes.kills import wrong_but_for_time
from benchmarks.crashes.newsroom import Newsroom, aggregator
from tests.support.powercut import Call, Disk, calls, strace
from tests.support.runs import ROOT

__all__ = ["Cuts", "Recorded", "cut", "record"]

_FILES: Final = ("news.db", "news.db-wal", "news.db-journal")
_FINISHED_OF: Final = 25
_DECISIONS: Final = 3


@dataclass(frozen=True, slots=True)
class Recorded:
    """The calls in their order, and after how many of them how many decisions were said to hold."""

    calls: Sequence[Call]
    decided: Sequence[tuple[int, int]]


@dataclass(slots=True)
class Cuts:
    """What power cuts did: articles and decisions lost each time, and what is wrong.

    `unsynced` is how many bytes of the log were not on disk for sure.
    """

    unsynced: list[int] = field(default_factory=list)
    lost_articles: list[int] = field(default_factory=list)
    lost_decisions: int = 0
    with_decisions: int = 0
    problems: list[str] = field(default_factory=list)


def record(news: Newsroom, folder: Path) -> Recorded:
    """Note what a run, some decisions of an editor and another run write."""
    place = folder / "recorded"
    place.mkdir()
    db = place / "news.db"
    files = [place, *(place / name for name in _FILES)]
    made: list[Call] = []
    decided = []
    commands = [news.run(db), *(_decision(db, n) for n in range(_DECISIONS)), news.run(db)]
    for number, command in enumerate(commands):
        log = folder / f"calls-{number}"
        subprocess.run([*strace(log, files), *command], check=True, capture_output=True, cwd=ROOT)
        made.extend(_written(folder, log))
        if 0 < number <= _DECISIONS:
            decided.append((len(made), number))
    return Recorded(made, decided)


def _decision(db: Path, number: int) -> list[str]:
    return aggregator("together", str(number * 4 + 1), str(number * 4 + 7), "--db", str(db))


def _written(folder: Path, log: Path) -> Iterator[Call]:
    """The calls of the one thread that wrote to the database."""
    logs = [path for path in sorted(folder.glob(f"{log.name}.*")) if path.stat().st_size]
    assert len(logs) == 1, logs
    with logs[0].open() as lines:
        yield from calls(lines)


def cut(news: Newsroom, folder: Path, recorded: Recorded, times: int, chance: Random) -> Cuts:
    """Cut the power so many times; now and then a run must make all good after."""
    found = Cuts()
    moments = sorted(chance.randrange(1, len(recorded.calls) + 1) for _ in range(times))
    disk, done = Disk(), 0
    for number, moment in enumerate(moments):
        while done < moment:
            disk.take(recorded.calls[done])
            done += 1
        found.unsynced.append(_in_log(disk))
        held = max((count for at, count in recorded.decided if at <= moment), default=0)
        before = _laid_out(folder / "before", disk.whole())
        after = _laid_out(folder / "after", disk.cut(chance))
        _look(found, before, after, held)
        if number % _FINISHED_OF == 0 and held == 0 and (later := news.finish(after)):
            found.problems.append(f"cut {moment}: {later}")
    return found


def _in_log(disk: Disk) -> int:
    return sum(
        len(call.data)
        for path, made in disk.pending.items()
        for call in made
        if path.endswith("-wal")
    )


def _look(found: Cuts, before: Path, after: Path, held: int) -> None:
    if broken := wrong_but_for_time(after):
        found.problems.append(broken)
    with open_database(before) as whole, open_database(after) as left:
        articles = [db.value("SELECT count(*) FROM article") for db in (whole, left)]
        decisions = left.value("SELECT count(*) FROM decision")
    found.lost_articles.append(articles[0] - articles[1])
    found.with_decisions += held > 0
    found.lost_decisions += decisions < held


def _laid_out(place: Path, files: dict[str, bytes]) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for path, content in files.items():
        (place / Path(path).name).write_bytes(content)
    return place / "news.db"
