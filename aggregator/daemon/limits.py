"""Ends a run early where the write-ahead log gets too large, before it fills the disk."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from aggregator.pipeline.report import RunReport
from aggregator.storage.database import Database, SqliteError

__all__ = ["within_limits"]

_MEGABYTE: Final = 1_000_000
_PATIENCE: Final = 0.2  # seconds


def within_limits(
    db: Database, most_megabytes: float, stop: Callable[[], bool], report: RunReport
) -> Callable[[], bool]:
    """Ask `stop`, and also stop once the log is larger than `most_megabytes` and cannot be emptied.

    Only a reader that holds a transaction open keeps it from being made small: the run can do
    nothing about it but write no more. Why it ended is in `report`, and told in the log once.
    """

    def over() -> bool:
        if stop() or report.halted:
            return True
        size = db.log_bytes()
        if size <= most_megabytes * _MEGABYTE or _emptied(db):
            return False
        report.halted = (
            f"the write-ahead log has {size / _MEGABYTE:,.0f} MB, since a reader holds a "
            "transaction open: nothing more is taken up until it ends (storage.max_wal)"
        )
        logging.getLogger("aggregator.run").error("%s", report.halted)
        return True

    return over


def _emptied(db: Database) -> bool:
    """Bring the log back into the file, unless somebody holds it: whoever held it may be gone."""
    with suppress(SqliteError):
        return db.checkpoint(_PATIENCE)
    return False
