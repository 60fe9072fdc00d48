"""What recurs on each site, as kept: learnt or laid down by editors; and which articles wait."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aggregator.core.forms import Form, form
from aggregator.core.furniture import LEARNT, Furniture, State
from aggregator.core.mending import Kept, Mended
from aggregator.model import Fingerprint, Removed
from aggregator.storage import fingerprints
from aggregator.storage.database import Database
from aggregator.storage.times import from_text, to_text

__all__ = [
    "Decided",
    "Decision",
    "Listed",
    "Restated",
    "SiteRow",
    "Waiting",
    "concerning",
    "decide",
    "decided",
    "decisions",
    "known",
    "listed",
    "portions",
    "restate",
    "revise",
    "save",
    "set_applied",
    "set_studied",
    "sites",
    "states",
    "unapplied",
    "waiting",
    "window",
]

_BEFORE: Final = 50
_FROM: Final = 150


@dataclass(frozen=True, slots=True)
class Waiting:
    """A site with articles that nobody has looked at for what recurs."""

    site: str
    articles: int


@dataclass(frozen=True, slots=True)
class Restated:
    """An article with another text than before, and what clustering needs of that."""

    id: int
    state: Mended
    fingerprint: Fingerprint
    terms: Mapping[str, float]


# --- what waits ------------------------------------------------------------------------------


def waiting(db: Database) -> list[Waiting]:
    """Every site with articles to be looked at."""
    sql = "SELECT site, count(*) FROM article WHERE NOT studied GROUP BY site ORDER BY site"
    return [Waiting(*row) for row in db.rows(sql)]


_KEPT: Final = """
SELECT id, title, language, fetched_at, studied, lead, text, places, ordered_at,
       (SELECT json_group_array(json_array(text, coalesce(place, position)))
        FROM removed_block WHERE article_id = article.id AND reason = ?1) AS learnt
FROM article
"""


def window(db: Database, site: str) -> tuple[tuple[Kept, ...], bool]:
    """The oldest articles of a site that wait, with those around them in time, in that order.

    Also says whether they reach to the newest. Those that wait are at most 100, the others are of
    the 50 before and behind them: nearly all that it takes for the order of arrival not to matter.
    """
    sql = """SELECT ordered_at, canonical_url FROM article WHERE site = ? AND NOT studied
             ORDER BY ordered_at, canonical_url LIMIT 1"""
    first = db.row(sql, (site,))
    if first is None:
        return (), True
    sql = """ WHERE site = ?2 AND (ordered_at, canonical_url) {} (?3, ?4)
              ORDER BY ordered_at {order}, canonical_url {order} LIMIT ?5"""
    place = (LEARNT, site, first["ordered_at"], first["canonical_url"])
    before = db.rows(_KEPT + sql.format("<", order="DESC"), (*place, _BEFORE))
    after = db.rows(_KEPT + sql.format(">=", order="ASC"), (*place, _FROM))
    fresh = len(after) - _BEFORE if len(after) == _FROM else len(after)
    found = [
        *(_kept(row, fresh=False) for row in reversed(before)),
        *(_kept(row, fresh=at < fresh) for at, row in enumerate(after)),
    ]
    return tuple(found), len(after) < _FROM


def _kept(row: sqlite3.Row, *, fresh: bool) -> Kept:
    seen_at = from_text(row["fetched_at"])
    assert seen_at is not None  # the column is NOT NULL
    learnt = sorted(json.loads(row["learnt"]), key=lambda block: block[1])
    state = Mended(
        row["lead"],
        row["text"],
        tuple(json.loads(row["places"])),
        tuple(Removed(text, LEARNT, place) for text, place in learnt),
    )
    return Kept(
        row["id"], row["title"], row["language"], seen_at, fresh and not row["studied"], state
    )


def set_studied(db: Database, ids: Iterable[int], *, studied: bool) -> None:
    """Say of articles that they were looked at, or are to be. Call inside `write()`."""
    db.execute_many("UPDATE article SET studied = ? WHERE id = ?", [(studied, i) for i in ids])


def portions(db: Database, site: str, size: int = 200) -> Iterator[list[Kept]]:
    """All articles of a site, so many at a time."""
    sql = _KEPT + " WHERE site = ?2 AND id > ?3 ORDER BY id LIMIT ?4"
    last = 0
    while rows := db.rows(sql, (LEARNT, site, last, size)):
        yield [_kept(row, fresh=False) for row in rows]
        last = rows[-1]["id"]


def revise(db: Database, restated: Restated) -> None:
    """Keep an article's new text, to be clustered anew. Call inside `write()`."""
    article_id, state = restated.id, restated.state
    sql = """SELECT reason, text, place FROM removed_block
             WHERE article_id = ? AND reason <> ? ORDER BY position"""
    others = [tuple(row) for row in db.rows(sql, (article_id, LEARNT))]
    fingerprints.forget(db, article_id)
    db.execute(
        "UPDATE article SET lead = ?, text = ?, places = ?, word_count = ?, clustered = 0"
        " WHERE id = ?",
        (state.lead, state.text, json.dumps(state.places), state.word_count, article_id),
    )
    learnt = [(block.reason, block.text, block.position) for block in state.learnt]
    fingerprints.keep_removed(db, article_id, [*others, *learnt])
    fingerprints.save(db, article_id, restated.fingerprint, restated.terms)


