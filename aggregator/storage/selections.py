"""Which feeds of stories there are to take: all, and by tag, language, outlet and saved search."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from aggregator.errors import NotFound
from aggregator.output.syndication import Syndication
from aggregator.storage import saved_searches, syndication
from aggregator.storage.readers import Filter
from aggregator.storage.times import from_text

if TYPE_CHECKING:
    from aggregator.output.syndication import StoryItem
    from aggregator.storage.database import Database
    from aggregator.storage.saved_searches import SavedSearch

__all__ = ["KINDS", "LOOK_BACK", "Kind", "Selection", "feed", "find", "selections"]

Kind = Literal["all", "tag", "language", "outlet", "search"]

KINDS: Final[tuple[Kind, ...]] = ("all", "tag", "language", "outlet", "search")
"""By what stories are selected for a feed."""

LOOK_BACK: Final = timedelta(days=30)
"""A feed reaches no further back: so what is rare costs no search through the whole archive."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What one feed has: all stories (then there is no `name`), or those with a report by it."""

    kind: Kind = "all"
    name: str = ""

    @property
    def title(self) -> str:
        """What a feed reader shows."""
        return "News" if self.kind == "all" else f"News: {self.kind} {self.name}"


# One spelling of each name; its case is that which comes first.
_NAMES: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "tag": "SELECT tag.value AS name FROM feed JOIN json_each(tags) AS tag WHERE listed",
        "language": "SELECT language AS name FROM feed WHERE listed AND language IS NOT NULL",
        "outlet": "SELECT outlet AS name FROM feed WHERE listed",
        "search": "SELECT name FROM saved_searches",
    }
)
_EACH_ONCE: Final = "SELECT min(name) AS name FROM ({}) GROUP BY name COLLATE NOCASE"


def selections(db: "Database") -> list[Selection]:
    """All that there are, in the order of `KINDS`, then by name."""
    return [Selection(), *(each for kind in _NAMES for each in _of(db, kind))]


def _of(db: "Database", kind: Kind) -> list[Selection]:
    sql = f"{_EACH_ONCE.format(_NAMES[kind])} ORDER BY name COLLATE NOCASE"
    return [Selection(kind, row["name"]) for row in db.rows(sql)]


def find(db: "Database", kind: str, name: str = "") -> Selection:
    """The selection of this kind and name, whatever its case; raises NotFound."""
    if kind == "all":
        return Selection()
    named = next((each for each in _NAMES if each == kind), None)
    if named is None:
        message = f"there are no feeds by {kind!r}, but by {', '.join(_NAMES)}"
        raise NotFound(message)
    for each in _of(db, named):
        if each.name.casefold() == name.casefold():
            return each
    message = f"there is no {kind} {name!r}"
    raise NotFound(message)


def feed(
    db: "Database",
    chosen: Selection,
    now: datetime,
    *,
    limit: int = 100,
    outlets: int = 1,
    known: "dict[int, StoryItem] | None" = None,
) -> Syndication:
    """The feed of a selection, still without its addresses: its newest `limit` stories.

    They are no older than `LOOK_BACK` and are reported by at least so many `outlets`. `known` are
    items by their stories as they were read for other feeds; new ones are added.
    """
    # To the day, so that the same question gives the same answer as long as nothing changes.
    since = (now - LOOK_BACK).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = _filter(chosen, since)
    saved = _saved(db, chosen.name) if chosen.kind == "search" else None
    found = syndication.stories(db, wanted, saved, limit, outlets=outlets, known=known)
    began = from_text(db.value("SELECT since FROM installation"))
    assert began is not None  # the row is made with the table
    return Syndication(
        id=syndication.uri(db, "feed", f"{chosen.kind}:{chosen.name.lower()}"),
        title=chosen.title,
        updated_at=max((each.updated_at for each in found), default=began),
        items=tuple(found),
        language=chosen.name if chosen.kind == "language" else None,
    )


def _filter(chosen: Selection, since: datetime) -> Filter:
    return Filter(
        since,
        outlet=chosen.name if chosen.kind == "outlet" else None,
        language=chosen.name if chosen.kind == "language" else None,
        tag=chosen.name if chosen.kind == "tag" else None,
    )


def _saved(db: "Database", name: str) -> "SavedSearch":
    found = saved_searches.find(db, name)
    if found is None:
        message = f"there is no saved search {name!r}"
        raise NotFound(message)
    return found
