"""Tells what a copy took over from those before it, what it added, and what it cut.

Times of publication decide who was before whom, but the earliest article of a copy group is often
an abridged one: whoever prints an agency's text first has not printed most of it. So three
questions have three answers. What is taken over stands in any article before it that it is a copy
of; what is added stands in none of them; what is cut is missed from one of them, the reference:
the fullest, of those that credit an agency where any do, since a longer one that credits none may
be a report of its own around the same text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aggregator.core.profile import SHINGLE_SIZE
from aggregator.core.shingles import body, runs, tokens

__all__ = ["Source", "Trace", "reference", "source", "standing", "trace"]

_MOST_WORDS: Final = 50_000
_NONE: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """A member of a copy group as it is compared: its folded words and the runs of three."""

    id: int
    agency: str | None
    words: tuple[str, ...]
    shingled: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of a text on its way: figures of one member of a copy group.

    `taken` is the share of its words that stand in runs of three in a member before it, 0 to 1,
    None where it has no words. `added_words` stand in none before it; `cut_words` are those of the
    member `reference_id` that are missing from it. The earliest has no reference.
    """

    taken: float | None
    added_words: int
    cut_words: int
    reference_id: int | None


def source(article_id: int, lead: str, text: str, agency: str | None) -> Source:
    """Make an article ready to be traced; of a very long text the first 50,000 words."""
    words = tokens(body(lead, text))[:_MOST_WORDS]
    return Source(article_id, agency, tuple(words), tuple(runs(words)))


def trace(member: Source, before: Sequence[Source]) -> Trace:
    """The figures of a member; `before` are those before it that it is a copy of, in order."""
    known = _NONE.union(*(each.shingled for each in before))
    taken = sum(standing(member, known))
    whole = reference(before)
    cut = 0
    if whole is not None:
        cut = len(whole.words) - sum(standing(whole, frozenset(member.shingled)))
    return Trace(
        taken=taken / len(member.words) if member.words else None,
        added_words=len(member.words) - taken,
        cut_words=cut,
        reference_id=None if whole is None else whole.id,
    )


def reference(before: Sequence[Source]) -> Source | None:
    """The text by which it is told what a copy cut; of equally full ones the earliest."""
    credited = [each for each in before if each.agency]
    return max(credited or before, key=lambda each: len(each.words), default=None)


def standing(text: Source, known: frozenset[int]) -> list[bool]:
    """Of each word of `text`, whether it stands in a run that is among `known`."""
    stands = [False] * len(text.words)
    width = min(SHINGLE_SIZE, len(text.words))
    for start, digest in enumerate(text.shingled):
        if digest in known:
            stands[start : start + width] = [True] * width
    return stands
