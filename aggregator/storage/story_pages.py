"""One story as an editor looks at it: its texts with their copies, and what is decided of it.

Everything is read by indexes, and of everything so much as one page can show; of what is left out
it is told how much that is.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from aggregator.storage.times import from_text

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = [
    "MOST_COPIES",
    "MOST_TEXTS",
    "Figures",
    "Marked",
    "StoryText",
    "Teller",
    "Wording",
    "marked",
    "text",
    "texts",
    "wordings",
]

MOST_TEXTS: Final = 40
"""So many independent texts a page shows at first, those that most articles carry."""
MOST_COPIES: Final = 25
"""So many articles of each text a page shows at first."""

_MOST_ALTOGETHER: Final = 150
# Of a text that recurs for ever so many articles are looked at, by their outlets' names.
_LOOKED_AT: Final = 500
_OPENING: Final = 700


@dataclass(frozen=True, slots=True)
class Figures:
    """What a copy took over of those before it (0 to 1), the words it added, and those it cut.

    The words it cut are missed from the article `reference_id`. None where it is still to be made.
    """

    taken: float | None
    added_words: int | None
    cut_words: int | None
    reference_id: int | None


@dataclass(frozen=True, slots=True)
class Teller:
    """An article of a story; `opening` is its lead, or how its text begins, and `at` its time.

    `figures` are None for what is alone with its text; `version` is the number of its newest one.
    """

    id: int
    outlet: str
    title: str
    opening: str
    url: str
    agency: str | None
    language: str | None
    at: datetime
    fetched_at: datetime
    words: int
    version: int
    is_gone: bool
    is_paywalled: bool
    has_image: bool
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class StoryText:
    """An independent text of a story: who had it first, and those that carry it too, by their time.

    `article_count` and `outlet_count` are of all, those that are not among `copies` as well.
    """

    id: int
    agency: str | None
    article_count: int
    outlet_count: int
    first: Teller
    copies: tuple[Teller, ...]

    @property
    def left_out(self) -> int:
        """How many articles carry it that are not among these."""
        return max(self.article_count - 1 - len(self.copies), 0)


_TEXTS: Final = """
SELECT id, agency, article_count, outlet_count, first_article_id FROM copy_group
WHERE story_id = ? AND first_article_id IS NOT NULL ORDER BY article_count DESC, id LIMIT ?
"""
_CARRYING: Final = """
SELECT id FROM (SELECT id, ordered_at FROM article INDEXED BY article_group
                WHERE copy_group_id = ?1 ORDER BY outlet, ordered_at LIMIT ?2)
WHERE id <> ?3 AND (ordered_at, id) > (?4, ?5) ORDER BY ordered_at, id LIMIT ?6
"""
_TELLERS: Final = f"""
SELECT id, outlet, title, coalesce(nullif(lead, ''), substr(text, 1, {_OPENING})) AS opening, url,
       agency, language, ordered_at, fetched_at, word_count, version, gone_at, paywalled, image,
       member.article_id, taken, added_words, cut_words, reference_id
FROM article LEFT JOIN copy_member AS member ON member.article_id = article.id
WHERE id IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - the number is ours


def texts(
    db: "Database", story_id: int, *, most: int = MOST_TEXTS, copies: int = MOST_COPIES
) -> list[StoryText]:
    """The independent texts of a story, those that most articles carry first, `most` at most.

    Of all of them 150 copies are read at most, of the first ones.
    """
    left, found = _MOST_ALTOGETHER, list[StoryText]()
    for row in db.rows(_TEXTS, (story_id, most)):
        found.append(_text(db, row, min(copies, left)))
        left -= len(found[-1].copies)
    return found


def text(db: "Database", group_id: int, *, copies: int) -> StoryText | None:
    """One text with so many copies; None where there is no such copy group."""
    sql = """SELECT id, agency, article_count, outlet_count, first_article_id FROM copy_group
             WHERE id = ? AND first_article_id IS NOT NULL"""
    row = db.row(sql, (group_id,))
    return None if row is None else _text(db, row, copies)


def _text(db: "Database", row: sqlite3.Row, copies: int) -> StoryText:
    first = row["first_article_id"]
    ids = [first]
    if row["article_count"] > 1:
        asked = (row["id"], _LOOKED_AT, first, "", 0, copies)
        ids += [each[0] for each in db.rows(_CARRYING, asked)]
    found = _tellers(db, ids)
    return StoryText(
        id=row["id"],
        agency=row["agency"],
        article_count=row["article_count"],
        outlet_count=row["outlet_count"],
        first=found[first],
        copies=tuple(found[each] for each in ids[1:]),
    )


def _tellers(db: "Database", ids: Iterable[int]) -> dict[int, Teller]:
    rows = db.rows(_TELLERS, (json.dumps(list(ids)),))
    return {row["id"]: _teller(row) for row in rows}


def _teller(row: sqlite3.Row) -> Teller:
    figures = Figures(row["taken"], row["added_words"], row["cut_words"], row["reference_id"])
    return Teller(
        id=row["id"],
        outlet=row["outlet"],
        title=row["title"],
        opening=row["opening"],
        url=row["url"],
        agency=row["agency"],
        language=row["language"],
        at=_moment(row["ordered_at"]),
        fetched_at=_moment(row["fetched_at"]),
        words=row["word_count"],
        version=row["version"],
        is_gone=row["gone_at"] is not None,
        is_paywalled=bool(row["paywalled"]),
        has_image=row["image"] is not None,
        figures=None if row["article_id"] is None else figures,
    )


def _moment(written: str) -> datetime:
    moment = from_text(written)
    assert moment is not None  # the columns are NOT NULL
    return moment


# --- what is said ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wording:
    """What an article said in one version."""

    title: str
    lead: str
    text: str
    language: str | None


def wordings(db: "Database", versions: Mapping[int, int]) -> dict[int, Wording]:
    """What articles said in the version that is asked for of each, or in the next that is kept."""
    sql = """SELECT article.id, language, coalesce(former.title, article.title) AS title,
                    coalesce(former.lead, article.lead) AS lead,
                    coalesce(former.text, article.text) AS text
             FROM json_each(?) AS asked JOIN article ON article.id = CAST(asked.key AS INTEGER)
             LEFT JOIN former_version AS former ON (former.article_id, former.version) = (
               article.id, (SELECT min(version) FROM former_version
                            WHERE article_id = article.id AND version >= asked.value))"""
    asked = json.dumps({str(each): version for each, version in versions.items()})
    return {
        row["id"]: Wording(row["title"], row["lead"], row["text"], row["language"])
        for row in db.rows(sql, (asked,))
    }


# --- what is decided -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marked:
    """What an editor made of a story: pinned, hidden, renamed or starred it, or noted `value`."""

    id: int
    at: datetime
    author: str
    kind: str
    value: str


def marked(db: "Database", story_id: int, limit: int = 100) -> list[Marked]:
    """What holds of that, the newest first."""
    sql = """SELECT id, at, author, kind, value FROM decision
             WHERE story_id = ? AND undone_at IS NULL ORDER BY id DESC LIMIT ?"""
    return [
        Marked(row["id"], _moment(row["at"]), row["author"], row["kind"], row["value"])
        for row in db.rows(sql, (story_id, limit))
    ]
