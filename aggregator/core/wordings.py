"""What two versions of a text differ in, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

__all__ = ["Piece", "differences", "words_changed"]

Sign = Literal["=", "-", "+"]

# A word with the space behind it; a line's end stands by itself.
_WORD: Final = re.compile(r"\n|[^\S\n]*\S+|[^\S\n]+")
_MOST_LINES: Final = 1_000
_MOST_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stay ("="), go ("-") or come ("+"), with the space before each."""

    sign: Sign
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two texts: what stays and goes makes up the first, what stays and comes the second.

    Lines are compared first, then the words of those between lines that stay, each with the fewest
    changes (Myers, "An O(ND) difference algorithm and its variations", 1986). Of lines, or words,
    that differ in more than a thousand, or three hundred, all go and all come: so no text takes
    long.
    """
    pieces: list[Piece] = []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    gone: list[str] = []
    come: list[str] = []
    for sign, line in _edits(old, new, _MOST_LINES):
        if sign == "=":
            pieces += _by_words("".join(gone), "".join(come))
            pieces.append(Piece("=", line))
            gone, come = [], []
        else:
            (gone if sign == "-" else come).append(line)
    pieces += _by_words("".join(gone), "".join(come))
    return tuple(_joined(pieces))


def words_changed(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many words go, and how many come."""
    gone, come = (
        sum(len(piece.text.split()) for piece in pieces if piece.sign == sign)
        for sign in ("-", "+")
    )
    return gone, come


def _by_words(gone: str, come: str) -> Iterator[Piece]:
    old, new = _WORD.findall(gone), _WORD.findall(come)
    for sign, word in _edits(old, new, _MOST_WORDS):
        yield Piece(sign, word)


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Runs of one sign as one piece; between two that stay what goes stands before what comes."""
    for stays, run in groupby(pieces, key=lambda piece: piece.sign == "="):
        some = list(run)
        for sign in ("=",) if stays else ("-", "+"):
            text = "".join(piece.text for piece in some if piece.sign == sign)
            if text:
                yield Piece("=" if stays else "-" if sign == "-" else "+", text)


def _edits(old: Sequence[str], new: Sequence[str], most: int) -> list[tuple[Sign, str]]:
    """The fewest items that go and come; all of the midst where those are more than `most`."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    traced = _trace(a, b, most)
    middle: list[tuple[Sign, str]]
    if traced is None:
        middle = [*(("-", item) for item in a), *(("+", item) for item in b)]
    else:
        middle = _walked_back(a, b, traced)
    same: list[tuple[Sign, str]] = [("=", item) for item in old[:start]]
    return [*same, *middle, *(("=", item) for item in old[len(old) - end :])]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many items both begin with."""
    length = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        length += 1
    return length


def _trace(a: Sequence[str], b: Sequence[str], most: int) -> list[dict[int, int]] | None:
    """How far each diagonal reaches with 0, 1, 2, ... edits; None where it takes over `most`."""
    reach = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(most, len(a) + len(b)) + 1):
        trace.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            x = reach[diagonal + 1] if _down(reach, diagonal, edits) else reach[diagonal - 1] + 1
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            reach[diagonal] = x
            if x >= len(a) and x - diagonal >= len(b):
                return trace
    return None


def _down(reach: dict[int, int], diagonal: int, edits: int) -> bool:
    """Whether a diagonal is reached best by an item that comes, and not by one that goes."""
    return diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])


def _walked_back(
    a: Sequence[str], b: Sequence[str], trace: Sequence[dict[int, int]]
) -> list[tuple[Sign, str]]:
    x, y = len(a), len(b)
    found: list[tuple[Sign, str]] = []
    for edits in range(len(trace) - 1, -1, -1):
        reach, diagonal = trace[edits], x - y
        down = _down(reach, diagonal, edits)
        before = diagonal + 1 if down else diagonal - 1
        from_x = reach[before]
        from_y = from_x - before
        while x > max(from_x, 0) and y > max(from_y, 0):
            x, y = x - 1, y - 1
            found.append(("=", a[x]))
        if edits:
            found.append(("+", b[from_y]) if down else ("-", a[from_x]))
        x, y = from_x, from_y
    return found[::-1]
