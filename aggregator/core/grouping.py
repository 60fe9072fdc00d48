"""Forms copy groups out of verified links: cores of one text, then stars around a centre."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from aggregator.core.connecting import smallest
from aggregator.core.copies import SAME_TEXT
from aggregator.model import Constraints, CopyLink

__all__ = ["groups"]

_MOSTLY_ONE: Final = 2 / 3
_ATTESTED: Final = 2

_NO_CONSTRAINTS: Final = Constraints()
_NO_SIZES: Final[Mapping[int, int]] = MappingProxyType({})


def groups(
    ids: Iterable[int],
    links: Iterable[CopyLink],
    constraints: Constraints = _NO_CONSTRAINTS,
    sizes: Mapping[int, int] = _NO_SIZES,
) -> tuple[frozenset[int], ...]:
    """Part `ids`, texts, into copy groups that hold together, ordered by their smallest id.

    Twice, after Aslam, Pelekhov and Rus, "The star clustering algorithm" (2004), what has most
    neighbours becomes a centre unless it is linked to a centre before it, and all else joins the
    centre that it is linked to best: first texts that are all but the same (Jaccard at least .8)
    form cores, then cores form groups. So each text is at least .8 like the text of its core,
    which makes any two of a core at least .6 alike (1 - Jaccard is a metric), and each core has a
    verified link into the core at its group's centre. No chain reaches farther than that.

    A text linked to several that are attested twice each, and not linked to each other, is a page
    made of them: it brings nobody together. `sizes` says how many articles have a text (else one).

    `constraints` outrank all that: what must be together counts as one text, and what must be
    apart is not linked, nor joins a centre of one that joined it by a stronger link. The outcome
    depends on no order, and what no link or constraint connects does not influence each other.
    """
    block_of = _blocks(frozenset(ids), constraints.together)
    apart = _apart(block_of, constraints.apart)
    graph = _Graph.of(frozenset(block_of.values()), apart)
    used = [each for each in links if each.a in block_of and each.b in block_of]
    for link in used:
        if link.rule != "compound":
            graph.bond(block_of[link.a], block_of[link.b], link)
    core_of = _stars(graph.only(lambda bond: bond.jaccard >= SAME_TEXT))
    weights: dict[int, int] = defaultdict(int)
    for each, block in block_of.items():
        weights[core_of[block]] += sizes.get(each, 1)
    cores = _without_bridges(graph.merged(core_of), weights)
    centre_of = _stars(cores)
    members: dict[int, set[int]] = defaultdict(set)
    for each, block in block_of.items():
        members[centre_of[core_of[block]]].add(each)
    return tuple(sorted(map(frozenset, members.values()), key=min))


def _blocks(ids: frozenset[int], together: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Map each id to the smallest id of those it must be with."""
    wanted = (pair for pair in together if ids.issuperset(pair))
    return {each: each for each in ids} | smallest(wanted)


def _apart(
    block_of: Mapping[int, int], pairs: Iterable[tuple[int, int]]
) -> dict[int, frozenset[int]]:
    """Map a block to those it must not be with."""
    found: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        if a in block_of and b in block_of:
            found[block_of[a]].add(block_of[b])
            found[block_of[b]].add(block_of[a])
    return {block: frozenset(others) for block, others in found.items()}


@dataclass(frozen=True, slots=True)
class _Bond:
    """The best evidence between two nodes: how strong, and how like they are."""

    strength: float
    jaccard: float


