"""The list of what people look for: in which forms articles have it, and what only looks like it.

It is written by hand, so that no stemmer and no splitter is tested by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from aggregator.evaluation.corpora import Half, half_of

__all__ = ["Form", "Wanted", "wanted"]

_LIST: Final = Path(__file__).with_name("words.txt")


class Form(StrEnum):
    """How a planted word stands to the one that is looked for."""

    SAME = "the word itself"
    INFLECTED = "inflected"
    SPELT = "spelt otherwise"
    COMPOUND = "in compounds"
    ANOTHER = "another word"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query and the words that are planted for it; queries are in halves by their hash."""

    query: str
    half: Half
    words: tuple[tuple[Form, str], ...]


def wanted(path: Path = _LIST) -> list[Wanted]:
    """All of the list, in its order."""
    lines = path.read_text("utf-8").splitlines()
    return [_wanted(line) for line in lines if line.strip() and not line.startswith("#")]


def _wanted(line: str) -> Wanted:
    cells = [[word.strip() for word in cell.split(",")] for cell in line.split("|")]
    words = tuple(_words(cells))
    query = cells[0][0]
    return Wanted(query, half_of(query), words)


def _words(cells: list[list[str]]) -> Iterator[tuple[Form, str]]:
    for form, words in zip(Form, cells, strict=True):
        yield from ((form, word) for word in words if word)
