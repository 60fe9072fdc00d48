"""Hosts as kept: those that turned us away, so that a restart leaves them alone as well."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from aggregator.model import HostState
from aggregator.storage.database import Database, upsert
from aggregator.storage.times import from_text, round_up, to_text

__all__ = ["drop_old", "load", "save"]

# Thirty times our own longest pause.
_FORGOTTEN: Final = timedelta(days=30)
_COLUMNS = ("host", "site", "addresses", "quiet_until", "refusals", "refused_at", "reason")
_SAVE = upsert("host", _COLUMNS, ["host"])


def load(db: Database) -> list[HostState]:
    """Every host that has turned us away since it last answered well."""
    return [
        HostState(
            host=row["host"],
            site=row["site"],
            addresses=tuple(json.loads(row["addresses"])),
            quiet_until=from_text(row["quiet_until"]),
            refusals=row["refusals"],
            refused_at=from_text(row["refused_at"]),
            reason=row["reason"],
        )
        for row in db.rows("SELECT * FROM host ORDER BY host")
    ]


def save(db: Database, states: Iterable[HostState]) -> None:
    """Keep states; of a host that answers well again nothing is kept. Call inside `write()`."""
    for state in states:
        if state.refusals:
            db.execute(_SAVE, _row(state))
        else:
            db.execute("DELETE FROM host WHERE host = ?", (state.host,))


def drop_old(db: Database, now: datetime) -> None:
    """Forget those that may have been asked again for a month, and were not."""
    with db.write():
        db.execute("DELETE FROM host WHERE quiet_until < ?", (to_text(now - _FORGOTTEN),))


def _row(state: HostState) -> tuple[str | int | None, ...]:
    return (
        state.host,
        state.site,
        json.dumps(state.addresses),
        round_up(state.quiet_until),
        state.refusals,
        to_text(state.refused_at),
        state.reason,
    )
