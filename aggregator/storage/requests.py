"""The log of requests: what was asked, what came back; the operator's proof of our manners."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aggregator.core.urls import without_credentials
from aggregator.model import Hop
from aggregator.storage.database import Database
from aggregator.storage.times import exact, from_text, to_text

__all__ = ["HostFigures", "drop_old", "figures", "just_asked", "keep", "last_page", "of_host"]

_KEEP: Final = """
INSERT INTO request (at, host, kind, url, status, outcome, address, sent, size, seconds, location,
  retry_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class HostFigures:
    """What the log says of one host: requests, by answer, and the smallest gap between two (s)."""

    host: str
    requests: int
    ok: int
    not_modified: int
    other: int
    first_at: datetime
    last_at: datetime
    smallest_gap: float | None
    addresses: tuple[str, ...]


def keep(db: Database, hops: Iterable[Hop]) -> None:
    """Keep requests, without the names and passwords in their URLs. Call inside `write()`."""
    db.execute_many(_KEEP, [_row(hop) for hop in hops])


def _row(hop: Hop) -> tuple[str | float | None, ...]:
    return (
        exact(hop.at),
        hop.host,
        hop.kind,
        without_credentials(hop.url),
        hop.status,
        hop.outcome,
        hop.address,
        json.dumps(dict(hop.sent)),
        hop.size,
        hop.seconds,
        None if hop.location is None else without_credentials(hop.location),
        to_text(hop.retry_after),
    )


def drop_old(db: Database, keep_days: float, now: datetime, most: int = 5_000) -> int:
    """Forget requests older than `keep_days`, the oldest first; returns how many, `most` a call."""
    sql = """DELETE FROM request WHERE id IN (
               SELECT id FROM request WHERE at < ? ORDER BY at LIMIT ?)"""
    with db.write():
        return db.change(sql, (exact(now - timedelta(days=keep_days)), most))


def just_asked(db: Database, now: datetime, within: float) -> dict[str, float]:
    """How many seconds ago hosts were last asked, those asked `within` so many seconds."""
    sql = "SELECT host, max(at) AS at FROM request WHERE at > ? GROUP BY host"
    rows = db.rows(sql, (exact(now - timedelta(seconds=within)),))
    ago = {row["host"]: now - datetime.fromisoformat(row["at"]) for row in rows}
    return {host: max(span.total_seconds(), 0.0) for host, span in ago.items()}


def last_page(db: Database, host: str) -> datetime | None:
    """When a page of `host` was last asked for, as far as the log goes back."""
    sql = "SELECT max(at) FROM request WHERE host = ? AND kind = 'page'"
    return from_text(db.value(sql, (host,)))


# Days as SQLite counts them are exact to a twentieth of a millisecond. A gap lies between two that
# were sent: where a name could not be resolved, nobody was asked for anything.
_SENT: Final = "(status IS NOT NULL OR address IS NOT NULL)"
_FIGURES: Final = f"""
SELECT host, count(*) AS requests, sum(coalesce(status, 0) = 200) AS ok,
  sum(coalesce(status, 0) = 304) AS not_modified, min(at) AS first_at, max(at) AS last_at,
  round(min(gap) * 86400, 3) AS smallest_gap, json_group_array(DISTINCT address) AS addresses
FROM (SELECT host, status, at, address,
        CASE WHEN {_SENT} THEN julianday(at) - max(CASE WHEN {_SENT} THEN julianday(at) END) OVER (
          PARTITION BY host ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) END AS gap
      FROM request WHERE ?1 IS NULL OR host = ?1)
GROUP BY host ORDER BY requests DESC, host
"""  # noqa: S608 - its only part is ours


def figures(db: Database, host: str | None = None) -> list[HostFigures]:
    """The log summed up host by host, or for one `host`; the host asked most comes first."""
    return [_figures(row) for row in db.rows(_FIGURES, (host,))]


def _figures(row: sqlite3.Row) -> HostFigures:
    first_at, last_at = from_text(row["first_at"]), from_text(row["last_at"])
    assert first_at is not None  # the column is NOT NULL
    assert last_at is not None
    return HostFigures(
        host=row["host"],
        requests=row["requests"],
        ok=row["ok"],
        not_modified=row["not_modified"],
        other=row["requests"] - row["ok"] - row["not_modified"],
        first_at=first_at,
        last_at=last_at,
        smallest_gap=row["smallest_gap"],
        addresses=tuple(sorted(filter(None, json.loads(row["addresses"])))),
    )


def of_host(db: Database, host: str, limit: int) -> list[Hop]:
    """The newest `limit` requests to `host`, the newest last."""
    sql = "SELECT * FROM request WHERE host = ? ORDER BY at DESC, id DESC LIMIT ?"
    return [_hop(row) for row in reversed(db.rows(sql, (host, limit)))]


def _hop(row: sqlite3.Row) -> Hop:
    at = from_text(row["at"])
    assert at is not None  # the column is NOT NULL
    return Hop(
        url=row["url"],
        host=row["host"],
        kind=row["kind"],
        at=at,
        status=row["status"],
        outcome=row["outcome"],
        address=row["address"],
        sent=json.loads(row["sent"]),
        size=row["size"],
        seconds=row["seconds"],
        location=row["location"],
        retry_after=from_text(row["retry_after"]),
    )
