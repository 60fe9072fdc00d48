"""What the board shows of a story: made by `carding` when the story changes, read by `board`."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from aggregator.core.ranking import Rank

__all__ = ["MOST_OUTLETS", "Card", "CardOutlet", "Kept", "pack", "unpack"]

MOST_OUTLETS: Final = 10
"""So many outlets are named on a card; of more only the number is told."""


@dataclass(frozen=True, slots=True)
class CardOutlet:
    """An outlet that has the story: with a text of its own, or with one that it took over."""

    name: str
    own: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a story for its card.

    `headline_reasons` are those of `core.headlines`; `agencies` are credited by its texts;
    `outlets` are those with a text of their own first, then by their time, `MOST_OUTLETS` at most;
    `languages` are without their regions, those of most texts first. `growth` counts articles, all
    together, at the ends of equal parts of the time from the first to the last of them.
    `image_of` is an article that came with a picture, of the text with the headline if possible.
    """

    headline: str
    headline_reasons: tuple[str, ...]
    headline_language: str | None
    headline_of: int | None
    lead: str
    article_count: int
    outlet_count: int
    text_count: int
    agencies: tuple[str, ...]
    outlets: tuple[CardOutlet, ...]
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    growth: tuple[int, ...]
    rank: Rank
    joined: int
    image_of: int | None
    pinned: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A story as the board shows it to one reader.

    `first_at` and `last_at` are the times of its first and last report, `grown_at` is when we last
    saw it grow. `seen_at` is when the reader last looked at it, None for never; `starred` says
    whether the reader marked it, `notes` how many notes of all editors it has.
    """

    id: int
    first_at: datetime
    last_at: datetime
    grown_at: datetime
    kept: Kept
    seen_at: datetime | None = None
    starred: bool = False
    notes: int = 0

    @property
    def unread(self) -> Literal["new", "grown"] | None:
        """Whether the reader never looked at it, or not since it grew; None where all was seen."""
        if self.seen_at is None:
            return "new"
        return "grown" if self.grown_at > self.seen_at else None


def pack(kept: Kept) -> str:
    """Write it for the database."""
    said = {name: getattr(kept, name) for name in Kept.__slots__}
    said["outlets"] = [(each.name, each.own) for each in kept.outlets]
    said["rank"] = (kept.rank.score, kept.rank.texts, kept.rank.outlets, kept.rank.speed)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Kept:
    """Read what `pack` wrote."""
    said = json.loads(text)
    outlets = tuple(CardOutlet(*each) for each in said.pop("outlets"))
    rank = Rank(*said.pop("rank"))
    values: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in said.items()
    }
    return Kept(**values, outlets=outlets, rank=rank)
