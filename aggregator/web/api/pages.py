"""Pages of lists, and what is answered where something is not there."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel

from aggregator.storage import whereabouts
from aggregator.storage.paging import Place
from aggregator.web import cursors
from aggregator.web.api.models import Page, SearchHit
from aggregator.web.problems import GONE, NOT_FOUND, Problem, invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.storage.database import Database
    from aggregator.storage.search import Hit
    from aggregator.storage.states import State

__all__ = ["MOST_HITS", "absent", "begin_of", "hits_page", "page", "place_of"]

MOST_HITS: Final = 1000
"""A search is shown so far down, and no further."""

Shape = TypeVar("Shape", bound=BaseModel)
_NAMES: Final = {"story": "story", "copy_group": "copy group", "article": "article"}


def page(
    shape: type[Shape], found: Iterable[object], behind: Place | None, last: "State"
) -> Page[Shape]:
    """A page of what was found, that goes on `behind` a place."""
    word = None if behind is None else cursors.to_word((behind.at, behind.id))
    items = tuple(shape.model_validate(each) for each in found)
    return Page[shape](items=items, next=word, seq=last.seq)  # type: ignore[valid-type] # it is one


def place_of(cursor: str | None) -> Place | None:
    """The place that a cursor stands for; raises Problem where it is none of ours."""
    if cursor is None:
        return None
    at, number = cursors.from_word(cursor, str, int)
    return Place(str(at), int(number))


def begin_of(cursor: str | None) -> int:
    """How many hits come before the page of a cursor; raises Problem like `place_of`."""
    if cursor is None:
        return 0
    begin = int(cursors.from_word(cursor, int)[0])
    if not 0 < begin < MOST_HITS:
        detail = "no search is shown so far down: ask for more words"
        raise invalid(parameter="cursor", detail=detail)
    return begin


def hits_page(found: "Sequence[Hit]", begin: int, limit: int, last: "State") -> Page[SearchHit]:
    """The page of hits behind `begin` others; `found` has one more where there are more."""
    items = [{**asdict(hit.article), "snippet": hit.snippet} for hit in found[begin:][:limit]]
    end = begin + limit
    word = cursors.to_word((end,)) if end < min(len(found), MOST_HITS) else None
    shown = tuple(SearchHit.model_validate(each) for each in items)
    return Page[SearchHit](items=shown, next=word, seq=last.seq)


def absent(db: "Database", kind: whereabouts.Thing, number: int) -> Problem:
    """The problem of a number that leads nowhere: gone, or never there."""
    if whereabouts.was_once(db, kind, number):
        return Problem(GONE, f"{_NAMES[kind]} {number} is no longer there")
    return Problem(NOT_FOUND, f"there is no {_NAMES[kind]} {number}")
