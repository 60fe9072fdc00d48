"""Makes the cards of stories that changed, at the end of the transaction that changed them.

Each is made of bounded reads, however large its story is: of so many outlets the first article, of
the largest copy groups, and the times of so many articles.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from aggregator.core import headlines, ranking
from aggregator.core.headlines import Candidate
from aggregator.storage.cards import MOST_OUTLETS, Card, CardOutlet, Kept, pack
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["AT_ONCE", "REACH", "catch_up", "drop_old", "made", "note", "work_off"]

REACH: Final = timedelta(days=30)
"""Stories whose last report is older than the newest of all by more than this have no card."""

AT_ONCE: Final = 200
"""So many cards are made at the end of a transaction; the rest with the next ones."""

_OUTLETS: Final = 200
_GROUPS: Final = 40
_ARTICLES: Final = 20_000
_PARTS: Final = 16
_LEAD: Final = 220
_TAGS: Final = 12

# --- which cards ----------------------------------------------------------------------------

# What changes behind ?1 tell of stories that have a card, or are to have one: ?2 is the time, ?3
# that of the oldest last report.
_DUE: Final = """
INSERT INTO card_due (story_id, grown_at)
SELECT told.id, iif(max(told.grew), ?2, NULL) FROM (
  SELECT change.id AS id, kind IN ('story_created', 'story_split', 'story_grown') AS grew
  FROM change WHERE seq > ?1 AND kind GLOB 'story_*' AND kind <> 'story_closed'
  UNION ALL
  SELECT story_id, 0 FROM change JOIN copy_group ON copy_group.id = change.id
  WHERE seq > ?1 AND kind GLOB 'copy_group_*'
  UNION ALL
  SELECT story_id, 0 FROM change JOIN article ON article.id = change.id
  WHERE seq > ?1 AND kind IN ('article_added', 'article_revised', 'article_changed')
) AS told
LEFT JOIN story ON story.id = told.id LEFT JOIN story_card ON story_card.story_id = told.id
WHERE told.id IS NOT NULL AND (
  story_card.story_id IS NOT NULL OR last_published_at >= ?3
  OR EXISTS (SELECT 1 FROM decision WHERE decision.story_id = told.id AND kind IN ('pin', 'star')
             AND undone_at IS NULL))
