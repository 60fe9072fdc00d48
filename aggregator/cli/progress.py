"""How far long work has come: bars on a terminal, plain lines elsewhere."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, TextIO

import click

from aggregator.pipeline.events import (
    ArticleDone,
    BatchDone,
    Event,
    FeedPolled,
    Listener,
    SiteStudied,
    StepBegun,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Steps", "listener", "steps"]

_LABELS: Final = MappingProxyType(
    {
        "poll": "Polling feeds",
        "pages": "Fetching articles",
        "learn": "Learning what recurs",
        "cluster": "Finding copies and stories",
    }
)
_LINES_PER_STEP: Final = 10


class Steps(Protocol):
    """Shows steps, which may overlap, by their labels."""

    def begin(self, label: str, total: int | None) -> None:
        """A step begins, or goes on with `total` more to do; None where nobody knows how much."""
        ...

    def advance(self, label: str, count: int = 1) -> None:
        """So much more of a step is done."""
        ...


class _Silence:
    """Shows nothing."""

    def begin(self, label: str, total: int | None) -> None:
        """Nothing to show."""

    def advance(self, label: str, count: int = 1) -> None:
        """Nothing to show."""


class _PlainLines:
    """A line when a step begins, and about ten until it ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._done: Counter[str] = Counter()
        self._totals: Counter[str] = Counter()

    def begin(self, label: str, total: int | None) -> None:
        """Say what begins, unless there is nothing to do."""
        self._totals[label] += total or 0
        if total:
            click.echo(f"{label}: {total:,} to do", file=self._stream)

    def advance(self, label: str, count: int = 1) -> None:
        """Say how far it is whenever another tenth is done."""
        before, total = self._done[label], self._totals[label]
        self._done[label] = done = before + count
        if total and before * _LINES_PER_STEP // total != done * _LINES_PER_STEP // total:
            click.echo(f"{label}: {done:,} of {total:,}", file=self._stream)


class _Bars:
    """A bar for each step. Only our own labels are shown in it, never text from outside."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._totals: Counter[str] = Counter()

    def begin(self, label: str, total: int | None) -> None:
        """Add a bar, or lengthen the one that is there, unless there is nothing to do."""
        self._totals[label] += total or 0
        if label in self._tasks:
            self._progress.update(self._tasks[label], total=self._totals[label])
        elif total != 0:
            self._tasks[label] = self._progress.add_task(label, total=total)

    def advance(self, label: str, count: int = 1) -> None:
        """Move its bar on."""
        if label in self._tasks:
            self._progress.advance(self._tasks[label], count)


@contextmanager
def steps(stream: TextIO, *, plain: bool) -> Iterator[Steps]:
    """Show steps on `stream`: as bars on a terminal, elsewhere in lines if `plain`, or not."""
    if not stream.isatty():
        yield _PlainLines(stream) if plain else _Silence()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=Console(file=stream)) as progress:
        yield _Bars(progress)


def listener(shown: Steps) -> Listener:
    """Let a run's events move `shown`."""

    def listen(event: Event) -> None:
        if isinstance(event, StepBegun):
            shown.begin(_LABELS[event.step], event.total)
        elif isinstance(event, BatchDone):
            shown.advance(_LABELS["cluster"], event.articles)
        elif isinstance(event, SiteStudied):
            shown.advance(_LABELS["learn"], event.articles)
        elif isinstance(event, ArticleDone):
            shown.advance(_LABELS["pages"])
        elif isinstance(event, FeedPolled):
            shown.advance(_LABELS["poll"])

    return listen
