"""Articles with the very same words are one text: one of them stands for all, and has the links.

So a stub that recurs 50,000 times is one node among those that are grouped, and the next one only
joins it. They are one text as long as each was published within the window of another. Those that
stand behind another have a single link, to that, by the rule "words".
"""

import json
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.core.profile import words_key
from aggregator.model import CopyLink
from aggregator.storage import provenance, retiring
from aggregator.storage.retiring import Asked, Lent
from aggregator.storage.times import seconds

if TYPE_CHECKING:
    from aggregator.storage.clusters import ClusterItem
    from aggregator.storage.database import Database

__all__ = ["add_links", "leave", "lend_for", "place", "stand_alone", "stand_for"]

# So many are compared anew where one of them was revised; of more the others stay together.
_REVIEWED: Final = 64


def lend_for(db: "Database", items: "Iterable[ClusterItem]", window: timedelta) -> Lent:
    """Read, of the keys that were taken out of the index, those by which `items` are placed."""
    every = [(item, words_key(item.keys)) for item in items]
    asked = [_asked(item, key, window) for item, key in every if key is not None]
    return retiring.lend(db, retiring.ARTICLES, asked)


def _asked(item: "ClusterItem", key: int, window: timedelta) -> Asked:
    at, span = seconds(item.ordered_at), int(window.total_seconds())
    return Asked([key], at, at - span, at + span)


def place(
    db: "Database", item: "ClusterItem", window: timedelta, alone: Collection[int], lent: Lent
) -> set[int]:
    """Put an article to those with the very same words that were published within `window`.

    Those of `alone` are texts of their own; `lent` is what was lent for `item`. Returns the
    articles that stood for themselves and now stand behind another. Call inside `write()`.
    """
    key = words_key(item.keys)
    if key is None or item.id in alone:
        return set()
    near = _next_to(db, lent, _asked(item, key, window), item, alone)
    heads = _heads(db, [item.id, *near])
    for other in heads[1:]:
        _put_behind(db, other, heads[0])
    return set(heads[1:])


def _next_to(
    db: "Database", lent: Lent, asked: Asked, item: "ClusterItem", alone: Collection[int]
) -> list[int]:
    """The articles with a key that were published next before and behind this one.

    Of several at one time each has its place too, or else two pairs would stay apart.
    """
    ((key,), at), index = asked[:2], lent.index(asked)
    others = json.dumps(sorted(alone))
    # One bound a side beside the place itself, or else all of one time would be read.
    sql = """SELECT article_id FROM band JOIN fingerprint USING (article_id)
             WHERE key = ? AND at {} ? AND (at, article_id) {} (?, ?) AND profile = ?
               AND article_id NOT IN (SELECT value FROM json_each(?))
             ORDER BY {} LIMIT 1"""
    own = (at, item.id, item.profile, others)
    earlier = sql.format(">=", "<", "at DESC, article_id DESC")
    later = sql.format("<=", ">", "at, article_id")
    before = index.rows(db, earlier, (key, asked.since, *own))
    behind = index.rows(db, later, (key, asked.until, *own))
    return [row[0] for row in (*before, *behind)]


# --- who stands behind whom ------------------------------------------------------------------


def stand_for(db: "Database", ids: Iterable[int]) -> dict[int, int]:
    """Map each article to the one that stands for its text, mostly itself."""
    sql = """SELECT id, coalesce(same_as, id) FROM article
             WHERE id IN (SELECT value FROM json_each(?))"""
    return {row[0]: row[1] for row in db.rows(sql, (json.dumps(sorted(set(ids))),))}


def _heads(db: "Database", ids: Iterable[int]) -> list[int]:
    """Those that stand for the texts of these articles: the one to stand for all first.

    That is the earliest, from which the others may have taken it; but what very many stand behind
    stays in front, since all of them would have to turn round.
    """
    sql = """SELECT id, (SELECT count(*) FROM (SELECT 1 FROM article AS twin
                           WHERE twin.same_as = article.id LIMIT ?2)) = ?2 AS leads_many
             FROM article WHERE id IN (SELECT value FROM json_each(?1))
             ORDER BY leads_many DESC, ordered_at, canonical_url"""
    every = json.dumps(sorted(set(stand_for(db, ids).values())))
    return [row[0] for row in db.rows(sql, (every, _REVIEWED))]


def _behind(db: "Database", head: int, limit: int = -1) -> list[int]:
    sql = """SELECT id FROM article WHERE same_as = ?
             ORDER BY ordered_at, canonical_url LIMIT ?"""
    return [row[0] for row in db.rows(sql, (head, limit))]


