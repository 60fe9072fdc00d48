"""An article of which what recurs on its site was taken out, and its lines put back in place."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aggregator.core.forms import Form, are_near, form
from aggregator.core.furniture import LEARNT, Page
from aggregator.model import Article, Removed

__all__ = [
    "LEAD",
    "Kept",
    "Mended",
    "applied",
    "as_page",
    "holds",
    "mended",
    "state_of",
    "whole",
]

LEAD: Final = -1
"""The place of the lead, before all blocks."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What learning changes of an article; `places` are those of the lines of `text`."""

    lead: str
    text: str
    places: tuple[int, ...]
    learnt: tuple[Removed, ...]

    @property
    def word_count(self) -> int:
        """Words in lead and text."""
        return len(self.lead.split()) + len(self.text.split())


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as it is kept; `learnt` is what was taken out because it recurs on the site.

    `fresh` says that nobody has looked yet whether it has something that recurs.
    """

    id: int
    title: str
    language: str | None
    seen_at: datetime
    fresh: bool
    state: Mended


def whole(state: Mended) -> tuple[Removed, ...]:
    """All lines, in order: lead, text, and what was taken out as recurring."""
    lines = state.text.split("\n") if state.text else []
    # Articles of before places were kept: only the order of their lines is known.
    known = state.places if len(state.places) == len(lines) else tuple(range(len(lines)))
    shown = [Removed(line, "", place) for line, place in zip(lines, known, strict=True)]
    lead = [Removed(state.lead, "", LEAD)] if state.lead else []
    every = (*lead, *state.learnt, *shown)
    return tuple(sorted(every, key=lambda line: line.position))


def state_of(article: Article) -> Mended:
    """What learning looks at of an article."""
    learnt = tuple(block for block in article.removed if block.reason == LEARNT)
    return Mended(article.lead, article.text, article.places, learnt)


def applied(article: Article, state: Mended) -> Article:
    """The article in another state; what learning took stands behind all else that was taken."""
    others = tuple(block for block in article.removed if block.reason != LEARNT)
    removed = (*others, *state.learnt)
    return replace(article, lead=state.lead, text=state.text, places=state.places, removed=removed)


def as_page(kept: Kept) -> Page:
    """An article as learning looks at it."""
    lines = tuple(line.text for line in whole(kept.state))
    return Page(kept.title, kept.language, lines, kept.seen_at, fresh=kept.fresh)


def mended(state: Mended, taken: Collection[int]) -> Mended:
    """The article without the lines at `taken`, counted in `whole`, and with all others."""
    every = whole(state)
    shown = [line for at, line in enumerate(every) if at not in taken]
    text = [line for line in shown if line.position != LEAD]
    return Mended(
        lead=next((line.text for line in shown if line.position == LEAD), ""),
        text="\n".join(line.text for line in text),
        places=tuple(line.position for line in text),
        learnt=tuple(
            Removed(line.text, LEARNT, line.position)
            for at, line in enumerate(every)
            if at in taken
        ),
    )


def holds(state: Mended, wanted: Form, *, taken_out: bool) -> bool:
    """Whether a line that is nearly of this form was taken out of an article, or is in it."""
    return any(
        are_near(form(line.text), wanted)
        for line in whole(state)
        if (line.reason == LEARNT) is taken_out
    )
