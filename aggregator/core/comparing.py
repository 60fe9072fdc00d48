"""Lays two texts beside each other, paragraph by paragraph, with what both have, moved, or lack."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal, NamedTuple

from aggregator.core.matching import Matches, matches
from aggregator.core.shingles import tokens

__all__ = ["MOST_WORDS", "Compared", "Paragraph", "Piece", "Row", "compare"]

MOST_WORDS: Final = 20_000
"""Of a longer text only its beginning is compared: no page could show more at once."""

Kind = Literal["same", "own", "moved"]
_Mark = tuple[Kind, int]

# A sign of a script written without spaces is a word of its own, as in shingles.tokens.
_WORD: Final = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|[^\s\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)
_NUMBERLESS: Final = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words as it is written, and the `space` before it.

    "same" stands in both texts in the same order, "moved" in both in another one, "own" in this
    one only. A passage that moved has one `number` in both texts, from 1; `opens` is set at its
    first piece in this text, of several where it spans paragraphs.
    """

    kind: Kind
    text: str
    space: str = ""
    number: int = _NUMBERLESS
    opens: bool = False

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(_WORD.findall(self.text))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a text: its pieces in order."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The line as it is written."""
        return "".join(piece.space + piece.text for piece in self.pieces)

    @property
    def kind(self) -> Kind | Literal["mixed"]:
        """The kind of all its pieces, where they are of one."""
        kinds = {piece.kind for piece in self.pieces}
        return kinds.pop() if len(kinds) == 1 else "mixed"


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs of two texts that belong beside each other; either may have none here."""

    before: tuple[Paragraph, ...]
    after: tuple[Paragraph, ...]

    @property
    def is_same(self) -> bool:
        """Whether both say here the very same, in the same order."""
        both = (*self.before, *self.after)
        return all(piece.kind == "same" for each in both for piece in each.pieces)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts beside each other, with how many words both have in place, and moved.

    `gone` are words of the first text that the second lacks, `come` those that it has besides.
    `left_out` are words of each that were not looked at, since the text is too long.
    """

    rows: tuple[Row, ...]
    same: int
    moved: int
    gone: int
    come: int
    left_out: tuple[int, int]

    @property
    def common(self) -> int:
        """How many words both have, wherever they stand."""
        return self.same + self.moved

    @property
    def differs(self) -> bool:
        """Whether anything of what was looked at is not the same."""
        return bool(self.moved or self.gone or self.come)


class _Word(NamedTuple):
    """A word as it is compared, its paragraph, and where it is written in that."""

    key: str
    paragraph: int
    start: int
    end: int


class _Text(NamedTuple):
    lines: Sequence[str]
    words: Sequence[_Word]
    left_out: int


def compare(before: str, after: str, *, exact: bool = False, most: int = MOST_WORDS) -> Compared:
    """Compare two texts, whose paragraphs are lines, word by word.

    Words that differ in case or punctuation only are the same unless `exact`. Paragraphs that have
    words in place in common stand in one row; those of either text between two such rows stand in
    one row too. Of each text the first `most` words are looked at.
    """
    one, two = (_read(text, most, exact=exact) for text in (before, after))
    found = matches([word.key for word in one.words], [word.key for word in two.words])
    left = _marked(one, found, there=False)
    right = _marked(two, found, there=True)
    same = sum(run.length for run in found.in_place)
    moved = sum(run.length for run in found.moved)
    return Compared(
        rows=tuple(_rows(left, right, _linked(one, two, found))),
        same=same,
        moved=moved,
        gone=len(one.words) - same - moved,
        come=len(two.words) - same - moved,
        left_out=(one.left_out, two.left_out),
    )


def _read(text: str, most: int, *, exact: bool) -> _Text:
    lines = [line for line in text.splitlines() if line.strip()]
    words: list[_Word] = []
    count = 0
    for at, line in enumerate(lines):
        for match in _WORD.finditer(line):
            count += 1
            if count <= most:
                words.append(_Word(_key(match[0], exact=exact), at, *match.span()))
    shown = words[-1].paragraph + 1 if words else 0
    return _Text(lines[:shown], words, max(0, count - most))


def _key(word: str, *, exact: bool) -> str:
    return word if exact else " ".join(tokens(word)) or word


# --- marking ---------------------------------------------------------------------------------


def _marked(text: _Text, found: Matches, *, there: bool) -> list[Paragraph]:
    """The paragraphs of one of both texts, in pieces."""
    kinds: list[_Mark] = [("own", _NUMBERLESS)] * len(text.words)
    for run in found.in_place:
        _mark(kinds, run.other if there else run.start, run.length, ("same", _NUMBERLESS))
    for number, run in enumerate(found.moved, start=1):
        _mark(kinds, run.other if there else run.start, run.length, ("moved", number))
    return [Paragraph(tuple(pieces)) for pieces in _pieces(text, kinds)]


def _pieces(text: _Text, kinds: Sequence[_Mark]) -> list[list[Piece]]:
    """The pieces of each paragraph, with the space that stands before each."""
    paragraphs: list[list[Piece]] = [[] for _ in text.lines]
    opened = {_NUMBERLESS}
    behind = 0
    marked = zip(text.words, kinds, strict=True)
    for (at, (kind, number)), run in groupby(marked, key=lambda each: (each[0].paragraph, each[1])):
        words = [word for word, _ in run]
        line, start, end = text.lines[at], words[0].start, words[-1].end
        space = line[behind if paragraphs[at] else 0 : start]
        paragraphs[at].append(Piece(kind, line[start:end], space, number, number not in opened))
        opened.add(number)
        behind = end
    return paragraphs


def _mark(kinds: list[_Mark], start: int, length: int, mark: _Mark) -> None:
    kinds[start : start + length] = [mark] * length


# --- rows ------------------------------------------------------------------------------------


def _linked(one: _Text, two: _Text, found: Matches) -> Iterator[tuple[int, int]]:
    """The paragraphs that have words in place in common, in the order of both texts."""
    for run in found.in_place:
        pairs = (
            (one.words[run.start + at].paragraph, two.words[run.other + at].paragraph)
            for at in range(run.length)
        )
        yield from (pair for pair, _ in groupby(pairs))


def _rows(
    left: Sequence[Paragraph], right: Sequence[Paragraph], linked: Iterator[tuple[int, int]]
) -> Iterator[Row]:
    here = there = 0
    for first, last, begin, end in _joined(linked):
        if first > here or begin > there:
            yield Row(tuple(left[here:first]), tuple(right[there:begin]))
        here, there = last + 1, end + 1
        yield Row(tuple(left[first:here]), tuple(right[begin:there]))
    if here < len(left) or there < len(right):
        yield Row(tuple(left[here:]), tuple(right[there:]))


def _joined(linked: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Links that share a paragraph, as one: the first and last paragraph here, and there."""
    row: tuple[int, int, int, int] | None = None
    for here, there in linked:
        if row is not None and (here <= row[1] or there <= row[3]):
            row = (row[0], here, row[2], there)
            continue
        if row is not None:
            yield row
        row = (here, here, there, there)
    if row is not None:
        yield row
