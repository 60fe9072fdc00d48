"""What a run is told: its feeds, its file, its clock, and who listens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.pipeline.events import Event, Listener

__all__ = ["Job", "present"]


def present() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)


def _ignore(_event: Event) -> None:
    """Listen to nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: which feeds, into which file, by which clock, and who listens."""

    config: Config
    database: Path
    listener: Listener = _ignore
    clock: Callable[[], datetime] = present
