"""Stories as kept: term frequencies, what groups are in them and why, and figures."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import StoryEvidence
from aggregator.storage.database import Database
from aggregator.storage.times import to_text

__all__ = [
    "Placed",
    "article_count",
    "close",
    "count_terms",
    "explain",
    "frequencies",
    "groups_of",
    "left_behind",
    "look_again",
    "members",
    "new_story",
    "of_groups",
    "one_group_each",
    "place",
    "placed",
    "recount",
    "set_frequencies",
    "sizes",
    "standing_for",
    "without_partner",
]

_ALL = ""  # the row of term_frequency that counts the documents of a language


def count_terms(db: Database, language: str | None, documents: Iterable[Iterable[str]]) -> None:
    """Count the terms of documents of one language. Call inside `write()`."""
    counts = Counter(term for terms in documents for term in {_ALL, *terms})
    db.execute_many(
        "INSERT INTO term_frequency (language, term, count) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (language, term) DO UPDATE SET count = count + ?3",
        [(language or "", term, count) for term, count in sorted(counts.items())],
    )


def frequencies(
    db: Database, language: str | None, terms: Iterable[str]
) -> tuple[int, dict[str, int]]:
    """How many documents of a language were counted, and in how many each term stands."""
    sql = """SELECT term, count FROM term_frequency
             WHERE language = ? AND term IN (SELECT value FROM json_each(?))"""
    wanted = json.dumps([_ALL, *sorted(terms)])
    found: dict[str, int] = {row[0]: row[1] for row in db.rows(sql, (language or "", wanted))}
    return found.pop(_ALL, 0), found


def set_frequencies(
    db: Database, language: str | None, documents: int, counts: Mapping[str, int]
) -> None:
    """Say how many documents of a language were counted, and with what. Call inside `write()`."""
    rows = [(language or "", term, count) for term, count in counts.items()]
    db.execute_many(
        "INSERT OR REPLACE INTO term_frequency (language, term, count) VALUES (?, ?, max(?, 0))",
        [(language or "", _ALL, documents), *rows],
    )


# --- membership ------------------------------------------------------------------------------


def of_groups(db: Database, group_ids: Iterable[int]) -> dict[int, int]:
    """Copy group id → story id, for those of the groups that are in a story."""
    sql = """SELECT id, story_id FROM copy_group
             WHERE story_id IS NOT NULL AND id IN (SELECT value FROM json_each(?))"""
    return {row[0]: row[1] for row in db.rows(sql, (json.dumps(sorted(group_ids)),))}


def groups_of(db: Database, story_id: int) -> list[int]:
    """The ids of a story's copy groups."""
    sql = "SELECT id FROM copy_group WHERE story_id = ? ORDER BY id"
    return [row[0] for row in db.rows(sql, (story_id,))]


def one_group_each(db: Database, story_ids: Iterable[int]) -> list[int]:
    """One copy group, the oldest, of each of the stories that have any."""
    sql = """SELECT min(id) FROM copy_group
             WHERE story_id IN (SELECT value FROM json_each(?)) GROUP BY story_id"""
    return [row[0] for row in db.rows(sql, (json.dumps(sorted(story_ids)),))]


def look_again(db: Database, story_ids: Iterable[int]) -> None:
    """Have stories that lost a group formed anew by the next clustering. Call inside `write()`."""
    sql = """UPDATE article SET clustered = 0
             WHERE id = (SELECT first_article_id FROM copy_group WHERE id = ?)"""
    db.execute_many(sql, [(each,) for each in one_group_each(db, story_ids)])


def sizes(db: Database, story_ids: Iterable[int]) -> dict[int, int]:
    """How many copy groups each story has."""
    sql = """SELECT story_id, count(*) FROM copy_group
             WHERE story_id IN (SELECT value FROM json_each(?)) GROUP BY story_id"""
    return {row[0]: row[1] for row in db.rows(sql, (json.dumps(sorted(story_ids)),))}


@dataclass(frozen=True, slots=True)
class Placed:
    """A copy group, how many articles it has, where it is kept, and the evidence without terms."""

    id: int
    articles: int
    story_id: int | None
    rule: str | None
    partner: int | None
    likeness: float | None


def placed(db: Database, group_ids: Iterable[int]) -> list[Placed]:
    """Groups in canonical order: by when their first article was published, then by its URL."""
    sql = """SELECT copy_group.id, article_count, copy_group.story_id, story_rule,
                    partner_group_id, likeness
             FROM copy_group JOIN article ON article.id = first_article_id
             WHERE copy_group.id IN (SELECT value FROM json_each(?))
             ORDER BY ordered_at, canonical_url"""
    return [Placed(*row) for row in db.rows(sql, (json.dumps(sorted(group_ids)),))]


def new_story(db: Database) -> int:
    """A new, empty story's id. Call inside `write()`."""
    return db.execute("INSERT INTO story DEFAULT VALUES")


def place(db: Database, group_id: int, story_id: int) -> None:
    """Put a group with all its articles into a story. Call inside `write()`."""
    db.execute("UPDATE copy_group SET story_id = ? WHERE id = ?", (story_id, group_id))
    db.execute("UPDATE article SET story_id = ? WHERE copy_group_id = ?", (story_id, group_id))


