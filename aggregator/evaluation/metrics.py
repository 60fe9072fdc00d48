"""How near what was found comes to what is true: pure measures of text, lines and metadata."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

__all__ = [
    "Rates",
    "Segments",
    "agreement",
    "day_is_right",
    "holds_lead",
    "language",
    "leaked_lines",
    "names",
    "overlap",
    "same_title",
    "segments",
    "time_is_right",
    "words",
]

_WORD: Final = re.compile(r"\w+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_NORWEGIAN: Final = frozenset({"nb", "nn"})
_GRAM: Final = 4
_LEAKED: Final = 0.5
_LEAD: Final = 0.8
_MINUTES: Final = timedelta(minutes=5)
# Our times are in UTC, a set's day is that of the place: between these zones it may be another.
_ZONES: Final = (timedelta(hours=-8), timedelta(0), timedelta(hours=9))
_DOUBLE: Final = "\u201e\u201c\u201d\u201f\u00ab\u00bb\u2039\u203a\u301d\u301e"
_SINGLE: Final = "\u2018\u2019\u201a\u201b\u0060\u00b4"
_QUOTES: Final = str.maketrans(dict.fromkeys(_DOUBLE, '"') | dict.fromkeys(_SINGLE, "'"))
_AND: Final = re.compile(r"\s*(?:[,;/&|\n]|\b(?:und|and|et|y|e|en|i)\b)\s*", re.IGNORECASE)
_BY: Final = re.compile(r"^(?:by|von|par|por|di|door)\b:?\s*", re.IGNORECASE)

Gram = tuple[str, ...]


class Rates(NamedTuple):
    """Shares from 0 to 1: of what was found that is true, of what is true that was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


class Segments(NamedTuple):
    """How many pieces of a page were rightly kept, lost, and wrongly kept."""

    kept: int
    lost: int
    leaked: int


def words(text: str) -> list[str]:
    """The words of a text in lower case, as they are seen: a soft hyphen parts none."""
    return _WORD.findall(_INVISIBLE.sub("", text).lower())


def overlap(found: Sequence[str], truth: Sequence[str], size: int = 1) -> Rates:
    """How far two sequences of words agree as bags of their runs of `size` words."""
    ours, theirs = _grams(found, size), _grams(truth, size)
    common = (ours & theirs).total()
    if not ours and not theirs:
        return Rates(1.0, 1.0)
    return Rates(common / ours.total() if ours else 0.0, common / theirs.total() if theirs else 0.0)


def _grams(found: Sequence[str], size: int) -> Counter[Gram]:
    """All runs of `size` words; of a shorter text the one that it is."""
    if not found:
        return Counter()
    return Counter(tuple(found[at : at + size]) for at in range(max(1, len(found) - size + 1)))


def segments(found: str, wanted: Iterable[str], unwanted: Iterable[str]) -> Segments:
    """Count the pieces of text that are in what was found, as they stand."""
    present = [piece in found for piece in wanted]
    return Segments(
        sum(present), len(present) - sum(present), sum(piece in found for piece in unwanted)
    )


def leaked_lines(found: str, truth: Sequence[str]) -> list[str]:
    """The lines of what was found that the true text, as words, does not hold.

    A line leaks where more than half of its runs of four words are nowhere in the truth; one of
    fewer words where it is not.
    """
    known = set(_grams(truth, _GRAM))
    whole = f" {' '.join(truth)} "
    return [line for line in found.splitlines() if _leaks(words(line), known, whole)]


def _leaks(line: Sequence[str], known: set[Gram], whole: str) -> bool:
    if len(line) < _GRAM:
        return bool(line) and f" {' '.join(line)} " not in whole
    grams = set(_grams(line, _GRAM))
    return len(grams - known) > _LEAKED * len(grams)


def holds_lead(lead: Sequence[str], found: Sequence[str]) -> bool:
    """Whether four fifths of the lead's words stand in what was found, in order and together."""
    size = len(lead)
    # Within twice its length: scattered over a long text the words of any lead can be found.
    bag, least = Counter(lead), _LEAD * size
    for at in range(0, max(1, len(found) - size), max(1, size)):
        near = found[at : at + 2 * size]
        # The order costs much more to look at than what is there at all.
        if (bag & Counter(near)).total() >= least and _in_order(lead, near) >= least:
            return True
    return False


def _in_order(a: Sequence[str], b: Sequence[str]) -> int:
    """The length of the longest sequence of words that both have in this order."""
    row = [0] * (len(b) + 1)
    for word in a:
        before = 0
        for at, other in enumerate(b, 1):
            above = row[at]
            row[at] = before + 1 if word == other else max(above, row[at - 1])
            before = above
    return row[-1]


def same_title(a: str, b: str) -> bool:
    """Whether two titles are the same to the eye: spaces and the form of quotation marks apart."""
    return _plain(a) == _plain(b)


def _plain(text: str) -> str:
    seen = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return " ".join(seen.translate(_QUOTES).split())


def names(found: Iterable[str]) -> set[str]:
    """People, each by itself, folded."""
    parts = (_BY.sub("", part.strip()) for each in found for part in _AND.split(each))
    return {" ".join(words(part.casefold())) for part in parts if words(part)}


def agreement(found: Iterable[str], truth: Iterable[str]) -> float:
    """F1 of the people named."""
    ours, theirs = names(found), names(truth)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs) or 1)


def time_is_right(found: datetime | date | None, truth: datetime) -> bool:
    """Whether a time is right to five minutes; a day is no time."""
    if not isinstance(found, datetime) or found.tzinfo is None:
        return False
    return abs(found - truth) <= _MINUTES


def day_is_right(found: datetime | date | None, truth: date) -> bool:
    """Whether a day is right; a moment is where it may be that day at the place it is told of."""
    if not isinstance(found, datetime):
        return found == truth
    if found.tzinfo is None or found.time() == time.min:
        return found.date() == truth
    return truth in {(found.astimezone(UTC) + shift).date() for shift in _ZONES}


def language(found: str | None) -> str:
    """The language of a tag without its region; both written forms of Norwegian are one."""
    code = re.split(r"[-_]", found or "")[0].lower()
    return "no" if code in _NORWEGIAN else code
