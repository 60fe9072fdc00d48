"""What a failure means for an entry: that it is rejected, or when it is tried again."""

from datetime import datetime, timedelta
from typing import Final

from aggregator.executors.protocol import WorkerFailed
from aggregator.model import Failed, Rejected

__all__ = ["SOON", "by_worker", "next_try", "of_worker"]

SOON: Final = timedelta(minutes=15)
"""How long what could not be had now waits where nobody says how long."""

_WORKER: Final = "worker_"


def by_worker(stage: str, failed: WorkerFailed) -> Rejected:
    """What became of that on which a worker failed."""
    return Rejected(stage, f"{_WORKER}{failed.reason}", failed.detail)


def of_worker(outcome: object) -> bool:
    """Whether it is that a worker failed."""
    return isinstance(outcome, Rejected) and outcome.reason.startswith(_WORKER)


def next_try(attempts: int, failed: Failed, now: datetime) -> datetime:
    """A quarter of an hour, doubled at each attempt, and never before the server allows."""
    ours = now + SOON * int(2**attempts)
    return max(ours, failed.retry_after or ours, failed.fresh_until or ours)
