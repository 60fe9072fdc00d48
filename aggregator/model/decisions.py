"""What editors decided, as values that grouping obeys."""

from dataclasses import dataclass

__all__ = ["Constraints"]


@dataclass(frozen=True, slots=True)
class Constraints:
    """Pairs of ids, smaller first, that must be in one group or story, and that must not.

    They outrank every likeness. What `together` connects, over however many pairs, contradicts no
    pair of `apart`: that is made sure of before a decision is kept.
    """

    together: frozenset[tuple[int, int]] = frozenset()
    apart: frozenset[tuple[int, int]] = frozenset()
