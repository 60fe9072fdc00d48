"""Puts together what a desk is handed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.daemon.desk.explaining import Explanations
from aggregator.daemon.desk.marks import MarkWriter
from aggregator.settings import Settings
from aggregator.web.ports import Ports

__all__ = ["composed"]


@contextmanager
def composed(path: Path, settings: Settings, clock: Callable[[], datetime]) -> Iterator[Ports]:
    """What a desk may do that may change the database at `path`, while the context lasts."""
    del clock
    with MarkWriter(path) as marks:
        yield Ports(explaining=Explanations(settings.clustering), marks=marks)
