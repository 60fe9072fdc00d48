"""What broke since a time, for the daily digest: read only, each figure by one query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from aggregator.core.jumps import Jump, jump
from aggregator.core.urls import site
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["HookTrouble", "Rejections", "Runs", "jumps", "rejections", "runs", "webhooks"]

_SPANS: Final = 7


@dataclass(frozen=True, slots=True)
class Runs:
    """How runs ended: how many, how many of them badly, and what the last of those said."""

    ended: int
    failed: int
    killed: int
    last_done_at: datetime | None
    last_failure: str | None


@dataclass(frozen=True, slots=True)
class Rejections:
    """Pages of one site that became no article for one reason, and one of them."""

    site: str
    stage: str
    reason: str
    pages: int
    example: str


@dataclass(frozen=True, slots=True)
class HookTrouble:
    """A webhook that is not well: its receiver fails or is gone, or messages were given up."""

    name: str
    state: str
    error: str | None
    failing_since: datetime | None
    waiting: int
    given_up: int


def runs(db: "Database", since: datetime) -> Runs:
    """How the runs since a time went."""
    sql = """SELECT count(*) FILTER (WHERE outcome IN ('done', 'idle', 'stopped')) AS ended,
                    count(*) FILTER (WHERE outcome = 'failed') AS failed,
                    count(*) FILTER (WHERE outcome = 'killed') AS killed
             FROM runs WHERE coalesce(ended_at, began_at) >= ?"""
    ended, failed, killed = db.rows(sql, (to_text(since),))[0]
    done = db.value("SELECT max(ended_at) FROM runs WHERE outcome IN ('done', 'idle')")
    sql = """SELECT detail FROM runs WHERE outcome = 'failed' AND began_at >= ?
             ORDER BY id DESC LIMIT 1"""
    return Runs(ended, failed, killed, from_text(done), db.value(sql, (to_text(since),)))


def rejections(db: "Database", since: datetime) -> list[Rejections]:
    """What was rejected since a time, by site and reason, most pages first."""
    sql = "SELECT url, stage, reason FROM rejected WHERE at >= ? ORDER BY at DESC, url"
    found: dict[tuple[str, str, str], list[str]] = {}
    for url, stage, reason in db.rows(sql, (to_text(since),)):
        found.setdefault((site(url), stage, reason), []).append(url)
    made = (Rejections(*key, len(urls), urls[0]) for key, urls in found.items())
    return sorted(made, key=lambda each: (-each.pages, each.site, each.reason))


def jumps(db: "Database", since: datetime, now: datetime) -> list[Jump]:
    """Outlets that published far more or less since a time than in each span before, as long.

    Seven spans before at most, from the first article on: a young archive has fewer.
    """
    length = now - since
    moments = [since - length * number for number in range(_SPANS + 1)]
    first = from_text(db.value("SELECT min(ordered_at) FROM article"))
    known = [each for each in moments[1:] if first is not None and each >= first]
    spans = [_volumes(db, since, now), *_before(db, [since, *known])]
    outlets = sorted({outlet for span in spans for outlet in span})
    counted = ((each, [span.get(each, 0) for span in spans]) for each in outlets)
    found = (jump(outlet, counts[0], counts[1:]) for outlet, counts in counted)
    return [each for each in found if each is not None]


def _before(db: "Database", moments: Sequence[datetime]) -> Iterator[dict[str, int]]:
    for until, begin in pairwise(moments):
        yield _volumes(db, begin, until)


def _volumes(db: "Database", begin: datetime, end: datetime) -> dict[str, int]:
    """Outlet → how many articles it published in a span."""
    sql = """SELECT outlet, count(*) FROM article WHERE ordered_at >= ? AND ordered_at < ?
             GROUP BY outlet"""
    return {row[0]: row[1] for row in db.rows(sql, (to_text(begin), to_text(end)))}


def webhooks(db: "Database", since: datetime) -> list[HookTrouble]:
    """Webhooks that are not well, or of which messages were given up since a time."""
    sql = """SELECT name, state, error, failing_since, waiting,
                    (SELECT count(*) FROM webhook_deliveries
                     WHERE webhook = webhooks.name AND state = 'dead' AND ended_at >= ?1) AS lost
             FROM webhooks WHERE listed AND (error IS NOT NULL OR state = 'gone' OR lost > 0)
             ORDER BY id"""
    return [
        HookTrouble(
            name=row["name"],
            state=row["state"],
            error=row["error"],
            failing_since=from_text(row["failing_since"]),
            waiting=row["waiting"],
            given_up=row["lost"],
        )
        for row in db.rows(sql, (to_text(since),))
    ]
