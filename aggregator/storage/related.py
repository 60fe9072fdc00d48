"""Which stories are near another one without being part of it: by the terms that tell most of both.

They are looked up as candidates of stories are, a week around, and never more than are bounded.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.core import across, stories
from aggregator.model import StoryText
from aggregator.storage import retiring, story_texts
from aggregator.storage.readers import StoryRow, story_of_row
from aggregator.storage.retiring import Lent

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["Related", "related"]

_WITHIN: Final = timedelta(days=7)
_GROUPS: Final = 2
_KEYS: Final = 10
_LEAST: Final = 0.08


@dataclass(frozen=True, slots=True)
class Related:
    """A story near another: how alike (0 to 1) two of their texts are at most, and by which terms.

    Of two languages these are the roots that words of both have.
    """

    story: StoryRow
    likeness: float
    terms: tuple[str, ...]


def related(db: "Database", story_id: int, limit: int = 6) -> list[Related]:
    """The stories that are most like this one, best first; those that an editor hid are left out.

    Looked at are the two texts of it that most articles carry, by the ten terms of each that tell
    most. Of texts so old that their keys were retired from the index there are those alone to which
    links are kept.
    """
    sql = """SELECT id FROM copy_group WHERE story_id = ? ORDER BY article_count DESC, id LIMIT ?"""
    own = [row[0] for row in db.rows(sql, (story_id, _GROUPS))]
    texts = story_texts.texts(db, own)
    best: dict[int, tuple[float, tuple[str, ...]]] = {}
    for text in texts.values():
        for story, likeness, other in _near(db, text, story_id):
            if likeness >= _LEAST and likeness > best.get(story, (0.0, ()))[0]:
                best[story] = likeness, _terms(text, other)
    rows = _rows(db, best)
    found = [Related(rows[story], *why) for story, why in best.items() if story in rows]
    return sorted(found, key=lambda each: (-each.likeness, -each.story.id))[:limit]


def _near(db: "Database", text: StoryText, story_id: int) -> list[tuple[int, float, StoryText]]:
    """Texts of other stories that may be like this one, with these stories and how alike."""
    # What was retired is not lent here: that would read all articles of that time.
    lent = Lent(retiring.GROUPS, retiring.retired(db, retiring.GROUPS))
    near = {each for link in story_texts.links_of(db, [text.id]) for each in (link.a, link.b)}
    for keys in _looked_up(db, text):
        near.update(story_texts.candidates(db, text, keys, _WITHIN, lent))
    sql = """SELECT id, story_id FROM copy_group WHERE story_id IS NOT ?
               AND id IN (SELECT value FROM json_each(?))"""
    where = {row[0]: row[1] for row in db.rows(sql, (story_id, json.dumps(sorted(near))))}
    others = story_texts.texts(db, where)
    return [
        (where[each], _likeness(text, other), other)
        for each, other in others.items()
        if where[each] is not None
    ]


def _looked_up(db: "Database", text: StoryText) -> list[dict[int, float]]:
    """By which keys others are looked for: across languages too where texts are kept so."""
    own = stories.keys(text)
    kept = story_texts.number_of_keys(db, text.id)
    every = [own, across.keys(text)] if kept > len(own) else [own]
    return [
        {key: keys[key] for key in sorted(keys, key=lambda key: -keys[key])[:_KEYS]}
        for keys in every
    ]


def _likeness(a: StoryText, b: StoryText) -> float:
    if across.are_of_two_languages(a, b):
        return across.likeness(a, b, _WITHIN)
    return stories.likeness(a, b, _WITHIN)


def _terms(a: StoryText, b: StoryText) -> tuple[str, ...]:
    shared = across.shared_roots if across.are_of_two_languages(a, b) else stories.shared_terms
    return shared(a, b)


def _rows(db: "Database", ids: Iterable[int]) -> dict[int, StoryRow]:
    sql = """SELECT * FROM stories WHERE id IN (SELECT value FROM json_each(?))
               AND article_count > 0 AND NOT hidden"""
    rows = (story_of_row(row) for row in db.rows(sql, (json.dumps(sorted(ids)),)))
    return {row.id: row for row in rows}
