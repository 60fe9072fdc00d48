"""What editors decided, and what grouping makes of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["Constraints", "Decision", "Kind", "Level"]

Kind = Literal["together", "apart", "pin", "rename", "hide", "star", "note"]
"""together, apart: of articles; the others of a story: star for its author alone, note for all."""

Level = Literal["copies", "story"]
"""Whether articles are one text, or report one event; one text always reports one event."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that an editor decided, as it holds today.

    Of "together" all `articles` belong with each other; of "apart" none of them belongs with any of
    the `others`. The other kinds are of the story `story_id`: "rename" to `value`, "note" says it.
    """

    id: int
    at: datetime
    author: str
    kind: Kind
    level: Level = "story"
    articles: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    story_id: int | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Constraints:
    """Pairs of ids, smaller first, that must be in one group or story, and that must not.

    They outrank every likeness. What `together` connects, over however many pairs, contradicts no
    pair of `apart`: that is made sure of before a decision is kept.
    """

    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()
