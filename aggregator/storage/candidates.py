"""Which kept articles may carry the same text as one: those that share keys, near it in time."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from aggregator.storage import retiring
from aggregator.storage.clusters import ClusterItem, within
from aggregator.storage.database import Database
from aggregator.storage.retiring import Asked, Index, Lent
from aggregator.storage.times import seconds

__all__ = ["candidates", "lend_for"]

_MOST: Final = 64
# Texts with more keys each share one by chance, as they do four words; of a tenth of a text that
# was taken over they would share several.
_CHANCE_KEYS: Final = 30
_AT_ONCE: Final = 8
# Some 60 of the longest reports, or four of the longest texts that are compared as a whole.
_MOST_LETTERS: Final = 1_500_000


def lend_for(db: Database, items: Iterable[ClusterItem], window: timedelta) -> Lent:
    """Read, of the keys that were taken out of the index, those that candidates of `items` need."""
    return retiring.lend(db, retiring.ARTICLES, [_asked(item, window) for item in items])


def candidates(
    db: Database,
    item: ClusterItem,
    *,
    per_key: int,
    window: timedelta,
    lent: Lent | None = None,
) -> list[int]:
    """Articles of other texts that share keys with `item` within `window` of it, the likest first.

    Of a key that more than `per_key` have within the window only as many are looked at, those
    published next before and behind `item`: so it does not matter which came first, and a template
    that recurs 50,000 times costs no more than any other text. So it is with long ones: of those
    that share most so many are looked at as can be compared in a second. Of a text that several
    articles have word for word, one for each outlet and title is enough. One key among very many
    is shared by chance.
    """
    lent = lent or lend_for(db, [item], window)
    asked = _asked(item, window)
    shared = Counter(_sharing(db, lent.index(asked), asked, per_key))
    del shared[item.id]
    if not shared:
        return []
    sql = """
      SELECT article.id, coalesce(same_as, article.id) AS head, title, outlet,
             length(fingerprint.keys) / 8 AS keys
      FROM article JOIN fingerprint ON article_id = article.id
      WHERE article.id IN (SELECT value FROM json_each(?1)) AND profile = ?2
        AND head <> (SELECT coalesce(same_as, id) FROM article WHERE id = ?3)
      ORDER BY ordered_at, canonical_url
    """
    rows = db.rows(sql, (json.dumps(sorted(shared)), item.profile, item.id))
    likest = sorted(rows, key=lambda row: -shared[row["id"]])
    chosen: dict[tuple[int, str, str], int] = {}
    for row in likest:
        if shared[row["id"]] > 1 or min(len(item.keys), row["keys"]) <= _CHANCE_KEYS:
            chosen.setdefault((row["head"], row["title"], row["outlet"]), row["id"])
    return _comparable(db, list(chosen.values())[:_MOST])


def _comparable(db: Database, ids: Sequence[int]) -> list[int]:
    """The first of these whose texts are no more than can be compared at once."""
    sql = """SELECT id, length(lead) + length(text) FROM article
             WHERE id IN (SELECT value FROM json_each(?))"""
    letters = {row[0]: row[1] for row in db.rows(sql, (json.dumps(ids),))}
    return within([(each, letters[each]) for each in ids], _MOST_LETTERS)


def _asked(item: ClusterItem, window: timedelta) -> Asked:
    at, span = seconds(item.ordered_at), int(window.total_seconds())
    return Asked(item.keys, at, at - span, at + span)


def _sharing(db: Database, index: Index, asked: Asked, per_key: int) -> Iterator[int]:
    """The articles with a key in the window, once for each key that they have.

    All keys are looked up at once, unless some have so many that each is better asked by itself.
    """
    sql = """SELECT json_each.value, article_id
             FROM json_each(?) CROSS JOIN band ON band.key = json_each.value
             WHERE at BETWEEN ? AND ? LIMIT ?"""
    most = _AT_ONCE * len(asked.keys)
    found = index.rows(db, sql, (json.dumps(asked.keys), asked.since, asked.until, most))
    sizes = Counter(row[0] for row in found)
    is_cut = len(found) == most
    overfull = {key for key, size in sizes.items() if size > per_key + 1}
    yield from (row[1] for row in found if not is_cut and row[0] not in overfull)
    for key in asked.keys if is_cut else overfull:
        yield from (row[0] for row in _of_key(db, index, key, asked, per_key))


def _of_key(db: Database, index: Index, key: int, asked: Asked, per_key: int) -> list[sqlite3.Row]:
    """The articles with one key, `per_key` and one more at most."""
    every = "SELECT article_id FROM band WHERE key = ? AND at BETWEEN ? AND ? LIMIT ?"
    rows = index.rows(db, every, (key, asked.since, asked.until, per_key + 2))
    if len(rows) < per_key + 2:
        return rows
    each_side = per_key // 2
    before = """SELECT article_id FROM band WHERE key = ? AND at BETWEEN ? AND ?
                ORDER BY at DESC, article_id DESC LIMIT ?"""
    behind = """SELECT article_id FROM band WHERE key = ? AND at BETWEEN ? AND ?
                ORDER BY at, article_id LIMIT ?"""
    return [
        *index.rows(db, before, (key, asked.since, asked.at, each_side + 1)),
        *index.rows(db, behind, (key, asked.at + 1, asked.until, each_side)),
    ]
