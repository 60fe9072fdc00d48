"""Tells what hangs together over any number of overlapping sets (union-find)."""

from collections import defaultdict
from collections.abc import Iterable

__all__ = ["reach", "smallest"]


def smallest(sets: Iterable[Iterable[int]]) -> dict[int, int]:
    """Map each id in any of the sets to the smallest id that overlapping sets connect it with."""
    parent: dict[int, int] = {}

    def find(each: int) -> int:
        while parent[each] != each:
            parent[each] = each = parent[parent[each]]
        return each

    for some in sets:
        members = [find(parent.setdefault(each, each)) for each in some]
        root = min(members, default=0)
        parent.update(dict.fromkeys(members, root))
    return {each: find(each) for each in parent}


def reach(sets: Iterable[Iterable[int]]) -> dict[int, frozenset[int]]:
    """Map each id in any of the sets to all ids that overlapping sets connect it with, and it."""
    found: dict[int, set[int]] = defaultdict(set)
    root_of = smallest(sets)
    for each, root in root_of.items():
        found[root].add(each)
    frozen = {root: frozenset(members) for root, members in found.items()}
    return {each: frozen[root] for each, root in root_of.items()}
