"""Keeps in the log of runs how one went, whatever way it ends."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from aggregator.errors import AggregatorError
from aggregator.pipeline.report import RunReport
from aggregator.storage import runs
from aggregator.storage.database import Database, SqliteError
from aggregator.storage.runs import Ended

__all__ = ["recorded"]


@contextmanager
def recorded(db: Database, report: RunReport, clock: Callable[[], datetime]) -> Iterator[None]:
    """Note that a run began, and how it ended with what `report` says by then.

    One that is killed ends without a word; the next one notes that.
    """
    run = runs.begin(db, clock())
    try:
        yield
    except BaseException as error:
        # A full disk may be why it ended: then this cannot be kept either.
        with suppress(SqliteError):
            runs.end(db, run, _failed(error, report), clock())
        raise
    outcome = "stopped" if report.stopped or report.halted else "done"
    runs.end(db, run, Ended(outcome, report.counts(), report.halted or None), clock())


def _failed(error: BaseException, report: RunReport) -> Ended:
    if isinstance(error, asyncio.CancelledError | KeyboardInterrupt):
        return Ended("stopped", report.counts())
    # What others say may hold addresses with passwords: of theirs only the kind is kept.
    ours = isinstance(error, AggregatorError | SqliteError)
    detail = str(error) if ours else type(error).__name__
    return Ended("failed", report.counts(), detail)
