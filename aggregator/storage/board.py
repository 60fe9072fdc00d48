"""The board: stories by their rank, and by what they are about, page by page.

Each list is an index in the order of scores (see `carding`), so a page costs what is looked at for
it, which is bounded: where little fits, it ends early and says from where to go on. Stories that
came too long ago to have a card follow by their age, where nothing but the time limits them.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aggregator.core import ranking
from aggregator.storage import carding, seen
from aggregator.storage.cards import Card, unpack
from aggregator.storage.times import from_text, to_text

if TYPE_CHECKING:
    import sqlite3

    from aggregator.storage.database import Database

__all__ = [
    "BoardFilter",
    "Card",
    "Choices",
    "News",
    "Place",
    "cards",
    "cards_of",
    "choices",
    "news",
    "pinned",
]

_AT_ONCE: Final = 200
_LOOKED_AT: Final = 1_000
_OLDER_LOOKED_AT: Final = 50
_COUNTED: Final = 500
_CHOICES: Final = 400
_MOST_NEWS: Final = 1_000

Seen = Callable[["Database", str, Iterable[int]], Mapping[int, datetime]]
"""When a reader looked at stories, as `seen.seen_at` tells it."""


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which stories; None and False let all pass.

    `since` (UTC) is of the last report. `language` is without its region; `single` takes only what
    one outlet alone has, `unread` what the reader has not seen as it is, `starred` what the reader
    marked. Hidden stories are in no list but that of `hidden` ones.
    """

    since: datetime | None = None
    language: str | None = None
    tag: str | None = None
    outlet: str | None = None
    agency: str | None = None
    single: bool = False
    unread: bool = False
    starred: bool = False
    hidden: bool = False

    def lists(self, reader: str) -> list[tuple[str, str]]:
        """The lists, by kind and value, in all of which a story has to stand."""
        if self.hidden:
            return [("hidden", "")]
        named = {
            "language": self.language,
            "tag": self.tag,
            "outlet": self.outlet,
            "agency": self.agency,
            "single": "" if self.single else None,
            "starred": reader if self.starred else None,
        }
        found = [(kind, value) for kind, value in named.items() if value is not None]
        return found or [("all", "")]


@dataclass(frozen=True, slots=True)
class Place:
    """A story's place: its score among those with a card, `older` ones by the last report's time.

    `key` is the one or the other as text, `id` tells equals apart.
    """

    older: bool
    key: str
    id: int


def cards(
    db: "Database",
    chosen: BoardFilter,
    reader: str,
    after: Place | None,
    *,
    limit: int,
    seen_at: Seen = seen.seen_at,
) -> tuple[list[Card], Place | None]:
    """The stories behind a place, best first; and the place from which to go on, None at the end.

    Pinned ones are not among them: see `pinned`. Where few fit there may be fewer than `limit`,
    though more follow.
    """
    found: list[Card] = []
    oldest = from_text(carding.oldest(db))
    place = after
    if after is None or not after.older:
        found, place = _ranked(db, chosen, reader, after, limit, seen_at)
        if place is not None or oldest is None or not _goes_further_back(chosen, oldest):
            return found, place
        place = Place(older=True, key=to_text(oldest) or "", id=0)
    assert place is not None  # it is the one, or the other
    more, place = _older(db, chosen, reader, place, limit - len(found), seen_at)
    return [*found, *more], place


def _goes_further_back(chosen: BoardFilter, oldest: datetime) -> bool:
    """Whether stories without a card may fit; those that are marked keep theirs."""
    if chosen.hidden or chosen.starred:
        return False
    return chosen.since is None or chosen.since < oldest


def pinned(
    db: "Database", chosen: BoardFilter, reader: str, *, seen_at: Seen = seen.seen_at
) -> list[Card]:
    """The pinned stories that fit, best first, a hundred at most."""
    if chosen.hidden:
        return []
    lists = [("pinned", ""), *(each for each in chosen.lists(reader) if each[0] != "all")]
    rows = _candidates(db, lists, chosen, None, _AT_ONCE)
    fitting = [row["story_id"] for row in rows if row["fits"]][:100]
    found = cards_of(db, fitting, reader, seen_at=seen_at)
    return [each for each in found if each.unread or not chosen.unread]


def cards_of(
    db: "Database", story_ids: Sequence[int], reader: str, *, seen_at: Seen = seen.seen_at
) -> list[Card]:
    """The cards of stories in the order of `story_ids`, for those that have one."""
    sql = "SELECT * FROM story_card WHERE story_id IN (SELECT value FROM json_each(?))"
    rows = {row["story_id"]: row for row in db.rows(sql, (json.dumps(list(story_ids)),))}
    found = [_card(rows[each]) for each in story_ids if each in rows]
    return _for_reader(db, found, reader, seen_at)


# --- by rank --------------------------------------------------------------------------------

