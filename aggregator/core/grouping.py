"""Forms copy groups out of verified links: cores of one text, then stars around a centre."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from aggregator.model import CopyLink

__all__ = ["groups"]

_SAME_TEXT: Final = 0.8


def groups(ids: Iterable[int], links: Iterable[CopyLink]) -> tuple[frozenset[int], ...]:
    """Part `ids` into copy groups that hold together, ordered by their smallest id.

    Texts that are all but the same (Jaccard at least .8) form a core. Then, after Aslam, Pelekhov
    and Rus, "The star clustering algorithm" (2004): cores are taken in the order of how much they
    resemble their neighbours; one that is linked to no centre before it becomes a centre, every
    other joins the centre it is linked to best. So each member is linked to its group's centre,
    and no chain of partial likenesses can unite strangers. The outcome depends on neither order,
    and what is not connected by links does not influence each other.
    """
    known = frozenset(ids)
    used = [each for each in links if each.a in known and each.b in known]
    used = [each for each in used if each.rule != "compound"]
    core_of = _cores(known, used)
    bonds = _bonds(used, core_of)
    centre_of = _centres(bonds)
    members: dict[int, set[int]] = defaultdict(set)
    for each in known:
        core = core_of[each]
        members[centre_of.get(core, core)].add(each)
    return tuple(sorted(map(frozenset, members.values()), key=min))


def _cores(ids: Iterable[int], links: Iterable[CopyLink]) -> dict[int, int]:
    """Map each id to the smallest id of its core (union-find over links of the same text)."""
    parent = {each: each for each in ids}

    def find(each: int) -> int:
        while parent[each] != each:
            parent[each] = each = parent[parent[each]]
        return each

    for link in links:
        if link.jaccard >= _SAME_TEXT:
            low, high = sorted((find(link.a), find(link.b)))
            parent[high] = low
    return {each: find(each) for each in parent}


def _bonds(links: Iterable[CopyLink], core_of: Mapping[int, int]) -> dict[int, dict[int, float]]:
    """The best evidence between each two linked cores, both ways."""
    bonds: dict[int, dict[int, float]] = defaultdict(dict)
    for link in links:
        a, b = core_of[link.a], core_of[link.b]
        if a != b:
            strength = max(_strength(link), bonds[a].get(b, 0.0))
            bonds[a][b] = bonds[b][a] = strength
    return bonds


def _strength(link: CopyLink) -> float:
    """How much a link says, 0 to 1: between two containing texts the one of like length wins."""
    return max((link.jaccard + link.containment) / 2, 0.5 if link.rule == "headline" else 0.0)


def _centres(bonds: Mapping[int, Mapping[int, float]]) -> dict[int, int]:
    """Map every linked core to the centre of its star."""
    support = {core: round(sum(sorted(near.values())), 9) for core, near in bonds.items()}
    centres: set[int] = set()
    for core in sorted(bonds, key=lambda each: (-support[each], each)):
        if centres.isdisjoint(bonds[core]):
            centres.add(core)
    return {
        core: core
        if core in centres
        else min(centres & near.keys(), key=lambda centre: (-near[centre], centre))
        for core, near in bonds.items()
    }