GROUP BY told.id
ON CONFLICT DO UPDATE SET grown_at = coalesce(excluded.grown_at, card_due.grown_at)
"""


def note(db: "Database", seq: int, at: datetime) -> None:
    """Note whose cards are to be made for what changes behind `seq` tell. Call inside `write()`."""
    db.execute(_DUE, (seq, to_text(at), oldest(db)))


def oldest(db: "Database") -> str | None:
    """The time of the oldest last report of a story with a card; None where there is no story."""
    newest = from_text(db.value("SELECT max(last_published_at) FROM story"))
    return None if newest is None else to_text(newest - REACH)


def work_off(db: "Database", at: datetime, most: int = AT_ONCE) -> int:
    """Make at most so many of the cards that are due, the newest stories first; says how many.

    Call inside `write()`.
    """
    rows = db.rows("SELECT * FROM card_due ORDER BY story_id DESC LIMIT ?", (most,))
    for story_id, grown_at in rows:
        _renew(db, story_id, from_text(grown_at), at)
    db.execute_many("DELETE FROM card_due WHERE story_id = ?", [(row[0],) for row in rows])
    return len(rows)


def catch_up(db: "Database", at: datetime, most: int = AT_ONCE) -> int:
    """Make some of the cards that are due, in a transaction of its own; says how many."""
    if db.value("SELECT 1 FROM card_due LIMIT 1") is None:
        return 0
    with db.write():
        return work_off(db, at, most)


def drop_old(db: "Database", most: int = AT_ONCE) -> int:
    """Drop at most so many cards of stories that came too long ago; pinned and marked ones stay."""
    sql = """SELECT story_id FROM story_card WHERE last_at < ? AND NOT EXISTS (
               SELECT 1 FROM decision WHERE decision.story_id = story_card.story_id
               AND kind IN ('pin', 'star') AND undone_at IS NULL) ORDER BY last_at LIMIT ?"""
    with db.write():
        gone = db.rows(sql, (oldest(db), most))
        for row in gone:
            _drop(db, row[0])
    return len(gone)


# --- keeping them ---------------------------------------------------------------------------

Lists = list[tuple[str, str]]


def _renew(db: "Database", story_id: int, grown_at: datetime | None, at: datetime) -> None:
    former = db.row("SELECT * FROM story_card WHERE story_id = ?", (story_id,))
    card, listed = made(db, story_id, at)
    if card is None:
        _drop(db, story_id)
        return
    lists = json.dumps(listed, ensure_ascii=False)
    score, grown = card.kept.rank.score, to_text(grown_at or card.last_at)
    if former is not None and grown_at is None:
        grown = former["grown_at"]
    if former is None or (former["score"], former["lists"]) != (score, lists):
        _unlist(db, former)
        # Row by row: out of JSON SQLite reads text to its first NUL only, so two would be one.
        sql = "INSERT INTO story_list VALUES (?, ?, ?, ?)"
        db.execute_many(sql, [(*each, score, story_id) for each in listed])
    begun = grown if former is None else former["begun_at"]
    times = (to_text(card.first_at), to_text(card.last_at), begun, grown)
    db.execute(
        "INSERT OR REPLACE INTO story_card VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (story_id, score, *times, pack(card.kept), lists),
    )


def _drop(db: "Database", story_id: int) -> None:
    _unlist(db, db.row("SELECT * FROM story_card WHERE story_id = ?", (story_id,)))
    db.execute("DELETE FROM story_card WHERE story_id = ?", (story_id,))


def _unlist(db: "Database", card: sqlite3.Row | None) -> None:
    if card is not None:
        # Row by row: of a list of rows SQLite would look up but the kind and the value.
        place = (card["score"], card["story_id"])
        sql = "DELETE FROM story_list WHERE (kind, value, score, story_id) = (?, ?, ?, ?)"
        db.execute_many(sql, [(*each, *place) for each in json.loads(card["lists"])])


def _lists(db: "Database", card: Card, firsts: Sequence[sqlite3.Row]) -> Lists:
    """In which lists a story stands: a hidden one in that of hidden ones alone."""
    kept = card.kept
    if kept.hidden:
        return [("hidden", "")]
    found = [("all", "")]
    found += [("pinned", "")] if kept.pinned else []
    found += [("single", "")] if kept.outlet_count == 1 else []
    found += [("language", each) for each in kept.languages]
    found += [("tag", each) for each in kept.tags]
    found += [("agency", each) for each in kept.agencies]
    found += [("outlet", row["outlet"]) for row in firsts]
    sql = """SELECT DISTINCT author FROM decision
             WHERE story_id = ? AND kind = 'star' AND undone_at IS NULL"""
    return found + [("starred", row[0]) for row in db.rows(sql, (card.id,))]


# --- making them ----------------------------------------------------------------------------

# The first article of each outlet, by skipping from one outlet to the next.
_FIRSTS: Final = """
WITH RECURSIVE first_of (id, outlet, at, url, number) AS (
  SELECT * FROM (
    SELECT id, outlet, ordered_at, canonical_url, 1 FROM article WHERE story_id = ?1
    ORDER BY outlet, ordered_at LIMIT 1)
  UNION ALL
  SELECT own.id, own.outlet, own.ordered_at, canonical_url, number + 1
  FROM first_of JOIN article AS own ON own.id = (
    SELECT id FROM article WHERE story_id = ?1 AND outlet > first_of.outlet
    ORDER BY outlet, ordered_at LIMIT 1)
  WHERE number < ?2)
SELECT id, outlet, at FROM first_of ORDER BY at, url
"""
_TEXTS: Final = """
SELECT copy_group.id, outlet, copy_group.agency, outlet_count, first_article_id
FROM copy_group JOIN article ON article.id = first_article_id
WHERE copy_group.story_id = ? ORDER BY outlet_count DESC, article_count DESC, ordered_at
LIMIT ?
"""
_SAID: Final = """
SELECT id, title, lead, substr(text, 1, 400) AS text, article.language,
       iif(image NOT NULL AND image <> '', 1, 0) AS pictured
FROM article WHERE id IN (SELECT value FROM json_each(?)) ORDER BY ordered_at, canonical_url
"""
_TAGGED: Final = """
SELECT DISTINCT tag.value FROM json_each(?1) AS chosen
JOIN article ON article.id = chosen.value
JOIN feed ON feed.id = article.feed_id
  OR feed.id IN (SELECT feed_id FROM entry WHERE article_id = article.id)
JOIN json_each(feed.tags) AS tag ORDER BY tag.value LIMIT ?2
"""
_GROWTH: Final = """
SELECT min((unixepoch(ordered_at) - ?2) * ?4 / ?3, ?4 - 1) AS part, count(*)
FROM (SELECT ordered_at FROM article INDEXED BY article_story WHERE story_id = ?1
      LIMIT ?5) GROUP BY part ORDER BY part