def _put_behind(db: "Database", other: int, head: int) -> None:
    """Let an article, and all behind it, stand behind `head`, which takes its links over."""
    followers = [other, *_behind(db, other)]
    own = [link for link in _links(db, other) if link.rule != "words"]
    _drop_links(db, other)
    db.execute("UPDATE article SET same_as = ?1 WHERE id = ?2 OR same_as = ?2", (head, other))
    ends = [link.b if link.a == other else link.a for link in own]
    add_links(db, [link.between(head, end) for end, link in zip(ends, own, strict=True)])
    add_links(db, [_the_same(head, each) for each in followers])
    provenance.renew(db, [head, *followers, *ends])


def _promote(db: "Database", head: int) -> int:
    """Let the next one stand for a text instead of `head`, which keeps its links; returns it."""
    heir = _behind(db, head, 1)[0]
    sql = "UPDATE article SET same_as = nullif(?1, id) WHERE same_as = ?2"
    db.execute(sql, (heir, head))
    own = [link for link in _links(db, head) if link.rule != "words"]
    ends = [link.b if link.a == head else link.a for link in own]
    db.execute("DELETE FROM copy_link WHERE a = ?1 AND rule = 'words'", (head,))
    db.execute("DELETE FROM copy_link WHERE b = ?1 AND rule = 'words'", (head,))
    add_links(db, [link.between(heir, end) for end, link in zip(ends, own, strict=True)])
    followers = _behind(db, heir)
    add_links(db, [_the_same(heir, each) for each in followers])
    provenance.renew(db, [head, heir, *followers, *ends])
    return heir


def stand_alone(db: "Database", ids: Iterable[int]) -> list[int]:
    """Let each of these articles stand for itself, so that what is decided on can go its own way.

    Returns those that are to be placed and compared anew: these, and those that had the same words,
    unless they are very many. Call inside `write()`.
    """
    sql = """SELECT id FROM article AS one WHERE id IN (SELECT value FROM json_each(?)) AND (
               same_as IS NOT NULL OR EXISTS (SELECT 1 FROM article WHERE same_as = one.id))
             ORDER BY id"""
    anew: set[int] = set()
    for (each,) in db.rows(sql, (json.dumps(sorted(ids)),)):
        anew |= {each, *_parted(db, each)}
    return sorted(anew)


def _parted(db: "Database", article_id: int) -> list[int]:
    """Take an article from those with the same words; returns the others that lost their links.

    They may have been brought together, or to their neighbours, by this one; of very many the
    others stay together.
    """
    head = stand_for(db, [article_id]).get(article_id, article_id)
    every = [head, *_behind(db, head, _REVIEWED + 1)]
    few = len(every) <= _REVIEWED
    if head == article_id and not few:
        _promote(db, head)
    for each in every if few else [article_id]:
        _drop_links(db, each)
        db.execute("UPDATE article SET same_as = NULL WHERE id = ?", (each,))
    return [each for each in every if each != article_id] if few else []


def leave(db: "Database", article_id: int) -> None:
    """Take an article from those with the same words, and its links away.

    The others are compared anew, unless they are very many. Call inside `write()`.
    """
    sql = "UPDATE article SET clustered = 0 WHERE id IN (SELECT value FROM json_each(?))"
    db.execute(sql, (json.dumps(_parted(db, article_id)),))


# --- links -----------------------------------------------------------------------------------


def add_links(db: "Database", links: Iterable[CopyLink]) -> None:
    """Keep verified links between articles that stand for their texts. Call inside `write()`.

    Of several between two texts the one that says most stays, but one that says that a page is
    made of many texts outranks all.
    """
    db.execute_many(
        """INSERT INTO copy_link (a, b, jaccard, containment, rule) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (a, b) DO UPDATE SET
             jaccard = excluded.jaccard, containment = excluded.containment, rule = excluded.rule
           WHERE (excluded.rule = 'compound', excluded.jaccard, excluded.containment, excluded.rule)
               > (rule = 'compound', jaccard, containment, rule)""",
        [
            (link.a, link.b, link.jaccard, link.containment, link.rule)
            for link in links
            if link.a != link.b
        ],
    )


def _links(db: "Database", article_id: int) -> list[CopyLink]:
    sql = """SELECT a, b, jaccard, containment, rule FROM copy_link WHERE a = ?1
             UNION ALL SELECT a, b, jaccard, containment, rule FROM copy_link WHERE b = ?1"""
    return [CopyLink(*row) for row in db.rows(sql, (article_id,))]


def _drop_links(db: "Database", article_id: int) -> None:
    ends = (each for link in _links(db, article_id) for each in (link.a, link.b))
    provenance.renew(db, ends)
    db.execute("DELETE FROM copy_link WHERE a = ?", (article_id,))
    db.execute("DELETE FROM copy_link WHERE b = ?", (article_id,))


def _the_same(head: int, other: int) -> CopyLink:
    return CopyLink(min(head, other), max(head, other), 1.0, 1.0, "words")
