"""What the story level sees of copy groups, as kept: their texts, where to look them up, links."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from aggregator.model import StoryLink, StoryText, Told
from aggregator.storage import retiring
from aggregator.storage.database import Database
from aggregator.storage.retiring import Asked, Lent
from aggregator.storage.times import from_text

__all__ = [
    "Member",
    "among",
    "candidates",
    "lend_for",
    "link",
    "links_of",
    "made_of",
    "members",
    "number_of_keys",
    "save",
    "texts",
    "told",
    "weigh_anew",
    "weighed_with",
]

_VERSIONS: Final = 4
_PER_KEY: Final = 24
_MOST_CANDIDATES: Final = 48
# A text in the same words may recur for years: in seconds, a month.
_REACH: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Member:
    """The first articles of a copy group as far as the story level looks at them.

    `bags` are their weighted terms as kept, the earliest first.
    """

    language: str | None
    title: str
    outlet: str
    first_at: datetime
    last_at: datetime
    bags: tuple[str, ...]


def members(db: Database, group_ids: Iterable[int]) -> dict[int, Member]:
    """Each group's first articles of other words, four at most: copies say little more."""
    first = """SELECT language, title, outlet, ordered_at, terms
               FROM article INDEXED BY article_texts JOIN story_document ON article_id = id
               WHERE copy_group_id = ? AND same_as IS NULL
               ORDER BY ordered_at, canonical_url LIMIT ?"""
    last = """
      WITH RECURSIVE seen (outlet) AS (
        SELECT min(outlet) FROM article WHERE copy_group_id = ?1
        UNION ALL
        SELECT (SELECT min(outlet) FROM article WHERE copy_group_id = ?1 AND outlet > seen.outlet)
        FROM seen WHERE seen.outlet IS NOT NULL)
      SELECT max((SELECT max(ordered_at) FROM article
                  WHERE copy_group_id = ?1 AND outlet = seen.outlet)) FROM seen"""
    found = {}
    for each in group_ids:
        if rows := db.rows(first, (each, _VERSIONS)):
            found[each] = Member(
                language=rows[0]["language"],
                title=rows[0]["title"],
                outlet=rows[0]["outlet"],
                first_at=_published(rows[0]["ordered_at"]),
                last_at=_published(db.value(last, (each,))),
                bags=tuple(row["terms"] for row in rows),
            )
    return found


def made_of(db: Database, group_ids: Iterable[int]) -> dict[int, tuple[int, datetime]]:
    """Of what the kept text of each group was made, and when its last article was published."""
    sql = """SELECT copy_group_id, made_of, last_at FROM story_text
             WHERE copy_group_id IN (SELECT value FROM json_each(?))"""
    rows = db.rows(sql, (json.dumps(sorted(group_ids)),))
    return {row[0]: (row[1], _moment(row[2])) for row in rows}


def weighed_with(db: Database, language: str | None) -> int:
    """How many documents of a language were known when all its texts were last weighed."""
    sql = "SELECT documents FROM story_drift WHERE language = ?"
    return int(db.value(sql, (language or "",)) or 0)


def weigh_anew(db: Database, language: str | None, documents: int) -> list[int]:
    """The groups of a language, all of which are weighed now. Call inside `write()`."""
    sql = "INSERT OR REPLACE INTO story_drift (language, documents) VALUES (?, ?)"
    db.execute(sql, (language or "", documents))
    sql = """SELECT copy_group.id FROM article CROSS JOIN copy_group
               ON copy_group.id = article.copy_group_id AND first_article_id = article.id
             JOIN story_text ON story_text.copy_group_id = copy_group.id WHERE language IS ?"""
    return [row[0] for row in db.rows(sql, (language,))]


def save(db: Database, text: StoryText, made: int, keys: Iterable[int]) -> None:
    """Keep a group's text, and under which keys it is found. Call inside `write()`."""
    _forget_keys(db, text.id)
    first_at, last_at = (int(each.timestamp()) for each in (text.first_at, text.last_at))
    vector = json.dumps(dict(text.vector), ensure_ascii=False, separators=(",", ":"))
    found_by = sorted(keys)
    packed = json.dumps(found_by, separators=(",", ":"))
    db.execute(
        "INSERT OR REPLACE INTO story_text"
        " (copy_group_id, first_at, last_at, made_of, vector, keys) VALUES (?, ?, ?, ?, ?, ?)",
        (text.id, first_at, last_at, made, vector, packed),
    )
    if last_at >= retiring.retired(db, retiring.GROUPS):
        db.execute_many(
            "INSERT OR IGNORE INTO story_key (key, at, copy_group_id) VALUES (?, ?, ?)",
            [(key, last_at, text.id) for key in found_by],
        )


def _forget_keys(db: Database, group_id: int) -> None:
    old = db.row("SELECT last_at, keys FROM story_text WHERE copy_group_id = ?", (group_id,))
    if old is not None:
        db.execute_many(
            "DELETE FROM story_key WHERE key = ? AND at = ? AND copy_group_id = ?",
            [(key, old["last_at"], group_id) for key in json.loads(old["keys"])],
        )