"""


def made(db: "Database", story_id: int, at: datetime) -> tuple[Card | None, Lists]:
    """Make a story's card, its times no later than `at`, and say in which lists it is to stand.

    None where there is no such story. Nobody looked at it and nothing is written. It grew at its
    last report.
    """
    story = db.row("SELECT * FROM stories WHERE id = ? AND article_count > 0", (story_id,))
    if story is None:
        return None, []
    firsts = db.rows(_FIRSTS, (story_id, _OUTLETS))
    card = _card(db, story, firsts, at)
    return card, _lists(db, card, firsts)


def _card(db: "Database", story: sqlite3.Row, firsts: Sequence[sqlite3.Row], at: datetime) -> Card:
    first_at, last_at = (
        from_text(story[name]) or at for name in ("first_published_at", "last_published_at")
    )
    last_at = min(last_at, at)
    first_at = min(first_at, last_at)
    kept = _kept(db, story, firsts, (first_at, last_at))
    return Card(story["id"], first_at, last_at, last_at, kept)


def _kept(
    db: "Database",
    story: sqlite3.Row,
    firsts: Sequence[sqlite3.Row],
    span: tuple[datetime, datetime],
) -> Kept:
    texts = db.rows(_TEXTS, (story["id"], _GROUPS))
    ids = json.dumps(
        list(
            dict.fromkeys(
                [each["first_article_id"] for each in texts]
                + [each["id"] for each in firsts[:_GROUPS]]
            )
        )
    )
    said = db.rows(_SAID, (ids,))
    head = _headline(story, texts, said)
    joined = _joined(firsts, span[1])
    figures = ranking.Figures(story["copy_group_count"], story["outlet_count"], joined, span[1])
    return Kept(
        headline=head[0],
        headline_reasons=head[1],
        headline_language=None if head[2] is None else head[2]["language"],
        headline_of=None if head[2] is None else head[2]["id"],
        lead="" if head[2] is None else _lead(head[2]),
        article_count=story["article_count"],
        outlet_count=story["outlet_count"],
        text_count=story["copy_group_count"],
        agencies=tuple(dict.fromkeys(each["agency"] for each in texts if each["agency"])),
        outlets=_named(firsts, texts),
        languages=_languages(said),
        tags=tuple(row[0] for row in db.rows(_TAGGED, (ids, _TAGS))),
        growth=_growth(db, story["id"], *span),
        rank=ranking.rank(figures),
        joined=joined,
        image_of=_pictured(said, head[2]),
        pinned=bool(story["pinned"]),
        hidden=bool(story["hidden"]),
    )


def _headline(
    story: sqlite3.Row, texts: Sequence[sqlite3.Row], said: Sequence[sqlite3.Row]
) -> tuple[str, tuple[str, ...], sqlite3.Row | None]:
    """The headline, why it was taken, and the article that it or at least the lead is of."""
    outlets = {each["first_article_id"]: each["outlet_count"] for each in texts}
    found = headlines.choose(
        [
            Candidate(each["id"], each["title"], each["language"], outlets.get(each["id"], 1))
            for each in said
        ]
    )
    of = {each["id"]: each for each in said}
    article = None if found is None else of[found.candidate.article_id]
    if story["title"] != story["computed_title"]:
        return story["title"], ("editor",), article
    if found is None:
        return story["title"], (), None
    return found.candidate.title.strip(), found.reasons, article


def _lead(article: sqlite3.Row) -> str:
    """An article's standfirst, or else how its text begins, cut at a word."""
    lead = " ".join((article["lead"] or article["text"]).split())
    if len(lead) <= _LEAD:
        return lead
    return lead[:_LEAD].rpartition(" ")[0].rstrip(" ,;:–-") + " …"


def _named(firsts: Iterable[sqlite3.Row], texts: Iterable[sqlite3.Row]) -> tuple[CardOutlet, ...]:
    """The first outlets by name. A text is its earliest's own, unless an agency is credited."""
    own = {each["outlet"] for each in texts if not each["agency"]}
    named = [CardOutlet(each["outlet"], each["outlet"] in own) for each in firsts]
    return tuple(sorted(named, key=lambda each: not each.own)[:MOST_OUTLETS])


def _joined(firsts: Sequence[sqlite3.Row], last_at: datetime) -> int:
    since = to_text(last_at - ranking.JOINING) or ""
    return sum(each["at"] >= since for each in firsts[1:])


def _languages(said: Iterable[sqlite3.Row]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for each in said:
        if main := (each["language"] or "").partition("-")[0].lower():
            counts[main] = counts.get(main, 0) + 1
    return tuple(sorted(counts, key=lambda each: (-counts[each], each)))


def _pictured(said: Sequence[sqlite3.Row], head: sqlite3.Row | None) -> int | None:
    pictured = [each["id"] for each in said if each["pictured"]]
    if head is not None and head["id"] in pictured:
        return int(head["id"])
    return pictured[0] if pictured else None


def _growth(
    db: "Database", story_id: int, first_at: datetime, last_at: datetime
) -> tuple[int, ...]:
    begin = int(first_at.timestamp())
    span = max(int(last_at.timestamp()) - begin + 1, _PARTS)
    counts = {
        max(row[0], 0): row[1]
        for row in db.rows(_GROWTH, (story_id, begin, span, _PARTS, _ARTICLES))
    }
    total, found = 0, []
    for part in range(_PARTS):
        total += counts.get(part, 0)
        found.append(total)
    return tuple(found)
