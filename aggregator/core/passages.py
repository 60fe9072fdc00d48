"""Quotes passages of a text as they are written, with their place, and finds those two share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from aggregator.core.alignment import runs_of_two
from aggregator.core.shingles import tokens

__all__ = ["Passage", "SharedPassage", "passages", "shared"]

_LEAST_QUOTED: Final = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words as it is written, with its place: words from the beginning, from 0."""

    text: str
    start: int
    words: int


@dataclass(frozen=True, slots=True)
class SharedPassage:
    """A passage of one text, as that has it, and the word at which it begins in the other."""

    text: str
    words: int
    start: int
    other_start: int


def passages(whole: str, wanted: Iterable[bool]) -> list[Passage]:
    """The runs of words that are `wanted`, one flag for each word of `tokens(whole)`."""
    spans = _spans(whole)
    flags = zip(wanted, range(len(spans)), strict=False)
    found: list[Passage] = []
    for flag, run in groupby(flags, key=lambda each: each[0]):
        if flag:
            places = [place for _, place in run]
            found.append(_passage(whole, spans, places[0], len(places)))
    return found


def shared(
    text: str, words: Sequence[str], other: Sequence[str], limit: int
) -> list[SharedPassage]:
    """The longest passages of five words or more that two texts share, at most `limit` of them.

    `words` are those of `text`, `other` those of the other one, as `shingles.tokens` gives them.
    """
    runs = runs_of_two(words, other)
    long = sorted((run for run in runs if run.length >= _LEAST_QUOTED), key=lambda run: -run.length)
    spans = _spans(text)
    return [
        SharedPassage(_passage(text, spans, start, length).text, length, start, there)
        for start, there, length in long[:limit]
    ]


def _passage(whole: str, spans: Sequence[tuple[int, int]], start: int, length: int) -> Passage:
    first, last = spans[start][0], spans[start + length - 1][1]
    return Passage(whole[first:last], start, length)


def _spans(whole: str) -> list[tuple[int, int]]:
    """Where each word of `tokens(whole)` is written: the piece between spaces that holds it."""
    spans: list[tuple[int, int]] = []
    place = 0
    for piece in whole.split():
        place = whole.index(piece, place)
        spans.extend([(place, place + len(piece))] * len(tokens(piece)))
        place += len(piece)
    return spans
