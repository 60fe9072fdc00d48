"""The floors below which no figure may fall: kept with the digests of the data they are of."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aggregator.evaluation.contestants import OURS
from aggregator.evaluation.corpora import Half
from aggregator.evaluation.figures import ALL, GERMAN, Figure, Kind

__all__ = ["Floors", "Verdict", "judge", "raised", "read", "write"]

_DIGITS: Final = 4
_PERCEPTIBLE: Final = 1e-9
_OF_ALL: Final = frozenset({ALL, GERMAN})

Key = tuple[Kind, str, Half]


@dataclass(frozen=True, slots=True)
class Floors:
    """`digests` of the sets by name, and what each figure of ours must reach."""

    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[Key, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the floors say of a run, in sentences. It holds where neither says anything.

    `falls` are figures below their floor, `strange` is what cannot be compared at all.
    """

    falls: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    compared: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing fell and everything could be compared."""
        return not self.falls and not self.strange


def read(path: Path) -> Floors:
    """The floors in a file; none where there is no file yet."""
    if not path.exists():
        return Floors()
    kept = json.loads(path.read_text("utf-8"))
    values = {
        (Kind(kind), group, Half(half)): value
        for kind, groups in kept["floors"].items()
        for group, halves in groups.items()
        for half, value in halves.items()
    }
    return Floors(kept["digests"], values)


def write(floors: Floors, path: Path) -> None:
    """Keep the floors in a file, in an order that stays."""
    nested: dict[str, dict[str, dict[str, float]]] = {}
    for (kind, group, half), value in floors.values.items():
        nested.setdefault(kind, {}).setdefault(group, {})[half] = value
    kept = {"digests": dict(floors.digests), "floors": nested}
    path.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", "utf-8")


def judge(
    floors: Floors, digests: Mapping[str, str], figures: Sequence[Figure], *, part: bool = False
) -> Verdict:
    """Compare a run with its floors; `part` says that sets were left out on purpose."""
    strange = tuple(_strange(floors, digests, part=part))
    reached = dict(_ours(figures))
    falls, compared = [], 0
    for key, floor in floors.values.items():
        if not _comparable(key[1], floors, digests):
            continue
        compared += 1
        value = reached.get(key)
        if value is None or _worse(key[0], value, floor):
            shown = "is not there" if value is None else f"is {value:.4f}"
            falls.append(f"{_named(key)} {shown}, its floor is {floor:.4f}")
    return Verdict(tuple(falls), strange, compared)


def raised(floors: Floors, digests: Mapping[str, str], figures: Sequence[Figure]) -> Floors:
    """The floors with each that was surpassed raised, and new ones; none is ever lowered."""
    values = dict(floors.values)
    known = Floors(floors.digests or digests, values)
    for key, value in _ours(figures):
        rounded = _rounded(key[0], value)
        if _comparable(key[1], known, digests) and (
            key not in values or _worse(key[0], values[key], rounded)
        ):
            values[key] = rounded
    return Floors(known.digests, values)


def _ours(figures: Sequence[Figure]) -> Iterator[tuple[Key, float]]:
    for each in figures:
        if each.contestant == OURS and not each.kind.of_the_machine:
            yield (each.kind, each.group, each.half), each.value


def _strange(floors: Floors, digests: Mapping[str, str], *, part: bool) -> Iterator[str]:
    for name, digest in floors.digests.items():
        if name not in digests:
            if not part:
                yield f"the set {name} is not here: its floors were not compared"
        elif digests[name] != digest:
            yield f"the set {name} is not the one its floors are of: they cannot be compared"
    if floors.digests:
        for name in digests.keys() - floors.digests.keys():
            yield f"the set {name} is new: the floors of all pages are of others"


def _comparable(group: str, floors: Floors, digests: Mapping[str, str]) -> bool:
    """Whether a group is made of the very data that its floor is of."""
    if group in _OF_ALL:
        return dict(floors.digests) == dict(digests)
    name = group.partition(",")[0]
    return name in digests and floors.digests.get(name) == digests[name]


def _worse(kind: Kind, value: float, floor: float) -> bool:
    lacking = value - floor if kind.less_is_better else floor - value
    return lacking > _PERCEPTIBLE


def _rounded(kind: Kind, value: float) -> float:
    """To the side on which the figure itself still passes."""
    scale = 10**_DIGITS
    towards = math.ceil if kind.less_is_better else math.floor
    return towards(value * scale) / scale


def _named(key: Key) -> str:
    kind, group, half = key
    return f"{kind}: {group} ({half})"
