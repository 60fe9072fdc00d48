"""The keys of the desk, in one table: what the help shows, and what each does."""

from dataclasses import dataclass
from typing import Final

from aggregator.web.marking import marked

__all__ = ["KEYS", "Key"]


@dataclass(frozen=True, slots=True)
class Key:
    """What one key (or two in a row) does, in words."""

    names: tuple[str, ...]
    meaning: str


KEYS: Final = (
    (
        marked("Move"),
        (
            Key(("j", "k"), marked("to the next row, to the one before")),
            Key(("o", "Enter"), marked("open the row")),
            Key(("g b",), marked("go to the board")),
            Key(("g s",), marked("go to the search")),
            Key(("g f",), marked("go to the feeds")),
            Key(("g d",), marked("go to what was decided")),
            Key(("/",), marked("search")),
            Key(("u",), marked("show what is new")),
        ),
    ),
    (
        marked("Put right"),
        (
            Key(("m",), marked("merge with another story")),
            Key(("s",), marked("split off")),
            Key(("x",), marked("select")),
            Key(("*",), marked("star")),
            Key(("p",), marked("pin")),
            Key(("h",), marked("hide")),
            Key(("n",), marked("write a note")),
            Key(("r",), marked("rename")),
            Key(("z",), marked("undo what was done last")),
            Key(("?",), marked("show the keys")),
        ),
    ),
)
"""All keys by what they are for."""
