"""Copy groups as kept: candidates by shared keys, verified links, groups and their figures."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from aggregator.model import CopyLink
from aggregator.storage.database import Database
from aggregator.storage.fingerprints import unpack_keys
from aggregator.storage.times import from_text, to_text

__all__ = [
    "ClusterItem",
    "Component",
    "add_links",
    "any_unstudied",
    "candidates",
    "component",
    "items",
    "mark_clustered",
    "move",
    "new_group",
    "recount",
    "redirect",
    "unclustered",
    "unclustered_count",
]


@dataclass(frozen=True, slots=True)
class ClusterItem:
    """What clustering looks at of one article; `ordered_at` is when it was published, or seen."""

    id: int
    canonical_url: str
    outlet: str
    title: str
    lead: str
    text: str
    language: str | None
    ordered_at: datetime
    copy_group_id: int | None
    profile: str
    keys: tuple[int, ...]
    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Component:
    """Articles that hang together by links, in canonical order, each with its group or None."""

    groups: Mapping[int, int | None]
    links: tuple[CopyLink, ...]


_ITEM = """
SELECT article.id, canonical_url, outlet, title, lead, text, language, ordered_at, copy_group_id,
       profile, fingerprint.keys, terms
FROM article JOIN fingerprint ON fingerprint.article_id = article.id
JOIN story_document ON story_document.article_id = article.id
"""


def unclustered(db: Database, limit: int, letters: int) -> list[ClusterItem]:
    """The next articles to cluster, in canonical order: by time, then by URL.

    At least one, and no more than `limit` articles or `letters` of text: what is clustered at
    once takes no longer for being long.
    """
    sql = """SELECT id, length(lead) + length(text) FROM article
             WHERE NOT clustered ORDER BY ordered_at, canonical_url LIMIT ?"""
    waiting = [(int(row[0]), int(row[1])) for row in db.rows(sql, (limit,))]
    return items(db, _within(waiting, letters))


def unclustered_count(db: Database) -> int:
    """How many articles wait to be clustered."""
    return int(db.value("SELECT count(*) FROM article WHERE NOT clustered"))


def any_unstudied(db: Database) -> bool:
    """Whether articles, or what an editor said of a site, wait to be looked at before that."""
    sql = """SELECT EXISTS (SELECT 1 FROM article WHERE NOT studied)
             OR EXISTS (SELECT 1 FROM furniture WHERE NOT applied)"""
    return bool(db.value(sql))


def items(db: Database, ids: Iterable[int]) -> list[ClusterItem]:
    """The articles with these ids, in canonical order."""
    where = (
        "WHERE article.id IN (SELECT value FROM json_each(?)) ORDER BY ordered_at, canonical_url"
    )
    return [_item(row) for row in db.rows(f"{_ITEM} {where}", (json.dumps(sorted(ids)),))]


def _item(row: sqlite3.Row) -> ClusterItem:
    moment = from_text(row["ordered_at"])
    assert moment is not None  # the column is NOT NULL
    return ClusterItem(
        id=row["id"],
        canonical_url=row["canonical_url"],
        outlet=row["outlet"],
        title=row["title"],
        lead=row["lead"],
        text=row["text"],
        language=row["language"],
        ordered_at=moment,
        copy_group_id=row["copy_group_id"],
        profile=row["profile"],
        keys=unpack_keys(row["keys"]),
        terms=json.loads(row["terms"]),
    )


def _within(found: Sequence[tuple[int, int]], letters: int) -> list[int]:
    """The first of `found`, ids with the lengths of their texts, that fit; one at least."""
    ids, lengths = [each for each, _ in found], accumulate(length for _, length in found)
    fit = sum(total <= letters for total in lengths)
    return ids[: max(1, fit)]


# --- candidates and links --------------------------------------------------------------------

_MOST_CANDIDATES = 64
# Some 60 of the longest reports, or four of the longest texts that are compared as a whole.
_MOST_LETTERS = 1_500_000
# SQLite joins at most 500 selects in one.
_KEYS_A_QUERY = 400


def candidates(db: Database, item: ClusterItem, *, per_key: int, window: timedelta) -> list[int]:
    """Articles that share keys with `item` within `window` of it, those that share most first.

    Of an overfull key only the newest `per_key` are looked at: a stub that recurs 50,000 times
    costs no more than any other text. So it is with long ones: of those that share most so many
    are looked at as can be compared in a second.
    """
    shared: Counter[int] = Counter()
    for start in range(0, len(item.keys), _KEYS_A_QUERY):
        shared.update(_sharing(db, item.keys[start : start + _KEYS_A_QUERY], per_key))
    sql = """
      SELECT article.id FROM article JOIN fingerprint ON article_id = article.id
      WHERE article.id IN (SELECT value FROM json_each(?)) AND article.id <> ?
        AND ordered_at BETWEEN ? AND ? AND profile = ?
      ORDER BY ordered_at, canonical_url
    """
    span = to_text(item.ordered_at - window), to_text(item.ordered_at + window)
    rows = db.rows(sql, (json.dumps(sorted(shared)), item.id, *span, item.profile))
    found = [int(row[0]) for row in rows]
    best = sorted(found, key=lambda each: -shared[each])[:_MOST_CANDIDATES]
    sql = """SELECT id, length(lead) + length(text) FROM article
             WHERE id IN (SELECT value FROM json_each(?))"""
    lengths = {int(row[0]): int(row[1]) for row in db.rows(sql, (json.dumps(best),))}
    return _within([(each, lengths[each]) for each in best], _MOST_LETTERS)


def _sharing(db: Database, keys: Sequence[int], per_key: int) -> Iterable[int]:
    """The articles with any of `keys`, each as often as it shares one; newest `per_key` a key."""
    one = "SELECT * FROM (SELECT article_id FROM band WHERE key = ? ORDER BY 1 DESC LIMIT ?)"
    sql = " UNION ALL ".join([one] * len(keys))
    rows = db.rows(sql, [value for key in keys for value in (key, per_key)])
    return (row[0] for row in rows)


def add_links(db: Database, links: Iterable[CopyLink]) -> None:
    """Keep verified links. Call inside `write()`."""
    db.execute_many(
        "INSERT OR REPLACE INTO copy_link (a, b, jaccard, containment, rule)"
        " VALUES (?, ?, ?, ?, ?)",
        [(link.a, link.b, link.jaccard, link.containment, link.rule) for link in links],
    )


def component(db: Database, start: Iterable[int]) -> Component:
    """All articles that links or shared groups connect to `start`, however far.

    Groups count too, since a revised article has lost its links but not yet left its group; links
    over compound pages do not, since no group rests on them.
    """
    sql = """
      WITH RECURSIVE reached (kind, id) AS (
        SELECT 'article', value FROM json_each(?)
        UNION SELECT 'article', b FROM reached JOIN copy_link ON a = id
          WHERE kind = 'article' AND rule <> 'compound'
        UNION SELECT 'article', a FROM reached JOIN copy_link ON b = id
          WHERE kind = 'article' AND rule <> 'compound'
        UNION SELECT 'group', copy_group_id FROM reached JOIN article USING (id)
          WHERE kind = 'article' AND copy_group_id IS NOT NULL
        UNION SELECT 'article', article.id FROM reached JOIN article ON copy_group_id = reached.id
          WHERE kind = 'group'
      )
      SELECT article.id, copy_group_id FROM reached JOIN article USING (id)
      WHERE kind = 'article' ORDER BY ordered_at, canonical_url
    """
    found = {row[0]: row[1] for row in db.rows(sql, (json.dumps(sorted(start)),))}
    sql = """SELECT * FROM copy_link
             WHERE a IN (SELECT value FROM json_each(?)) AND rule <> 'compound' ORDER BY a, b"""
    links = tuple(CopyLink(*row) for row in db.rows(sql, (json.dumps(sorted(found)),)))
    return Component(found, links)


# --- groups ----------------------------------------------------------------------------------


def new_group(db: Database) -> int:
    """A new, empty copy group's id. Call inside `write()`."""
    return db.execute("INSERT INTO copy_group DEFAULT VALUES")


