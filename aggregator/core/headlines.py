"""The headline of a story: the best of its articles', and why it was taken."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from aggregator.core.terms import count

__all__ = ["Candidate", "Choice", "Reason", "choose"]

Reason = Literal["editor", "only", "most_outlets", "agrees", "plain", "earliest"]
"""Why a headline was taken: `plain` where others shout or only make curious."""

_AGREES: Final = 0.3
_CARRIED, _AGREEMENT, _TITLE_LENGTH = 0.5, 1.0, 0.3
_SHOUTS, _TEASES = 1.0, 0.8
_CAPITALS: Final = 0.6
_LETTERS: Final = 8
_SHORTEST, _LONGEST = 25, 110
# Of a longer one both ends are read: for signs in a row it takes a time that grows as their square.
_END: Final = 200
_LOUD: Final = re.compile(r"!|\+\+\+|^\W*(?:breaking|eilmeldung|eil)\b", re.IGNORECASE)
# Not what happened, but that one should read on to learn it.
_TEASER: Final = re.compile(
    r"\?\W*$|(?:…|\.\.\.)\W*$"
    r"|^\W*(?:so|darum|deshalb|warum|wie|was|wieso|das (?:steckt|sind|ist|müssen)|"
    r"diese[rs]?|why|how|what|here(?:'|’)s|this is|these|watch|you(?:'|’)?)\b"
    r"|^\W*\d+\s+(?:dinge|gründe|tipps|fakten|fragen|things|reasons|tips|facts|ways|questions)\b"
    r"|\b(?:live-?ticker|live-?blog|newsblog|live updates)\b|^\W*(?:kommentar|meinung|opinion)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A headline of a story; `outlets` is how many carry the text that stands under it."""

    article_id: int
    title: str
    language: str | None
    outlets: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The headline that was taken, and what speaks for it."""

    candidate: Candidate
    reasons: tuple[Reason, ...]


def choose(candidates: Sequence[Candidate]) -> Choice | None:
    """Take the best of `candidates`, which come in the order of their time; None where none is.

    What the most say counts most, then how many outlets carry the text; who shouts, or only makes
    curious, stands back. Only headlines in the language of the most are looked at, and the earliest
    of equals is taken.
    """
    told = [each for each in candidates if each.title.strip()]
    if not told:
        return None
    own = [each for each in told if _main(each.language) == _language(told)]
    if len(own) == 1:
        return Choice(own[0], ("only",))
    agreement = _agreement(own)
    best = max(own, key=lambda each: _worth(each, own, agreement))
    return Choice(best, tuple(_reasons(best, own, agreement)))


def _worth(each: Candidate, own: Sequence[Candidate], agreement: Mapping[int, float]) -> float:
    title = each.title.strip()
    most = max(other.outlets for other in own)
    worth = _AGREEMENT * agreement[each.article_id] + _CARRIED * each.outlets / max(most, 1)
    worth -= _SHOUTS if _shouts(title) else 0
    worth -= _TEASES if _teases(title) else 0
    return worth - (0 if _SHORTEST <= len(title) <= _LONGEST else _TITLE_LENGTH)


def _reasons(
    best: Candidate, own: Sequence[Candidate], agreement: Mapping[int, float]
) -> list[Reason]:
    found: list[Reason] = []
    if best.outlets > min(each.outlets for each in own) and best.outlets == max(
        each.outlets for each in own
    ):
        found.append("most_outlets")
    if agreement[best.article_id] >= _AGREES:
        found.append("agrees")
    if _is_plain(best) and not all(map(_is_plain, own)):
        found.append("plain")
    return found or ["earliest"]


def _is_plain(each: Candidate) -> bool:
    return not _shouts(each.title) and not _teases(each.title)


def _teases(title: str) -> bool:
    both_ends = title if len(title) <= 2 * _END else title[:_END] + title[-_END:]
    return _TEASER.search(both_ends) is not None


def _shouts(title: str) -> bool:
    letters = [each for each in title if each.isalpha()]
    capitals = sum(map(str.isupper, letters))
    return bool(_LOUD.search(title)) or (
        len(letters) >= _LETTERS and capitals > _CAPITALS * len(letters)
    )


def _agreement(own: Sequence[Candidate]) -> dict[int, float]:
    """How much each headline says of what the others say: the mean likeness (Dice), 0 to 1."""
    words = {each.article_id: set(count(each.title, each.language)) for each in own}
    return {
        one: sum(_likeness(said, other) for at, other in words.items() if at != one)
        / max(len(words) - 1, 1)
        for one, said in words.items()
    }


def _likeness(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _language(told: Sequence[Candidate]) -> str:
    """The language in which most outlets tell it; of equals that of the earliest."""
    outlets: dict[str, int] = {}
    for each in told:
        main = _main(each.language)
        outlets[main] = outlets.get(main, 0) + each.outlets
    return max(outlets, key=outlets.__getitem__)


def _main(language: str | None) -> str:
    return (language or "").partition("-")[0].lower()
