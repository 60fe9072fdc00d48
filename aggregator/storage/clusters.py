"""Copy groups as kept: candidates by shared keys, verified links, groups and their figures."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import NamedTuple

from aggregator.core.profile import words_key
from aggregator.model import CopyLink
from aggregator.storage.database import Database
from aggregator.storage.packing import unpack_keys
from aggregator.storage.texts import stand_for
from aggregator.storage.times import from_text, to_text

__all__ = [
    "ClusterItem",
    "Component",
    "Stray",
    "any_unstudied",
    "component",
    "cut_off",
    "items",
    "mark_clustered",
    "move",
    "move_rest",
    "new_group",
    "recount",
    "redirect",
    "settle",
    "unclustered",
    "unclustered_count",
    "within",
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


class Stray(NamedTuple):
    """How many articles of a text are in a group that is not that of the text."""

    text: int
    group: int
    size: int


@dataclass(frozen=True, slots=True)
class Component:
    """Texts that hang together by links, each as the article that stands for it.

    `groups` maps them to their group, None where they are new, in canonical order; `by_content`
    are they in an order that depends on what they say alone, and not on who came first. `sizes`
    tells how many articles have each. Of those `strays` are still in another group.
    """

    groups: Mapping[int, int | None]
    by_content: tuple[int, ...]
    links: tuple[CopyLink, ...]
    sizes: Mapping[int, int]
    strays: tuple[Stray, ...]


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
    return items(db, within(waiting, letters))


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


def within(found: Sequence[tuple[int, int]], letters: int) -> list[int]:
    """The first of `found`, ids with the lengths of their texts, that fit; one at least."""
    ids, lengths = [each for each, _ in found], accumulate(length for _, length in found)
    fit = sum(total <= letters for total in lengths)
    return ids[: max(1, fit)]


# --- what hangs together ---------------------------------------------------------------------

# So many texts are grouped at once; of what hangs together beyond them the groups stay as they are.
_MOST_TEXTS = 2_000
_FOR_EACH = 20


def component(db: Database, start: Collection[int], most: int = _MOST_TEXTS) -> Component:
    """All texts that links or shared groups connect to those of the articles `start`.

    Each is given by the article that stands for it. No more than `most`, and a few for each of
    `start`, are looked at, the nearest first. Groups count too, since a revised article has lost
    its links but not yet left its group; links over compound pages do not, since no group rests
    on them, nor those between the articles of one text.
    """
    # Said to be few, or else SQLite reads a whole table for a Bloom filter before it looks anything
    # up, once it was analysed.
    ids = json.dumps(sorted(start))
    heads = json.dumps(sorted(set(stand_for(db, start).values())))
    sql = """
      WITH RECURSIVE reached (kind, id) AS (
        SELECT 'article', value FROM json_each(?1)
        UNION SELECT 'group', copy_group_id FROM json_each(?2) JOIN article ON article.id = value
          WHERE same_as IS NOT NULL AND copy_group_id IS NOT NULL
        UNION SELECT 'article', b FROM reached JOIN copy_link INDEXED BY copy_link_texts ON a = id
          WHERE likelihood(kind = 'article', 0.0001) AND rule <> 'words' AND rule <> 'compound'
        UNION SELECT 'article', a FROM reached JOIN copy_link INDEXED BY copy_link_texts_b ON b = id
          WHERE likelihood(kind = 'article', 0.0001) AND rule <> 'words' AND rule <> 'compound'
        UNION SELECT 'group', copy_group_id FROM reached JOIN article USING (id)
          WHERE likelihood(kind = 'article', 0.0001) AND copy_group_id IS NOT NULL
        UNION SELECT 'article', article.id
          FROM reached JOIN article INDEXED BY article_texts ON copy_group_id = reached.id
          WHERE likelihood(kind = 'group', 0.0001) AND same_as IS NULL
        LIMIT ?3
      )
      SELECT article.id, copy_group_id, canonical_url, keys,
             coalesce((SELECT twins FROM repeated_text WHERE article_id = article.id), 0) AS twins
      FROM reached JOIN article USING (id) JOIN fingerprint ON article_id = article.id
      WHERE kind = 'article' ORDER BY ordered_at, canonical_url
    """
    rows = db.rows(sql, (heads, ids, most + _FOR_EACH * len(start)))
    reached = json.dumps([row["id"] for row in rows])
    sql = """SELECT a, b, jaccard, containment, rule FROM copy_link INDEXED BY copy_link_texts
             WHERE a IN (SELECT value FROM json_each(?1))
               AND +b IN (SELECT value FROM json_each(?1))
               AND rule <> 'words' AND rule <> 'compound'"""
    return Component(
        {row["id"]: row["copy_group_id"] for row in rows},
        tuple(row["id"] for row in sorted(rows, key=_content)),
        tuple(CopyLink(*row) for row in db.rows(sql, (reached,))),
        {row["id"]: 1 + row["twins"] for row in rows},
        tuple(_strays(db, ids)),
    )


def _strays(db: Database, ids: str) -> Iterator[Stray]:
    """Where those of the articles, as JSON, are that stand behind another, if not where that is."""
    sql = """SELECT DISTINCT article.same_as, article.copy_group_id
             FROM json_each(?) JOIN article ON article.id = value
             JOIN article AS head ON head.id = article.same_as
             WHERE article.copy_group_id IS NOT NULL
               AND article.copy_group_id IS NOT head.copy_group_id"""
    count = "SELECT count(*) FROM article WHERE same_as = ? AND copy_group_id = ?"
    for text, group in db.rows(sql, (ids,)):
        yield Stray(text, group, db.value(count, (text, group)))


def _content(row: sqlite3.Row) -> tuple[int, str]:
    """What orders texts: not when they came, nor which article stands for one."""
    return words_key(unpack_keys(row["keys"])) or 0, row["canonical_url"]


def cut_off(db: Database, found: Component) -> list[list[int]]:
    """Texts of groups of which not all are in a component, group by group."""
    members: dict[int, list[int]] = {}
    for article, group in found.groups.items():
        if group is not None:
            members.setdefault(group, []).append(article)
    sql = """SELECT count(*) FROM article INDEXED BY article_texts
             WHERE copy_group_id = ? AND same_as IS NULL"""
    return [ids for group, ids in members.items() if db.value(sql, (group,)) > len(ids)]


# --- groups ----------------------------------------------------------------------------------


def new_group(db: Database) -> int:
    """A new, empty copy group's id. Call inside `write()`."""
    return db.execute("INSERT INTO copy_group DEFAULT VALUES")