@dataclass(frozen=True, slots=True)
class _Graph:
    """Nodes, bonds both ways, and for each node those it must not be with."""

    nodes: frozenset[int]
    apart: Mapping[int, AbstractSet[int]]
    near: dict[int, dict[int, _Bond]] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: frozenset[int], apart: Mapping[int, AbstractSet[int]]) -> "_Graph":
        return cls(nodes, apart, {node: {} for node in nodes})

    def bond(self, a: int, b: int, link: CopyLink) -> None:
        """Put a link between two nodes, unless they are one or must be apart."""
        self._bond(a, b, _Bond(_strength(link), link.jaccard))

    def _bond(self, a: int, b: int, bond: _Bond) -> None:
        if a == b or b in self.apart.get(a, ()):
            return
        former = self.near[a].get(b, _Bond(0.0, 0.0))
        best = _Bond(max(bond.strength, former.strength), max(bond.jaccard, former.jaccard))
        self.near[a][b] = self.near[b][a] = best

    def only(self, wanted: Callable[[_Bond], bool]) -> "_Graph":
        """The same nodes with those bonds alone."""
        near = {
            node: {other: bond for other, bond in bonds.items() if wanted(bond)}
            for node, bonds in self.near.items()
        }
        return _Graph(self.nodes, self.apart, near)

    def merged(self, into: Mapping[int, int]) -> "_Graph":
        """The graph of what its nodes were merged into."""
        apart: dict[int, set[int]] = defaultdict(set)
        for node, others in self.apart.items():
            apart[into[node]].update(into[other] for other in others)
        made = _Graph.of(frozenset(into.values()), apart)
        for node, bonds in self.near.items():
            for other, bond in bonds.items():
                made._bond(into[node], into[other], bond)  # noqa: SLF001 - of its own class
        return made


def _strength(link: CopyLink) -> float:
    """How much a link says, 0 to 1: between two containing texts the one of like length wins."""
    return max((link.jaccard + link.containment) / 2, 0.5 if link.rule == "headline" else 0.0)


def _stars(graph: _Graph) -> dict[int, int]:
    """Map every node to the centre of its star."""
    support = {
        node: round(sum(sorted(bond.strength for bond in near.values())), 9)
        for node, near in graph.near.items()
    }
    members: dict[int, set[int]] = {}
    for node in sorted(graph.nodes, key=lambda each: (-support[each], each)):
        if members.keys().isdisjoint(graph.near[node]):
            members[node] = {node}
    wishes = sorted(
        (-bond.strength, centre, node)
        for node in graph.nodes - members.keys()
        for centre, bond in graph.near[node].items()
        if centre in members
    )
    found = {centre: centre for centre in members}
    for _, centre, node in wishes:
        if node not in found and members[centre].isdisjoint(graph.apart.get(node, ())):
            found[node] = centre
            members[centre].add(node)
    return {node: found.get(node, node) for node in graph.nodes}


def _without_bridges(graph: _Graph, weights: Mapping[int, int]) -> _Graph:
    """The graph without the bonds of pages made of several texts.

    Such a page keeps its bonds to the texts around one only where it is mostly that one.
    """
    kept = {node: _own_side(graph, node, weights) for node in graph.nodes}
    near = {
        node: {
            other: bond
            for other, bond in bonds.items()
            if other in kept[node] and node in kept[other]
        }
        for node, bonds in graph.near.items()
    }
    return _Graph(graph.nodes, graph.apart, near)


def _own_side(graph: _Graph, node: int, weights: Mapping[int, int]) -> AbstractSet[int]:
    """Those neighbours of a node that it may be grouped with."""
    near = graph.near[node]
    sides = _sides(graph, node)
    if sum(sum(weights[each] for each in side) >= _ATTESTED for side in sides) < _ATTESTED:
        return near.keys()
    best = max(near, key=lambda each: (near[each].jaccard, -each))
    if near[best].jaccard < _MOSTLY_ONE:
        return frozenset()
    return next(side for side in sides if best in side)


def _sides(graph: _Graph, node: int) -> list[frozenset[int]]:
    """The neighbours of a node, parted into what is connected among them without it."""
    left = set(graph.near[node])
    sides = []
    while left:
        reached, border = set[int](), {left.pop()}
        while border:
            reached |= border
            border = {other for each in border for other in graph.near[each].keys() & left}
            left -= border
        sides.append(frozenset(reached))
    return sides
