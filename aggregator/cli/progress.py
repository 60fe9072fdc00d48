"""How far long work has come: bars on a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol, TextIO

import click

from aggregator.pipeline.events import BatchDone, Event, Listener, StepBegun

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Steps", "listener", "steps"]

_LABELS: Final = MappingProxyType(
    {"poll": "Polling feeds", "pages": "Fetching articles", "cluster": "Finding copies and stories"}
)
_LINES_PER_STEP: Final = 10


class Steps(Protocol):
    """Shows one step after the other."""

    def begin(self, label: str, total: int | None) -> None:
        """A step begins; `total` is None where nobody knows how much there is to do."""
        ...

    def advance(self, count: int = 1) -> None:
        """So much more of the step is done."""
        ...


class _Silence:
    """Shows nothing."""

    def begin(self, label: str, total: int | None) -> None:
        """Nothing to show."""

    def advance(self, count: int = 1) -> None:
        """Nothing to show."""


class _PlainLines:
    """A line when a step begins, and about ten until it ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._label, self._total, self._done = "", 0, 0

    def begin(self, label: str, total: int | None) -> None:
        """Say what begins, unless there is nothing to do."""
        self._label, self._total, self._done = label, total or 0, 0
        if total:
            click.echo(f"{label}: {total:,} to do", file=self._stream)

    def advance(self, count: int = 1) -> None:
        """Say how far it is whenever another tenth is done."""
        before, self._done = self._done, self._done + count
        if self._total and self._tenth(before) != self._tenth(self._done):
            click.echo(f"{self._label}: {self._done:,} of {self._total:,}", file=self._stream)

    def _tenth(self, done: int) -> int:
        return done * _LINES_PER_STEP // self._total


class _Bars:
    """A bar for each step. Only our own labels are shown in it, never text from outside."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, label: str, total: int | None) -> None:
        """Add a bar, unless there is nothing to do."""
        self._task = None if total == 0 else self._progress.add_task(label, total=total)

    def advance(self, count: int = 1) -> None:
        """Move the newest bar on."""
        if self._task is not None:
            self._progress.advance(self._task, count)


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
        else:
            shown.advance(event.articles if isinstance(event, BatchDone) else 1)

    return listen