# --- what recurs -----------------------------------------------------------------------------

_DECIDED: Final = """
INSERT INTO furniture (site, form, example, state, decided_by, decided_at, applied)
VALUES (?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (site, form) DO UPDATE
SET state = excluded.state, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
    applied = 0
"""
_SEEN: Final = """
INSERT INTO furniture (site, form, example, pages, first_seen_at, last_seen_at)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (site, form) DO UPDATE
SET example = excluded.example, pages = excluded.pages,
    first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at
"""


def known(db: Database, site: str) -> tuple[Furniture, ...]:
    """What is known of a site."""
    sql = """SELECT form, example, state, pages, first_seen_at, last_seen_at
             FROM furniture WHERE site = ? ORDER BY id"""
    return tuple(
        Furniture(
            tuple(row["form"].split()),
            row["example"],
            row["state"],
            row["pages"],
            from_text(row["first_seen_at"]),
            from_text(row["last_seen_at"]),
        )
        for row in db.rows(sql, (site,))
    )


def save(db: Database, site: str, before: Iterable[Furniture], after: Iterable[Furniture]) -> None:
    """Keep what became of what was known before. Call inside `write()`."""
    old, new = ({each.form: each for each in some} for some in (before, after))
    db.execute_many(
        "DELETE FROM furniture WHERE site = ? AND form = ? AND state = 'learnt'",
        [(site, " ".join(form)) for form in old.keys() - new.keys()],
    )
    rows = [
        (site, " ".join(form), each.example, each.pages, to_text(each.first_seen_at),
         to_text(each.last_seen_at))
        for form, each in sorted(new.items()) if old.get(form) != each
    ]  # fmt: skip
    db.execute_many(_SEEN, rows)


# --- editors ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """What an editor laid down for a form; it is `id` under which it is listed."""

    id: int
    site: str
    form: Form
    state: State


def decide(db: Database, site: str, line: str, state: State, *, by: str, now: datetime) -> None:
    """Lay down what holds for a line of a site from now on."""
    with db.write():
        words = " ".join(form(line))
        db.execute(_DECIDED, (site, words, line, state, by, to_text(now)))


def states(db: Database, ids: Iterable[int]) -> dict[int, State]:
    """Number → what holds for a line, for those that there are."""
    sql = "SELECT id, state FROM furniture WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"]: row["state"] for row in db.rows(sql, (json.dumps(sorted(ids)),))}


def restate(db: Database, ids: Iterable[int], state: State, *, by: str, now: datetime) -> None:
    """Lay down what holds for known lines; "learnt" takes that back. Call inside `write()`."""
    decided = (None, None) if state == "learnt" else (by, to_text(now))
    sql = """UPDATE furniture SET state = ?, decided_by = ?, decided_at = ?, applied = 0
             WHERE id IN (SELECT value FROM json_each(?))"""
    db.execute(sql, (state, *decided, json.dumps(sorted(ids))))


