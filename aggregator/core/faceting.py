"""What a search found, counted by outlet, language, tag and time, and put together by story."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

__all__ = ["SPANS", "Brief", "Chosen", "Dimension", "Facet", "Group", "facets", "groups", "pieces"]

Dimension = Literal["since", "language", "outlet", "tag"]
"""By what hits are counted; `since` is how long ago they came at most."""

SPANS: Final = MappingProxyType(
    {
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(days=7),
        "month": timedelta(days=30),
    }
)
"""How far a search may be asked to look back."""

_DIMENSIONS: Final[tuple[Dimension, ...]] = ("since", "language", "outlet", "tag")
_MARKS: Final = ("\ue000", "\ue001")


@dataclass(frozen=True, slots=True)
class Brief:
    """What of a hit is counted; `at` is when it was published, else fetched."""

    id: int
    story_id: int | None
    at: datetime
    outlet: str
    language: str | None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """One value for each dimension, or None for all; `since` is a key of `SPANS`."""

    since: str | None = None
    language: str | None = None
    outlet: str | None = None
    tag: str | None = None

    def value(self, dimension: Dimension) -> str | None:
        """What is chosen of one dimension."""
        return {
            "since": self.since,
            "language": self.language,
            "outlet": self.outlet,
            "tag": self.tag,
        }[dimension]


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of a dimension, and how many hits there would be if it alone were chosen of it."""

    dimension: Dimension
    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one story, in the order of the search; None where they are in no story yet."""

    story_id: int | None
    ids: tuple[int, ...]


def facets(
    briefs: Sequence[Brief], chosen: Chosen, now: datetime, *, most: int = 8
) -> dict[Dimension, tuple[Facet, ...]]:
    """For each dimension its values, `most` at most, those with most hits first; spans by length.

    A value is counted among the hits that fit what is chosen of the other dimensions. One that is
    chosen is always there.
    """
    return {each: tuple(_facets(briefs, chosen, now, each, most)) for each in _DIMENSIONS}


def _facets(
    briefs: Sequence[Brief], chosen: Chosen, now: datetime, dimension: Dimension, most: int
) -> Iterable[Facet]:
    others = [each for each in _DIMENSIONS if each != dimension and chosen.value(each) is not None]
    fitting = (
        brief
        for brief in briefs
        if all(_fits(str(chosen.value(other)), _values(brief, other, now)) for other in others)
    )
    counts = Counter(value for brief in fitting for value in _values(brief, dimension, now))
    wanted = chosen.value(dimension)
    ranked = sorted(counts, key=lambda value: (-counts[value], value))[:most]
    if dimension == "since":
        ranked = [span for span in SPANS if counts[span]]
    if wanted is not None and not any(_fits(wanted, (value,)) for value in ranked):
        ranked.append(wanted)
    for value in ranked:
        is_chosen = wanted is not None and _fits(wanted, (value,))
        yield Facet(dimension, value, counts[value], is_chosen)


def _values(brief: Brief, dimension: Dimension, now: datetime) -> tuple[str, ...]:
    if dimension == "since":
        return tuple(name for name, span in SPANS.items() if brief.at >= now - span)
    if dimension == "language":
        return () if brief.language is None else (brief.language.partition("-")[0].lower(),)
    return (brief.outlet,) if dimension == "outlet" else brief.tags


def _fits(wanted: str, values: Iterable[str]) -> bool:
    return any(wanted.casefold() == value.casefold() for value in values)


def groups(briefs: Iterable[Brief]) -> list[Group]:
    """Hits of one story together, where the first of them stands; what is in none stays alone."""
    together: dict[tuple[int, int], list[int]] = {}
    for brief in briefs:
        key = (0, brief.id) if brief.story_id is None else (1, brief.story_id)
        together.setdefault(key, []).append(brief.id)
    return [
        Group(number if in_story else None, tuple(ids))
        for (in_story, number), ids in together.items()
    ]


def pieces(text: str) -> tuple[tuple[str, bool], ...]:
    """A text in pieces, each with whether it lay between the marks U+E000 and U+E001.

    Marks that do not pair, since the text itself has such characters, are left out.
    """
    begin, end = _MARKS
    found: list[tuple[str, bool]] = []
    for number, part in enumerate(text.split(begin)):
        marked, closed, rest = part.partition(end)
        if number and closed:
            found += [(marked, True), (rest.replace(end, ""), False)]
        else:
            found.append((part.replace(end, ""), False))
    return tuple((piece, is_marked) for piece, is_marked in found if piece)
