"""Keys of what is long past: taken out of the indexes, and lent where one asks for that time.

What was published before a time kept in `retired` may be missing in an index, `band` of articles or
`story_key` of copy groups. It can be read from each article's or group's own row, so an article
that comes late finds exactly what it would have found.
"""

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from aggregator.storage.database import Database
from aggregator.storage.packing import unpack_keys
from aggregator.storage.times import from_text, seconds, to_text

__all__ = ["ARTICLES", "GROUPS", "Asked", "Index", "Kind", "Lent", "lend", "retire", "retired"]

# Of one key so many are lent, those next before and behind: more than anyone asks for.
_EACH_SIDE: Final = 1_000
_FIRST: Final = -62_135_596_800
_TWO_DAYS: Final = 172_800


@dataclass(frozen=True, slots=True)
class Kind:
    """An index of keys: its table and columns, and where the keys of each row are kept."""

    table: str
    row: str
    kept: str
    moment: str
    column: str
    unpack: Callable[[Any], Iterable[int]]
    written: Callable[[int], object]


def _text(moment: int) -> str:
    return str(to_text(datetime.fromtimestamp(max(moment, _FIRST), UTC)))


ARTICLES: Final = Kind(
    "band",
    "article_id",
    "article JOIN fingerprint ON article_id = id",
    "ordered_at",
    "fingerprint.keys",
    unpack_keys,
    _text,
)
GROUPS: Final = Kind("story_key", "copy_group_id", "story_text", "last_at", "keys", json.loads, int)


class Asked(NamedTuple):
    """Keys that are looked up from `since` to `until`, those nearest to `at` first.

    Times are in seconds since 1970.
    """

    keys: Sequence[int]
    at: int
    since: int
    until: int


# --- looking up ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Index:
    """Where keys are looked up: the table of that name, or what was `lent` as rows in JSON."""

    kind: Kind
    lent: str | None = None

    def rows(self, db: Database, sql: str, values: Sequence[object]) -> list[sqlite3.Row]:
        """All rows of a query on the index under its own name."""
        if self.lent is None:
            return db.rows(sql, values)
        columns = ", ".join(f"value ->> {place}" for place in range(3))
        lent = f"WITH {self.kind.table} (key, at, {self.kind.row}) AS (SELECT {columns} FROM json_each(?)) "  # noqa: E501, S608 - names are ours
        return db.rows(lent + sql, (self.lent, *values))


@dataclass(frozen=True, slots=True)
class Lent:
    """What is lent of an index: by key, when and whose, in the order of time."""

    kind: Kind
    before: int
    found: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def index(self, asked: Asked) -> Index:
        """Where to look up what is one of those that were lent for."""
        if asked.since >= self.before:
            return Index(self.kind)
        rows = [(key, *each) for key in asked.keys for each in self._near(key, asked)]
        return Index(self.kind, json.dumps(rows))

    def _near(self, key: int, asked: Asked) -> Sequence[tuple[int, int]]:
        every = self.found.get(key, ())
        middle = bisect_right(every, (asked.at, 2**63))
        first = bisect_left(every, (asked.since, 0))
        last = bisect_right(every, (asked.until, 2**63))
        return every[max(first, middle - _EACH_SIDE) : min(last, middle + _EACH_SIDE)]


def retired(db: Database, kind: Kind) -> int:
    """Before when rows of an index may be missing, in seconds since 1970."""
    found: int | None = db.value("SELECT before FROM retired WHERE kind = ?", (kind.table,))
    return -(2**62) if found is None else found


def lend(db: Database, kind: Kind, every: Iterable[Asked]) -> Lent:
    """Read, of the rows that may be missing, those that `every` is about; mostly none."""
    before = retired(db, kind)
    late = [asked for asked in every if asked.since < before]
    wanted = {key for asked in late for key in asked.keys}
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for since, until in _merged((asked.since, asked.until) for asked in late):
        for at, row, keys in _kept(db, kind, since, until):
            for key in wanted.intersection(keys):
                found[key].append((at, row))
    for rows in found.values():
        rows.sort()
    return Lent(kind, before, found)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of time without their overlaps."""
    merged: list[tuple[int, int]] = []
    for since, until in sorted(spans):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], until)
        else:
            merged.append((since, until))
    return merged


def _kept(
    db: Database, kind: Kind, since: int, until: int
) -> Iterable[tuple[int, int, Iterable[int]]]:
    """When each row was, and its keys; a busy archive is not read into memory all at once."""
    sql = f"""SELECT {kind.moment}, {kind.row}, {kind.column} FROM {kind.kept}
              WHERE {kind.moment} BETWEEN ? AND ?"""  # noqa: S608 - names are ours
    for start in range(since, until + 1, _TWO_DAYS):
        end = min(start + _TWO_DAYS - 1, until)
        for row in db.rows(sql, (kind.written(start), kind.written(end))):
            yield _moment(row[0]), row[1], kind.unpack(row[2])


def _moment(written: int | str) -> int:
    if isinstance(written, int):
        return written
    moment = from_text(written)
    assert moment is not None  # the column is NOT NULL
    return seconds(moment)


# --- taking out ------------------------------------------------------------------------------


def retire(db: Database, kind: Kind, before: datetime, most: int) -> int:
    """Take keys of what was published before that time out of an index, in a short transaction.

    The oldest first, of some `most` rows; returns of how many, 0 where none are left.
    """
    with db.write():
        since, until = retired(db, kind), seconds(before)
        until = _bound(db, kind, since, until, most)
        if until <= since:
            return 0
        rows = _between(db, kind, since, until)
        db.execute_many(
            f"DELETE FROM {kind.table} WHERE key = ? AND at = ? AND {kind.row} = ?",  # noqa: S608 - names are ours
            [(key, _moment(at), row) for at, row, keys in rows for key in kind.unpack(keys)],
        )
        sql = "INSERT OR REPLACE INTO retired (kind, before) VALUES (?, ?)"
        db.execute(sql, (kind.table, until))
        return len(rows)


def _bound(db: Database, kind: Kind, since: int, until: int, most: int) -> int:
    """When the next `most` rows end; what has one time is never parted."""
    sql = f"""SELECT {kind.moment} FROM {kind.kept} WHERE {kind.moment} >= ? AND {kind.moment} < ?
              ORDER BY {kind.moment} LIMIT 1 OFFSET ?"""  # noqa: S608 - names are ours
    span = kind.written(since), kind.written(until)
    first, behind = (db.value(sql, (*span, offset)) for offset in (0, most))
    return until if behind is None else max(_moment(behind), _moment(first) + 1)


def _between(db: Database, kind: Kind, since: int, until: int) -> list[sqlite3.Row]:
    sql = f"""SELECT {kind.moment}, {kind.row}, {kind.column} FROM {kind.kept}
              WHERE {kind.moment} >= ? AND {kind.moment} < ?"""  # noqa: S608 - names are ours
    return db.rows(sql, (kind.written(since), kind.written(until)))