def decisions(db: Database, site: str) -> list[tuple[str, State]]:
    """All that editors laid down for a site: forms with their states."""
    sql = "SELECT form, state FROM furniture WHERE site = ? AND state <> 'learnt' ORDER BY form"
    return [(row["form"], row["state"]) for row in db.rows(sql, (site,))]


def unapplied(db: Database) -> list[Decision]:
    """The decisions that the articles of their sites do not know of yet."""
    sql = "SELECT id, site, form, state FROM furniture WHERE NOT applied ORDER BY id"
    return [
        Decision(row["id"], row["site"], tuple(row["form"].split()), row["state"])
        for row in db.rows(sql)
    ]


def set_applied(db: Database, decision: Decision) -> None:
    """Say that all articles that a decision concerns wait to be looked at.

    What an editor added and took back, unseen on any page, is known no longer.
    """
    with db.write():
        sql = "UPDATE furniture SET applied = 1 WHERE id = ? AND state = ?"
        db.execute(sql, (decision.id, decision.state))
        db.execute(
            "DELETE FROM furniture WHERE id = ? AND state = 'learnt' AND pages = 0", (decision.id,)
        )


# --- for readers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """One line that recurs on a site, or that an editor spoke of, as the view has it."""

    id: int
    example: str
    state: State
    pages: int
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None


_KNOWN: Final = """SELECT id, form, example, state, pages, first_seen_at, last_seen_at, decided_by,
                          decided_at
                   FROM furniture WHERE site = ?1"""
_OF_THESE: Final = " AND form IN (SELECT value FROM json_each(?2))"
_MOST_MET: Final = " AND state {} ORDER BY pages DESC LIMIT ?2"


@dataclass(frozen=True, slots=True)
class SiteRow:
    """How many lines of a site were learnt, and how many an editor decided on."""

    site: str
    learnt: int
    decided: int


def listed(db: Database, site: str) -> list[Listed]:
    """What is known of a site: what editors decided first, then what stands on most pages."""
    sql = """SELECT * FROM boilerplate WHERE site = ?
             ORDER BY state = 'learnt', pages DESC, example, id"""
    return [_listed(row) for row in db.rows(sql, (site,))]


def concerning(
    db: Database, site: str, forms: Collection[Form], *, most: int = 1000
) -> list[tuple[Form, Listed]]:
    """What is known of a site that may say of such forms what they are, with the form of each.

    That is all that editors decided and, where not each of `forms` is known as it is, also what
    was learnt; of each at most so many, those that stand on most pages.
    """
    words = json.dumps(sorted(" ".join(each) for each in forms))
    found = db.rows(_KNOWN + _OF_THESE, (site, words))
    known = len(found) == len(forms)
    for state in ("<> 'learnt'",) if known else ("<> 'learnt'", "= 'learnt'"):
        found += db.rows(_KNOWN + _MOST_MET.format(state), (site, most))
    return [(tuple(row["form"].split()), _listed(row)) for row in found]


def _listed(row: sqlite3.Row) -> Listed:
    return Listed(
        row["id"],
        row["example"],
        row["state"],
        row["pages"],
        from_text(row["first_seen_at"]),
        from_text(row["last_seen_at"]),
        row["decided_by"],
        from_text(row["decided_at"]),
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """What an editor said of a line of a site, and when."""

    id: int
    site: str
    example: str
    state: State
    author: str
    at: datetime


def decided(db: Database, limit: int) -> list[Decided]:
    """What editors said of lines, of whatever site, the newest first."""
    sql = """SELECT id, site, example, state, decided_by, decided_at FROM furniture
             WHERE decided_at IS NOT NULL ORDER BY decided_at DESC, id DESC LIMIT ?"""
    found = []
    for row in db.rows(sql, (limit,)):
        at = from_text(row["decided_at"])
        assert at is not None  # so it was asked
        found.append(
            Decided(row["id"], row["site"], row["example"], row["state"], row["decided_by"], at)
        )
    return found


def sites(db: Database) -> list[SiteRow]:
    """Every site of which anything is known."""
    sql = """SELECT site, sum(state = 'learnt'), sum(state <> 'learnt')
             FROM boilerplate GROUP BY site ORDER BY site"""
    return [SiteRow(*row) for row in db.rows(sql)]