# ?1 and ?2 the list that is gone through, ?3 the least score, ?4 and ?5 the place to go on from, ?6
# the least time of the last report, ?7 how many; then the other lists.
_CANDIDATES: Final = """
SELECT listed.score, listed.story_id, {fits} AS fits
FROM story_list AS listed
WHERE listed.kind = ?1 AND listed.value = ?2 AND listed.score >= ?3 {further}
ORDER BY listed.score DESC, listed.story_id DESC LIMIT ?7
"""
_LISTED: Final = """EXISTS (SELECT 1 FROM story_list AS other WHERE other.kind = ?{}
  AND other.value = ?{} AND other.score = listed.score AND other.story_id = listed.story_id)"""
_NOT_PINNED: Final = """NOT EXISTS (SELECT 1 FROM story_list AS other WHERE other.kind = 'pinned'
  AND other.value = '' AND other.score = listed.score AND other.story_id = listed.story_id)"""
_RECENT: Final = """(SELECT last_at FROM story_card WHERE story_card.story_id = listed.story_id)
  >= ?6"""


def _ranked(
    db: "Database",
    chosen: BoardFilter,
    reader: str,
    after: Place | None,
    limit: int,
    seen_at: Seen,
) -> tuple[list[Card], Place | None]:
    lists = _rarest_first(db, chosen.lists(reader))
    taken: list[tuple[float, int]] = []
    size = limit + 1
    for _ in range(_LOOKED_AT // _AT_ONCE):
        rows = _candidates(db, lists, chosen, after, size)
        for each in _unread(db, chosen, reader, rows, seen_at):
            if len(taken) == limit:
                return _taken(db, taken, reader, seen_at), _place(*taken[-1])
            taken.append(each)
        if len(rows) < size:
            return _taken(db, taken, reader, seen_at), None
        after, size = _place(rows[-1]["score"], rows[-1]["story_id"]), _AT_ONCE
    return _taken(db, taken, reader, seen_at), after


def _place(score: float, story_id: int) -> Place:
    return Place(older=False, key=repr(score), id=story_id)


def _taken(
    db: "Database", taken: Iterable[tuple[float, int]], reader: str, seen_at: Seen
) -> list[Card]:
    return cards_of(db, [each for _, each in taken], reader, seen_at=seen_at)


def _unread(
    db: "Database", chosen: BoardFilter, reader: str, rows: "Iterable[sqlite3.Row]", seen_at: Seen
) -> list[tuple[float, int]]:
    """Scores and ids of the rows that fit, without what was read where only unread is asked for."""
    fitting = [(row["score"], row["story_id"]) for row in rows if row["fits"]]
    if not chosen.unread:
        return fitting
    ids = [each for _, each in fitting]
    sql = """SELECT story_id, grown_at FROM story_card
             WHERE story_id IN (SELECT value FROM json_each(?))"""
    grown = {row[0]: from_text(row[1]) for row in db.rows(sql, (json.dumps(ids),))}
    looked = seen_at(db, reader, ids)
    return [each for each in fitting if _is_unread(grown[each[1]], looked.get(each[1]))]


def _is_unread(grown: datetime | None, looked: datetime | None) -> bool:
    return looked is None or grown is None or grown > looked


def _candidates(
    db: "Database",
    lists: Sequence[tuple[str, str]],
    chosen: BoardFilter,
    after: Place | None,
    limit: int,
) -> "list[sqlite3.Row]":
    """The next stories of the first list, and of each whether all else holds of it too."""
    fits = [_LISTED.format(8 + 2 * at, 9 + 2 * at) for at in range(len(lists) - 1)]
    fits += [] if lists[0][0] in {"pinned", "hidden"} else [_NOT_PINNED]
    fits += [_RECENT] if chosen.since else []
    sql = _CANDIDATES.format(
        fits=" AND ".join(fits) or "1",
        further="AND (listed.score, listed.story_id) < (?4, ?5)" if after else "",
    )
    least = ranking.floor(chosen.since) if chosen.since else 0.0
    score, number = (None, None) if after is None else (float(after.key), after.id)
    others = [part for each in lists[1:] for part in each]
    return db.rows(sql, (*lists[0], least, score, number, to_text(chosen.since), limit, *others))


def _rarest_first(db: "Database", lists: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The lists, that with the fewest stories first: it is the one to go through."""
    if len(lists) == 1:
        return list(lists)
    sql = """SELECT count(*) FROM (SELECT 1 FROM story_list WHERE kind = ? AND value = ? LIMIT ?)"""
    return sorted(lists, key=lambda each: db.value(sql, (*each, _COUNTED)))


# --- by age ---------------------------------------------------------------------------------

_OLDER: Final = """
SELECT id, last_published_at FROM story
WHERE (last_published_at, id) < (?1, ?2) AND last_published_at >= ?3 AND article_count > 0
  AND NOT EXISTS (SELECT 1 FROM story_card WHERE story_id = story.id)
ORDER BY last_published_at DESC, id DESC LIMIT ?4
"""
_EVER: Final = datetime.max.replace(tzinfo=UTC)


def _older(
    db: "Database", chosen: BoardFilter, reader: str, after: Place, limit: int, seen_at: Seen
) -> tuple[list[Card], Place | None]:
    """Stories that have no card any more, the newest first; theirs are made for this page.

    Those that keep theirs, or are still to lose it, stand by their rank.
    """
    sized = _OLDER_LOOKED_AT if len(chosen.lists(reader)) > 1 or chosen != BoardFilter() else limit
    rows = db.rows(_OLDER, (after.key, after.id, to_text(chosen.since) or "", sized))
    found: list[Card] = []
    for row in rows:
        if len(found) == limit:
            break
        after = Place(older=True, key=row["last_published_at"], id=row["id"])
        found += _fitting(db, row["id"], chosen, reader, seen_at)
    else:
        return found, after if len(rows) == sized else None
    return found, after


def _fitting(
    db: "Database", story_id: int, chosen: BoardFilter, reader: str, seen_at: Seen
) -> list[Card]:
    """The story's card, made now, in a list of one; an empty list where it does not fit."""
    card, lists = carding.made(db, story_id, _EVER)
    if card is None or ("pinned", "") in lists or not set(chosen.lists(reader)) <= set(lists):
        return []
    found = _for_reader(db, [card], reader, seen_at)
    return [each for each in found if each.unread or not chosen.unread]


# --- cards ----------------------------------------------------------------------------------


def _card(row: "sqlite3.Row") -> Card:
    first_at, last_at, grown_at = (
        from_text(row[name]) or _EVER for name in ("first_at", "last_at", "grown_at")
    )
    return Card(row["story_id"], first_at, last_at, grown_at, unpack(row["card"]))


_MARKS: Final = """
SELECT story_id, max(kind = 'star' AND author = ?) AS starred, sum(kind = 'note') AS notes
FROM decision WHERE story_id IN (SELECT value FROM json_each(?)) AND kind IN ('star', 'note')
  AND undone_at IS NULL GROUP BY story_id
"""


def _for_reader(db: "Database", found: Sequence[Card], reader: str, seen_at: Seen) -> list[Card]:
    """The cards with what is one reader's, and with what editors noted."""
    ids = [each.id for each in found]
    looked = seen_at(db, reader, ids)
    marks = {row["story_id"]: row for row in db.rows(_MARKS, (reader, json.dumps(ids)))}
    return [
        replace(
            each,
            seen_at=looked.get(each.id),
            starred=bool(marks[each.id]["starred"]) if each.id in marks else False,
            notes=marks[each.id]["notes"] if each.id in marks else 0,
        )
        for each in found
    ]


# --- what is new ----------------------------------------------------------------------------

_NEW: Final = """
SELECT count(*), coalesce(sum(begun_at > ?1), 0) FROM (
  SELECT begun_at FROM story_card WHERE grown_at > ?1 LIMIT ?2)
"""


@dataclass(frozen=True, slots=True)
class News:
    """How many stories began and how many grew since a time; `all_told` is False beyond those."""

    begun: int
    grown: int
    all_told: bool


def fitting(
    db: "Database", story_ids: Sequence[int], chosen: BoardFilter, reader: str
) -> dict[int, int]:
    """Which of the stories have a card that fits, and how many articles each of them has.

    Whether a story was read is not looked at.
    """
    sql = """SELECT story_id, lists, card ->> 'article_count' AS articles FROM story_card
             WHERE story_id IN (SELECT value FROM json_each(?)) AND last_at >= ?"""
    rows = db.rows(sql, (json.dumps(list(story_ids)), to_text(chosen.since) or ""))
    wanted = set(chosen.lists(reader))
    return {
        row["story_id"]: row["articles"]
        for row in rows
        if wanted <= {(kind, value) for kind, value in json.loads(row["lists"])}
    }


def news(db: "Database", since: datetime) -> News:
    """What came since a time, a thousand stories at most."""
    found, begun = db.rows(_NEW, (to_text(since), _MOST_NEWS))[0]
    return News(begun, found - begun, found < _MOST_NEWS)


# --- what there is to choose from -----------------------------------------------------------

_VALUES: Final = """
WITH RECURSIVE each (value) AS (
  SELECT min(value) FROM story_list WHERE kind = ?1
  UNION ALL
  SELECT (SELECT min(value) FROM story_list WHERE kind = ?1 AND value > each.value)
  FROM each WHERE each.value IS NOT NULL)
SELECT value FROM each WHERE value IS NOT NULL LIMIT ?2
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the stories of the board may be chosen by, each in the order of letters."""

    languages: tuple[str, ...]
    tags: tuple[str, ...]
    agencies: tuple[str, ...]
    outlets: tuple[str, ...]


def choices(db: "Database") -> Choices:
    """All values that stories with a card have, some hundred of each kind at most."""
    kinds = ("language", "tag", "agency", "outlet")
    return Choices(*(tuple(row[0] for row in db.rows(_VALUES, (kind, _CHOICES))) for kind in kinds))
