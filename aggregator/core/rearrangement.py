"""Tells what becomes of groups or stories when all of them are formed anew."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aggregator.core.connecting import smallest
from aggregator.core.identity import GroupIdentity

__all__ = ["Change", "Part", "changes"]


@dataclass(frozen=True, slots=True)
class Part:
    """A group as it was or will be: its id (None where it is new), how many articles, and one."""

    id: int | None
    articles: int
    example: int


@dataclass(frozen=True, slots=True)
class Change:
    """Groups whose articles are parted otherwise than before.

    Of a "merge" several become one, of a "split" one becomes several, of a "move" articles go from
    one to another.
    """

    kind: Literal["merge", "split", "move"]
    before: tuple[Part, ...]
    after: tuple[Part, ...]

    @property
    def articles(self) -> int:
        """How many articles are in these groups afterwards."""
        return sum(part.articles for part in self.after)


def changes(groups: Iterable[GroupIdentity], previous: Mapping[int, int]) -> list[Change]:
    """What differs, the changes with most articles first; `previous` maps articles to groups.

    Groups that hold articles of one former group, over however many groups, are one change. That an
    article joins that had no group before is none.
    """
    after = list(groups)
    formers = [{previous[each] for each in group.members if each in previous} for group in after]
    sizes = Counter(previous.values())
    examples: dict[int, int] = {}
    for article, group in previous.items():
        examples[group] = min(article, examples.get(group, article))
    found = []
    for places in _connected(formers):
        before = sorted(set[int]().union(*(formers[place] for place in places)))
        if len(before) > 1 or len(places) > 1:
            parts = [Part(group, sizes[group], examples[group]) for group in before]
            found.append(_change(parts, [after[place] for place in places]))
    return sorted(found, key=lambda each: (-each.articles, each.before[0].example))


def _connected(formers: Sequence[set[int]]) -> list[list[int]]:
    """The places of what shares a former group, directly or over others."""
    root_of = smallest(formers)
    sides: dict[int, list[int]] = defaultdict(list)
    for place, groups in enumerate(formers):
        if groups:
            sides[root_of[min(groups)]].append(place)
    return list(sides.values())


def _change(before: Sequence[Part], groups: Iterable[GroupIdentity]) -> Change:
    after = [Part(group.id, len(group.members), min(group.members)) for group in groups]
    order = sorted(after, key=lambda part: (-part.articles, part.example))
    if len(after) == 1:
        return Change("merge", tuple(before), tuple(order))
    return Change("split" if len(before) == 1 else "move", tuple(before), tuple(order))
