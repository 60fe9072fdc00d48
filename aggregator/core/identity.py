"""Keeps the ids of groups and stories while they grow, merge and split."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["GroupIdentity", "Identities", "keep_ids"]

_NO_SIZES: Final[Mapping[int, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GroupIdentity:
    """A group with the id it keeps, or None where it is new."""

    members: frozenset[int]
    id: int | None


@dataclass(frozen=True, slots=True)
class Identities:
    """The groups in the order given, and which former ids now redirect to which kept one.

    A former id that stands in neither (all its articles are gone) is to be dropped.
    """

    groups: tuple[GroupIdentity, ...]
    redirects: Mapping[int, int]


def keep_ids(
    found: Iterable[frozenset[int]],
    previous: Mapping[int, int],
    sizes: Mapping[int, int] = _NO_SIZES,
) -> Identities:
    """Give groups their former ids; `previous` maps article id to former group id.

    `sizes` tells how many articles an id stands for, where that is not one.

    A former id goes with the larger part of its articles (then: with the group it fills more,
    then with the smallest article id). A group that inherits several keeps the oldest (smallest),
    and the others redirect to it. A group that inherits none is new.
    """
    ordered = tuple(found)
    inherited: dict[int, list[int]] = defaultdict(list)
    for former, index in _heirs(ordered, previous, sizes).items():
        inherited[index].append(former)
    kept = tuple(
        GroupIdentity(members, min(inherited[index], default=None))
        for index, members in enumerate(ordered)
    )
    redirects = {
        former: min(formers)
        for formers in inherited.values()
        for former in formers
        if former != min(formers)
    }
    return Identities(kept, redirects)


def _heirs(
    ordered: Sequence[frozenset[int]], previous: Mapping[int, int], sizes: Mapping[int, int]
) -> dict[int, int]:
    """Map each former id to the index of the group that takes it over."""
    shares: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for index, members in enumerate(ordered):
        for each in members & previous.keys():
            shares[previous[each]][index] += sizes.get(each, 1)
    totals = [sum(sizes.get(each, 1) for each in members) for members in ordered]
    return {
        former: min(parts, key=lambda i: (-parts[i], -parts[i] / totals[i], min(ordered[i])))
        for former, parts in shares.items()
    }