def move(db: Database, members: Collection[int], group_id: int) -> None:
    """Put articles into a group, and so into the group's story. Call inside `write()`.

    Of those that were elsewhere it is to be told anew what they took over.
    """
    wanted = json.dumps(sorted(members))
    db.execute(
        """INSERT OR REPLACE INTO copy_member (article_id)
           SELECT article.id FROM article JOIN json_each(?) ON value = article.id
           WHERE copy_group_id IS NOT ?""",
        (wanted, group_id),
    )
    sql = """UPDATE article SET copy_group_id = ?1,
               story_id = (SELECT story_id FROM copy_group WHERE id = ?1) WHERE id = ?2"""
    db.execute_many(sql, [(group_id, member) for member in members])


def redirect(db: Database, kind: str, former: Mapping[int, int], now: datetime) -> None:
    """Let former ids of a `kind` lead to those that took them over, chains made short.

    Call inside `write()`.
    """
    for old, new in former.items():
        db.execute("UPDATE redirect SET new_id = ? WHERE kind = ? AND new_id = ?", (new, kind, old))
        db.execute(
            "INSERT OR REPLACE INTO redirect (kind, old_id, new_id, at) VALUES (?, ?, ?, ?)",
            (kind, old, new, to_text(now)),
        )


def mark_clustered(db: Database, ids: Iterable[int]) -> None:
    """Say that these articles are where they belong. Call inside `write()`."""
    db.execute_many("UPDATE article SET clustered = 1 WHERE id = ?", [(each,) for each in ids])


_RECOUNT_GROUP = """
UPDATE copy_group SET
  article_count = (SELECT count(*) FROM article WHERE copy_group_id = ?1),
  outlet_count = (SELECT count(DISTINCT outlet) FROM article WHERE copy_group_id = ?1),
  first_article_id = (SELECT id FROM article WHERE copy_group_id = ?1
                      ORDER BY ordered_at, canonical_url LIMIT 1),
  agency = (SELECT agency FROM article WHERE copy_group_id = ?1 AND agency IS NOT NULL
            GROUP BY agency ORDER BY count(*) DESC, agency LIMIT 1)
WHERE id = ?1
"""


def recount(db: Database, group_ids: Sequence[int]) -> None:
    """Bring the stored figures of groups up to date; empty ones go. Call inside `write()`."""
    db.execute_many(_RECOUNT_GROUP, [(each,) for each in group_ids])
    db.execute_many(
        "DELETE FROM copy_group WHERE id = ? AND article_count = 0", [(each,) for each in group_ids]
    )
