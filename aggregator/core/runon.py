"""Parts what trafilatura's last resort ran together: all of a page's article as one paragraph."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from aggregator.core.blocks import Block, Line, key

__all__ = ["parted"]

_LETTERS: Final = 60
_BEGINNING: Final = 8
_LINES: Final = 2
# A page on which more lines begin alike says the same thing over and over.
_MOST_STARTS: Final = 50
_LINKED: Final = 0.5
# What begins so is the rest of a sentence whose markup set a part of it on a line of its own.
_JOINED: Final = tuple(".,;:!?)]")


def parted(body: Sequence[Block], raw: Sequence[Line]) -> list[Block]:
    """The blocks of `body`, of which those that are several lines of the page are as there."""
    keys = [key(line.block.text) for line in raw]
    known = set(keys)
    found: list[Block] = []
    for block in body:
        whole = key(block.text)
        glued = len(whole) >= _LETTERS and whole not in known
        run = _longest(whole, keys) if glued else []
        lines = [raw[at].block for at in run]
        whole_lines = not any(line.text.startswith(_JOINED) for line in lines)
        # Where not one is long, the page has nothing but short lines: as one they are its text.
        long = any(len(line.text) >= _LETTERS for line in lines)
        # An item that begins with a link is a teaser: in parts it would pass for a list of text.
        listed = any(line.kind == "item" for line in lines)
        teaser = listed and lines[0].links > _LINKED
        several = len(lines) >= _LINES and whole_lines and long and not teaser
        found += _split(block, lines) if several else [block]
    return found


def _longest(whole: str, keys: Sequence[str]) -> Sequence[int]:
    """The places of the lines with which a text begins, one after the other; the most of them."""
    starts = (
        at
        for at, line in enumerate(keys)
        if line[:_BEGINNING] == whole[: len(line[:_BEGINNING])] and whole.startswith(line)
    )
    some = islice(starts, _MOST_STARTS)
    return max((_run(whole, keys, at) for at in some), key=len, default=range(0))


def _run(whole: str, keys: Sequence[str], start: int) -> range:
    here, at = 0, start
    while at < len(keys) and whole.startswith(keys[at], here):
        here += len(keys[at])
        at += 1
    return range(start, at)


def _split(block: Block, lines: Sequence[Block]) -> list[Block]:
    """The lines that a block is made of, and what stands behind them."""
    rest = _behind(block.text, sum(len(key(line.text)) for line in lines))
    return [*lines, *([replace(block, text=rest)] if rest else ())]


def _behind(text: str, letters: int) -> str:
    """What of a text stands behind so many letters, spaces not counted."""
    for at, sign in enumerate(text):
        if not letters:
            return text[at:].strip()
        letters -= not sign.isspace()
    return ""
