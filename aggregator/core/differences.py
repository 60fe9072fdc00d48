"""What a new version of an article changes, for those who look before it is kept."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final, Literal

from aggregator.core.blocks import key
from aggregator.model import Article

__all__ = ["Changed", "Differences", "Line", "differences"]

# What says where an article is, not what it says; text and what was stripped are shown by lines.
_UNSHOWN: Final = frozenset({"url", "canonical_url", "text", "removed", "places"})


@dataclass(frozen=True, slots=True)
class Changed:
    """A field with another value: both as texts, "" for none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text that goes ("-") or comes ("+"); `reason` is why it was stripped, if so."""

    sign: Literal["-", "+"]
    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Differences:
    """All that a new version changes; `stripped` counts what it strips, by reasons, if that is new.

    Lines stand in the order of their texts, those that go before those that come.
    """

    fields: tuple[Changed, ...] = ()
    lines: tuple[Line, ...] = ()
    stripped: Changed | None = None

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.fields or self.lines or self.stripped)


def differences(before: Article, after: Article) -> Differences:
    """Compare two versions, in a time that no text can stretch: lines that only moved are alike."""
    changed = tuple(
        Changed(each.name, _shown(old), _shown(new))
        for each in fields(Article)
        if each.name not in _UNSHOWN
        and (old := getattr(before, each.name)) != (new := getattr(after, each.name))
    )
    return Differences(changed, tuple(_lines(before, after)), _stripped(before, after))


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _lines(before: Article, after: Article) -> Iterator[Line]:
    old, new = before.text.splitlines(), after.text.splitlines()
    for line in _without(old, new):
        yield Line("-", line, _reason(line, after))
    for line in _without(new, old):
        yield Line("+", line, _reason(line, before))
    if Counter(old) == Counter(new) and old != new:
        at = next(at for at, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1])
        yield Line("-", old[at], "moved")
        yield Line("+", new[at], "moved")


def _without(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """The lines that stand more often here than there."""
    there = Counter(others)
    left = []
    for line in lines:
        there[line] -= 1
        if there[line] < 0:
            left.append(line)
    return left


def _reason(line: str, other: Article) -> str:
    """Why the other version has a line among what it stripped, if it has."""
    own = key(line.removeprefix("- "))
    return next((each.reason for each in other.removed if key(each.text) == own), "")


def _stripped(before: Article, after: Article) -> Changed | None:
    old, new = ([(each.reason, each.text) for each in one.removed] for one in (before, after))
    return None if old == new else Changed("stripped", _counted(old), _counted(new))


def _counted(removed: Sequence[tuple[str, str]]) -> str:
    counts = Counter(reason for reason, _ in removed)
    return ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