def texts(db: Database, group_ids: Iterable[int]) -> dict[int, StoryText]:
    """The kept texts of groups."""
    sql = """SELECT story_text.*, language, title, outlet FROM story_text
             JOIN copy_group ON copy_group.id = story_text.copy_group_id
             JOIN article ON article.id = first_article_id
             WHERE story_text.copy_group_id IN (SELECT value FROM json_each(?))"""
    rows = db.rows(sql, (json.dumps(sorted(group_ids)),))
    return {row["copy_group_id"]: _text(row) for row in rows}


def number_of_keys(db: Database, group_id: int) -> int:
    """Under how many keys a group's text is found, or was until they retired."""
    sql = "SELECT json_array_length(keys) FROM story_text WHERE copy_group_id = ?"
    return int(db.value(sql, (group_id,)) or 0)


def told(db: Database, group_id: int) -> Told:
    """What the first article of a group says, as the story level sees it."""
    sql = """SELECT title, lead, text FROM article JOIN copy_group ON article.id = first_article_id
             WHERE copy_group.id = ?"""
    (row,) = db.rows(sql, (group_id,))
    return Told(*row)


def _text(row: sqlite3.Row) -> StoryText:
    return StoryText(
        row["copy_group_id"],
        row["language"],
        _moment(row["first_at"]),
        _moment(row["last_at"]),
        json.loads(row["vector"]),
        row["title"],
        row["outlet"],
    )


def _published(written: str) -> datetime:
    moment = from_text(written)
    assert moment is not None  # the column is NOT NULL
    return moment


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# --- what may be alike -----------------------------------------------------------------------


def lend_for(
    db: Database, every: Iterable[tuple[StoryText, Iterable[int]]], window: timedelta
) -> Lent:
    """Read, of the keys that were taken out of the index, those that candidates of `every` need.

    Of each text it is told by which keys it is looked up.
    """
    return retiring.lend(db, retiring.GROUPS, [_asked(text, keys, window) for text, keys in every])


def _asked(text: StoryText, keys: Iterable[int], window: timedelta) -> Asked:
    last = int(text.last_at.timestamp())
    first = max(int(text.first_at.timestamp()), last - _REACH)
    span = int(window.total_seconds())
    return Asked(tuple(keys), last, first - span, last + span)


def candidates(
    db: Database, text: StoryText, keys: Mapping[int, float], window: timedelta, lent: Lent
) -> list[int]:
    """The groups that share the weightiest of `keys` and were about within `window` of `text`.

    Of an overfull key those are looked at that are nearest in time; who came first does not matter.
    Of a text that recurs for months the last month is looked at. `lent` is what was lent for it.
    """
    if not keys:
        return []
    asked = _asked(text, keys, window)
    before, after = (
        f"""SELECT * FROM (SELECT ? AS weight, copy_group_id FROM story_key
            WHERE key = ? AND at {bounds}
            ORDER BY at {order}, copy_group_id {order} LIMIT {_PER_KEY})"""  # noqa: S608 - ours
        for bounds, order in (("BETWEEN ? AND ?", "DESC"), ("> ? AND at <= ?", "ASC"))
    )
    rows = " UNION ALL ".join([before, after] * len(keys))
    values = [
        value
        for key, weight in keys.items()
        for value in (weight, key, asked.since, asked.at, weight, key, asked.at, asked.until)
    ]
    sql = f"""SELECT copy_group_id FROM ({rows}) WHERE copy_group_id <> ?
              GROUP BY copy_group_id HAVING count(*) > 1
              ORDER BY sum(weight) DESC, copy_group_id LIMIT {_MOST_CANDIDATES}"""  # noqa: S608 - ours
    return [row[0] for row in lent.index(asked).rows(db, sql, (*values, text.id))]


def links_of(db: Database, group_ids: Iterable[int]) -> list[StoryLink]:
    """All links of any of the groups."""
    sql = """SELECT a, b, likeness FROM story_link WHERE a IN (SELECT value FROM json_each(?1))
             UNION SELECT a, b, likeness FROM story_link
             WHERE b IN (SELECT value FROM json_each(?1))"""
    return [StoryLink(*row) for row in db.rows(sql, (json.dumps(sorted(group_ids)),))]


def among(db: Database, group_ids: Iterable[int]) -> list[StoryLink]:
    """All links between two of the groups."""
    sql = """SELECT a, b, likeness FROM story_link
             WHERE a IN (SELECT value FROM json_each(?1))
               AND b IN (SELECT value FROM json_each(?1))"""
    return [StoryLink(*row) for row in db.rows(sql, (json.dumps(sorted(group_ids)),))]


def link(db: Database, group_id: int, links: Iterable[StoryLink]) -> None:
    """Let a group have these links and no others. Call inside `write()`."""
    db.execute("DELETE FROM story_link WHERE a = ?", (group_id,))
    db.execute("DELETE FROM story_link WHERE b = ?", (group_id,))
    db.execute_many(
        "INSERT INTO story_link (a, b, likeness) VALUES (?, ?, ?)",
        [(each.a, each.b, each.likeness) for each in links],
    )