def move(db: Database, texts: Iterable[int], group_id: int) -> None:
    """Put texts with all their articles into a group, and so into its story.

    Call inside `write()`.
    """
    moved = [(group_id, text) for text in texts]
    _move(db, "(id = ?2 OR same_as = ?2) AND copy_group_id IS NOT ?1", moved)


def settle(db: Database, found: Component, texts: Iterable[int], group_id: int) -> None:
    """Put texts of a component into a group; articles that are there already are not touched.

    Call inside `write()`.
    """
    there = {text for text in texts if found.groups[text] == group_id}
    move(db, sorted(set(texts) - there), group_id)
    new = [(group_id, text) for text in sorted(there)]
    _move(db, "same_as = ?2 AND copy_group_id IS NULL", new)
    strays = [(group_id, *stray[:2]) for stray in found.strays if stray.text in there]
    _move(db, "same_as = ?2 AND copy_group_id = ?3", strays)


def move_rest(db: Database, former: Mapping[int, int]) -> None:
    """Put what is left in groups into those that took them over. Call inside `write()`."""
    _move(db, "copy_group_id = ?2", [(new, old) for old, new in former.items()])


def _move(db: Database, which: str, moved: Sequence[tuple[int, ...]]) -> None:
    """Move articles; of them it is to be told anew what they took over."""
    traced = f"INSERT OR REPLACE INTO copy_member (article_id) SELECT id FROM article WHERE {which}"  # noqa: S608 - the condition is ours
    sql = f"""UPDATE article SET copy_group_id = ?1,
                story_id = (SELECT story_id FROM copy_group WHERE id = ?1) WHERE {which}"""  # noqa: S608 - the condition is ours
    for each in moved:
        db.execute(traced, each)
        db.execute(sql, each)


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
  article_count = (
    SELECT count(*) + coalesce(sum(
      (SELECT twins FROM repeated_text WHERE article_id = article.id)), 0)
    FROM article INDEXED BY article_texts
    WHERE copy_group_id = ?1 AND same_as IS NULL),
  (outlet_count, first_article_id) = (
    WITH RECURSIVE first_of (id, outlet, at, url) AS (
      SELECT * FROM (
        SELECT id, outlet, ordered_at, canonical_url FROM article WHERE copy_group_id = ?1
        ORDER BY outlet, ordered_at, canonical_url LIMIT 1)
      UNION ALL
      SELECT own.id, own.outlet, ordered_at, canonical_url FROM first_of
      JOIN article AS own ON own.id = (
        SELECT id FROM article WHERE copy_group_id = ?1 AND outlet > first_of.outlet
        ORDER BY outlet, ordered_at, canonical_url LIMIT 1))
    SELECT count(*) OVER (), id FROM first_of ORDER BY at, url LIMIT 1),
  agency = (
    WITH RECURSIVE named (agency) AS (
      SELECT min(agency) FROM article WHERE copy_group_id = ?1 AND agency IS NOT NULL
      UNION ALL
      SELECT (SELECT min(agency) FROM article WHERE copy_group_id = ?1 AND agency > named.agency)
      FROM named WHERE named.agency IS NOT NULL)
    SELECT agency FROM named WHERE agency IS NOT NULL
    ORDER BY (SELECT count(*) FROM (
      SELECT 1 FROM article WHERE copy_group_id = ?1 AND agency = named.agency LIMIT 200)) DESC,
      agency LIMIT 1)
WHERE id = ?1
"""


def recount(db: Database, group_ids: Sequence[int]) -> None:
    """Bring the stored figures of groups up to date; empty ones go. Call inside `write()`.

    No one who stands behind another is looked at: articles are counted by texts, and outlets by
    skipping from one to the next. Of agencies that are credited 200 times or more the first in the
    alphabet is named.

    Of who is alone no more it is to be told what was taken over, and of who is alone now no longer.
    """
    ids = [(each,) for each in group_ids]
    sql = """SELECT id FROM copy_group
             WHERE article_count = 1 AND id IN (SELECT value FROM json_each(?))"""
    lone = [tuple(row) for row in db.rows(sql, (json.dumps(group_ids),))]
    gone = "NOT EXISTS (SELECT 1 FROM article WHERE copy_group_id = copy_group.id)"
    db.execute_many(f"DELETE FROM copy_group WHERE id = ? AND {gone}", ids)  # noqa: S608 - the condition is ours
    db.execute_many(_RECOUNT_GROUP, ids)
    db.execute_many(
        """INSERT OR IGNORE INTO copy_member (article_id)
           SELECT article.id FROM article JOIN copy_group ON copy_group.id = copy_group_id
           WHERE copy_group_id = ? AND article_count > 1""",
        lone,
    )
    # What is still to be made says of whom else it is to be made, so it goes only then.
    db.execute_many(
        """DELETE FROM copy_member WHERE added_words IS NOT NULL AND article_id =
             (SELECT first_article_id FROM copy_group WHERE id = ? AND article_count = 1)""",
        ids,
    )