def article_count(db: Database, group_ids: Iterable[int]) -> int:
    """How many articles these groups have."""
    sql = """SELECT coalesce(sum(article_count), 0) FROM copy_group
             WHERE id IN (SELECT value FROM json_each(?))"""
    return int(db.value(sql, (json.dumps(sorted(group_ids)),)))


def without_partner(db: Database, moved: Iterable[int]) -> list[int]:
    """The groups whose partner is in another story, of those that moved or were most like one."""
    sql = """
      WITH concerned (id) AS (
        SELECT id FROM copy_group WHERE partner_group_id IN (SELECT value FROM json_each(?1))
        UNION SELECT value FROM json_each(?1))
      SELECT member.id FROM concerned JOIN copy_group AS member USING (id)
      JOIN copy_group AS partner ON partner.id = member.partner_group_id
      WHERE partner.story_id IS NOT member.story_id ORDER BY member.id"""
    return [row[0] for row in db.rows(sql, (json.dumps(sorted(moved)),))]


def explain(db: Database, reasons: Mapping[int, StoryEvidence | None]) -> None:
    """Keep why each group is in its story; None for one that is alone. Call inside `write()`."""
    db.execute_many(
        "UPDATE copy_group SET story_rule = ?, partner_group_id = ?, likeness = ?, shared_terms = ?"
        " WHERE id = ?",
        [(*_columns(each), group_id) for group_id, each in reasons.items()],
    )


def _columns(reason: StoryEvidence | None) -> tuple[str | None, int | None, float | None, str]:
    if reason is None:
        return None, None, None, "[]"
    shared = json.dumps(reason.shared, ensure_ascii=False)
    return reason.rule, reason.partner, reason.likeness, shared


def standing_for(db: Database, story_id: int) -> int:
    """The first article of the text that most outlets of a story have."""
    sql = """SELECT first_article_id FROM copy_group WHERE story_id = ?
             ORDER BY outlet_count DESC, article_count DESC, id LIMIT 1"""
    return int(db.value(sql, (story_id,)))


def left_behind(db: Database, article_ids: Iterable[int], one: int) -> list[int]:
    """Of articles that are not in the story of article `one` the first of each text."""
    sql = """SELECT DISTINCT first_article_id FROM article
             JOIN copy_group ON copy_group.id = copy_group_id
             WHERE article.id IN (SELECT value FROM json_each(?1))
               AND article.story_id <> (SELECT story_id FROM article WHERE id = ?2)
             ORDER BY first_article_id"""
    return [row[0] for row in db.rows(sql, (json.dumps(sorted(article_ids)), one))]


def members(db: Database, story_id: int) -> dict[int, int]:
    """The articles of a story with their groups."""
    sql = "SELECT id, copy_group_id FROM article WHERE story_id = ?"
    return {row[0]: row[1] for row in db.rows(sql, (story_id,))}


_RECOUNT = """
UPDATE story SET
  title = coalesce((SELECT article.title FROM copy_group
                    JOIN article ON article.id = first_article_id
                    WHERE copy_group.story_id = ?1
                    ORDER BY copy_group.outlet_count DESC, ordered_at, canonical_url LIMIT 1), ''),
  (first_published_at, last_published_at, outlet_count) = (
    WITH RECURSIVE seen (outlet) AS (
      SELECT min(outlet) FROM article WHERE story_id = ?1
      UNION ALL
      SELECT (SELECT min(outlet) FROM article WHERE story_id = ?1 AND outlet > seen.outlet)
      FROM seen WHERE seen.outlet IS NOT NULL)
    SELECT
      min((SELECT min(ordered_at) FROM article WHERE story_id = ?1 AND outlet = seen.outlet)),
      max((SELECT max(ordered_at) FROM article WHERE story_id = ?1 AND outlet = seen.outlet)),
      count(outlet)
    FROM seen),
  article_count = (SELECT coalesce(sum(article_count), 0) FROM copy_group WHERE story_id = ?1),
  copy_group_count = (SELECT count(*) FROM copy_group WHERE story_id = ?1)
WHERE id = ?1
"""


def recount(db: Database, story_ids: Iterable[int]) -> None:
    """Bring the stored figures of stories up to date; empty ones go. Call inside `write()`.

    Those of their groups are up to date: articles are counted by groups, and outlets by skipping
    from one to the next, so that a large story is not read as a whole for each newcomer.
    """
    ids = [(each,) for each in sorted(story_ids)]
    db.execute_many(_RECOUNT, ids)
    db.execute_many("DELETE FROM story WHERE id = ? AND article_count = 0", ids)


def close(db: Database, horizon: datetime) -> None:
    """Close the stories whose newest report is older than `horizon`, and open those that are not.

    What comes after it joins none of them.
    """
    with db.write():
        at = to_text(horizon)
        db.execute("UPDATE story SET closed = 1 WHERE closed = 0 AND last_published_at < ?", (at,))
        db.execute("UPDATE story SET closed = 0 WHERE closed = 1 AND last_published_at >= ?", (at,))
