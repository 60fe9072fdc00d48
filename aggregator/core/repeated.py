"""Tells what stands on a page again: a copy of the text for another screen, or for print."""

from collections.abc import Container, Iterator, Sequence
from typing import Final

from aggregator.core.blocks import Block, key

__all__ = ["REPEATED", "repeated"]

REPEATED: Final = "repeated"

# Single lines recur with reason: a refrain, a label. Several in the same order are a copy.
_LINES: Final = 5
_LETTERS: Final = 400
_NEAR: Final = 3


def repeated(blocks: Sequence[Block], gone: Container[int]) -> dict[int, str]:
    """Return the places of lines that are there already, in the same order, with that reason.

    What is `gone` is neither a copy nor copied.
    """
    left = [at for at in range(len(blocks)) if at not in gone]
    keys = [key(blocks[at].text) for at in left]
    found: dict[int, str] = {}
    for run in _runs(keys):
        told = {keys[n] for n in run}
        if len(told) >= _LINES and sum(map(len, told)) >= _LETTERS:
            found |= {left[n]: REPEATED for n in run}
    return found


def _runs(keys: Sequence[str]) -> Iterator[list[int]]:
    """Runs of places whose lines stood before, each near behind the one before it."""
    first: dict[str, int] = {}
    run: list[int] = []
    for at, line in enumerate(keys):
        if line not in first:
            first[line] = at
            continue
        near = run and at - run[-1] <= _NEAR and 0 < first[line] - first[keys[run[-1]]] <= _NEAR
        if not near:
            yield run
            run = []
        run.append(at)
    yield run
