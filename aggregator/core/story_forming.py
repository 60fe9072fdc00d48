"""Forms stories of copy groups out of how alike those are, so that no story hangs by a thread.

Average linkage (Sokal and Michener, "A statistical method for evaluating systematic relationships",
1958): the two most alike stories become one, again and again, until no two are alike enough *on
average*, over eight of a large one. One strong likeness between two reports is not enough where the
rest of their stories has nothing in common, so that stories do not chain; and what is joined first
does not stick, since all is formed anew whenever a likeness is new.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aggregator.model import Constraints, StoryLink

__all__ = ["MOST_AVERAGED", "MOST_LINKS", "alike", "form"]

MOST_LINKS: Final = 12
"""With how many others a group is linked at most by its own doing, those it is most like."""

MOST_AVERAGED: Final = 8
"""Over how many of a story's groups a group's likeness to it is averaged at most."""

_LOOSENESS: Final = 0.25
_DIGITS: Final = 9


def form(
    sizes: Mapping[int, int],
    links: Iterable[StoryLink],
    constraints: Constraints,
    threshold: float,
) -> tuple[frozenset[int], ...]:
    """Part the ids into stories, ordered by their smallest id.

    `sizes` maps each id to how many copy groups it stands for: 1, or more where a large story's old
    part is taken for one. `links` are likenesses of at least `threshold` between ids; what is not
    linked counts as 0. The outcome depends on no order: of equally alike pairs the one with the
    smaller ids is joined first. Constraints come before: what must be together starts as one story,
    and no two stories join of which one has a member that must be apart from one of the other.
    """
    parts = _Parts(threshold)
    for each, size in sizes.items():
        parts.add(each, size)
    for link in links:
        if link.a in sizes and link.b in sizes and link.a != link.b:
            parts.link(link)
    for a, b in sorted(constraints.apart):
        parts.forbid(a, b)
    for a, b in sorted(constraints.together):
        parts.unite(a, b)
    parts.agglomerate()
    return tuple(sorted(map(frozenset, parts.members.values()), key=min))


def alike(left: Iterable[int], right: Iterable[int], links: Iterable[StoryLink]) -> float:
    """How alike two stories are on average, as it is weighed against the threshold, 0 to 1."""
    sides = [sorted(left), sorted(right)]
    parts = _Parts(0.0)
    for each in (*sides[0], *sides[1]):
        parts.add(each, 1)
    for link in links:
        if link.a in parts.part_of and link.b in parts.part_of:
            parts.link(link)
    for side in sides:
        for each in side[1:]:
            parts.unite(side[0], each)
    a, b = (parts.part_of[side[0]] for side in sides)
    entry = parts.entry(a, b) if b in parts.near[a] else None
    return -entry[0] if entry else 0.0


@dataclass(slots=True)
class _Parts:
    """Stories as they grow: a part is named by a number that no later one has again."""

    threshold: float
    part_of: dict[int, int] = field(default_factory=dict)
    members: dict[int, list[int]] = field(default_factory=dict)
    size: dict[int, int] = field(default_factory=dict)
    inner: dict[int, float] = field(default_factory=dict)
    ease: dict[int, float] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)
    near: dict[int, dict[int, float]] = field(default_factory=dict)
    apart: dict[int, set[int]] = field(default_factory=dict)
    made: int = 0

    def add(self, each: int, size: int) -> None:
        """A part of one id; the likenesses within what it stands for are taken to just do."""
        self._new(
            size, self.threshold * _pairs(size, size) / 2 if size > 1 else 0.0, [each], {}, set()
        )

    def link(self, link: StoryLink) -> None:
        a, b = self.part_of[link.a], self.part_of[link.b]
        self.near[a][b] = self.near[b][a] = link.likeness

    def forbid(self, a: int, b: int) -> None:
        if a in self.part_of and b in self.part_of:
            left, right = self.part_of[a], self.part_of[b]
            self.apart[left].add(right)
            self.apart[right].add(left)

    def unite(self, a: int, b: int) -> None:
        if a in self.part_of and b in self.part_of and self.part_of[a] != self.part_of[b]:
            self.merge(self.part_of[a], self.part_of[b])

    def agglomerate(self) -> None:
        """Join the two parts that are most alike until none are alike enough."""
        queue = [
            entry for a in self.near for b in self.near[a] if a < b and (entry := self.entry(a, b))
        ]
        heapq.heapify(queue)
        while queue:
            *_, a, b = heapq.heappop(queue)
            if a in self.members and b in self.members:
                made = self.merge(a, b)
                for other in self.near[made]:
                    if entry := self.entry(made, other):
                        heapq.heappush(queue, entry)

    def merge(self, a: int, b: int) -> int:
        """Make one part of two; returns its number."""
        near, less = self.near.pop(a), self.near.pop(b)
        inner = self.inner.pop(a) + self.inner.pop(b) + near.pop(b, 0.0)
        less.pop(a, None)
        if len(near) < len(less):
            near, less = less, near
        for other, likeness in less.items():
            near[other] = near.get(other, 0.0) + likeness
        apart = (self.apart.pop(a) | self.apart.pop(b)) - {a, b}
        members = self.members.pop(a) + self.members.pop(b)
        made = self._new(self.size.pop(a) + self.size.pop(b), inner, members, near, apart)
        for other, likeness in near.items():
            self.near[other].pop(a, None)
            self.near[other].pop(b, None)
            self.near[other][made] = likeness
        for other in apart:
            self.apart[other] -= {a, b}
            self.apart[other].add(made)
        return made

    def _new(
        self, size: int, inner: float, members: list[int], near: dict[int, float], apart: set[int]
    ) -> int:
        made = self.made
        self.made += 1
        self.size[made], self.inner[made], self.members[made] = size, inner, members
        self.near[made], self.apart[made] = near, apart
        self.ease[made], self.first[made] = _ease(size, inner), min(members)
        for each in members:
            self.part_of[each] = made
        return made

    def entry(self, a: int, b: int) -> tuple[float, int, int, int, int] | None:
        """A pair of parts for the queue, None where they are not alike enough or kept apart."""
        if b in self.apart[a]:
            return None
        mean = self.near[a][b] / _pairs(self.size[a], self.size[b])
        score = min(1.0, round(mean / (self.ease[a] * self.ease[b]), _DIGITS))
        if score < self.threshold:
            return None
        low, high = self.first[a], self.first[b]
        return (-score, low, high, a, b) if low < high else (-score, high, low, a, b)


def _ease(size: int, inner: float) -> float:
    """How alike the texts of a part are among themselves, damped; 1 for a single one.

    A story of many varied reports asks less likeness of a further one.
    """
    if size == 1:
        return 1.0
    return float(min(1.0, (size + 2 * inner) / _pairs(size, size)) ** _LOOSENESS)


def _pairs(a: int, b: int) -> int:
    """Over how many pairs likeness is averaged: of a large story a group need not be like all."""
    return min(a, b) * min(max(a, b), MOST_AVERAGED)
