"""What became of a text from copy to copy, as kept: figures of each member of a copy group."""

import json
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from aggregator.core.provenance import Source, Trace, source
from aggregator.storage.database import Database

__all__ = ["before", "forget", "mark", "member", "pending", "renew", "save"]

_MOST_BEFORE: Final = 16
_MOST_LETTERS: Final = 1_500_000

# Those of ?1 and what is linked to them, each with whether it has copies. A member rests on
# those before it: so the figures of one behind are to be made anew, and not those of one before.
# Of those with the very same words the one that stands for all is told anew with each, and none for
# its sake: they have taken over all, whatever becomes of it.
_CONCERNED: Final = """
WITH given (id) AS (SELECT value FROM json_each(?1)),
linked (id, other) AS (
  SELECT id, b FROM given JOIN copy_link INDEXED BY copy_link_texts ON a = id
    WHERE rule <> 'words' AND likelihood(id > 0, 0.0001)
  UNION SELECT id, a FROM given JOIN copy_link INDEXED BY copy_link_texts_b ON b = id
    WHERE rule <> 'words' AND likelihood(id > 0, 0.0001)
  UNION SELECT id, same_as FROM given JOIN article USING (id)
    WHERE same_as IS NOT NULL AND likelihood(id > 0, 0.0001)
  LIMIT 20000),
concerned (id, is_new) AS (
  SELECT id, 1 FROM given
  UNION ALL
  SELECT later.id, (later.ordered_at, later.canonical_url) > (own.ordered_at, own.canonical_url)
    OR NOT EXISTS (SELECT 1 FROM copy_member WHERE article_id = later.id)
  FROM linked JOIN article AS own USING (id) JOIN article AS later ON later.id = other)
SELECT article.id, article_count > 1 FROM concerned
JOIN article USING (id) JOIN copy_group ON copy_group.id = copy_group_id
GROUP BY article.id HAVING article_count = 1 OR max(is_new)
"""


def forget(db: Database, article_id: int) -> None:
    """Take away what rests on an article's text, of it and of those linked to it.

    Call inside `write()`, before its links go.
    """
    db.execute("DELETE FROM copy_member WHERE article_id = ?", (article_id,))
    linked = "SELECT b FROM copy_link WHERE a = ?1 UNION ALL SELECT a FROM copy_link WHERE b = ?1"
    db.execute(
        f"""UPDATE copy_member SET reference_id = NULL, added_words = NULL
            WHERE article_id IN ({linked})""",  # noqa: S608 - the query is ours
        (article_id,),
    )


def renew(db: Database, ids: Iterable[int]) -> None:
    """Have the figures of members made anew, since their links changed. Call inside `write()`."""
    db.execute(
        """UPDATE copy_member SET reference_id = NULL, added_words = NULL
           WHERE article_id IN (SELECT value FROM json_each(?))""",
        (json.dumps(sorted(ids)),),
    )


def mark(db: Database, ids: Iterable[int]) -> list[int]:
    """Forget the figures of these articles and of those that rest on them; says whose to make.

    What is alone in its group has none. Call inside `write()`, when the groups are recounted.
    """
    found = db.rows(_CONCERNED, (json.dumps(sorted(ids)),))
    db.execute_many(
        "INSERT OR REPLACE INTO copy_member (article_id) VALUES (?)",
        [(article_id,) for article_id, has_copies in found if has_copies],
    )
    db.execute_many(
        "DELETE FROM copy_member WHERE article_id = ?",
        [(article_id,) for article_id, has_copies in found if not has_copies],
    )
    return [article_id for article_id, has_copies in found if has_copies]


def pending(db: Database, limit: int) -> list[int]:
    """The members whose figures are to be made, at most so many."""
    sql = "SELECT article_id FROM copy_member WHERE added_words IS NULL ORDER BY 1 LIMIT ?"
    return [row[0] for row in db.rows(sql, (limit,))]


def member(db: Database, article_id: int) -> Source:
    """An article, ready to be traced."""
    sql = "SELECT id, lead, text, agency FROM article WHERE id = ?"
    return source(*db.rows(sql, (article_id,))[0])


def before(db: Database, article_id: int) -> list[int]:
    """The members of an article's group before it that it is linked to, in order.

    Of more than 16, or more than a million and a half letters, those that it matches best: so a
    text that recurs 50,000 times costs no more than any other, and a long one not much more.
    """
    sql = """
      SELECT other.id, length(other.lead) + length(other.text) AS letters,
             row_number() OVER (ORDER BY other.ordered_at, other.canonical_url) AS place
      FROM article AS own CROSS JOIN (
        SELECT b AS id, jaccard, containment FROM copy_link INDEXED BY copy_link_texts
        WHERE a = ?1 AND rule <> 'words' AND rule <> 'compound'
        UNION ALL
        SELECT a, jaccard, containment FROM copy_link INDEXED BY copy_link_texts_b
        WHERE b = ?1 AND rule <> 'words' AND rule <> 'compound'
        UNION ALL
        SELECT same_as, 1, 1 FROM article WHERE id = ?1 AND same_as IS NOT NULL
        UNION ALL
        SELECT * FROM (
          SELECT id, 1, 1 FROM article INDEXED BY article_twins
          WHERE same_as = ?1 AND ordered_at <= (SELECT ordered_at FROM article WHERE id = ?1)
          ORDER BY ordered_at, canonical_url LIMIT ?2)) AS linked
      CROSS JOIN article AS other ON other.id = linked.id
      WHERE own.id = ?1 AND other.copy_group_id = own.copy_group_id
        AND (other.ordered_at, other.canonical_url) < (own.ordered_at, own.canonical_url)
      ORDER BY jaccard + containment DESC, place LIMIT ?2
    """
    rows = db.rows(sql, (article_id, _MOST_BEFORE))
    letters = accumulate(row["letters"] for row in rows)
    fit = max(1, sum(total <= _MOST_LETTERS for total in letters))
    return [row["id"] for row in sorted(rows[:fit], key=lambda row: row["place"])]


def save(db: Database, article_id: int, traced: Trace) -> None:
    """Keep the figures of an article. Call inside `write()`."""
    db.execute(
        """UPDATE copy_member SET reference_id = ?, taken = ?, added_words = ?, cut_words = ?
           WHERE article_id = ?""",
        (traced.reference_id, traced.taken, traced.added_words, traced.cut_words, article_id),
    )
