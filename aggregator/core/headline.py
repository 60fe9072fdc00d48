"""The headline of a page: what its own sources agree on, without the outlet's name behind it."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from aggregator.core.metadata import Metadata

__all__ = ["choose", "likeness", "without_outlet"]

_SEPARATOR = re.compile(r"(?<!\s)\s+[|–—•·»«:/-]\s+|(?<!\s)\s+\|\s*|\|\s*")
_BEHIND = re.compile(r"\s*[|–—•·»«:/-]")
_MAX_LENGTH = 300
# Of a longer title nothing beyond is looked at: it is none.
_READ = 1000
# What a reader sees counts more than one of the headlines meant for machines; where one of these
# resembles it, it is no outlet's name or section, and counts more than all of them.
_SHOWN_WEIGHT: Final = 1.5
_CONFIRMED_WEIGHT: Final = 3.5
_CONFIRMED: Final = 0.3
# A part of a title that says no less than this share of its letters may be the title itself.
_MOST_OF_IT: Final = 0.4
_LEAST_LETTERS: Final = 12


def choose(meta: Metadata, entry_title: str = "") -> str:
    """Return the headline most sources of the page give, the visible one where they disagree.

    The first h1 may be the outlet's name, og:title a variant for search engines, the window's
    title both: so they vote, spelt as the first of them has it. A title with a kicker before it,
    or a section behind it, votes for the one without.
    """
    votes: dict[str, float] = {}
    spelt: dict[str, str] = {}
    for title, weight in _candidates(meta, entry_title):
        if folded := _fold(title):
            votes[folded] = votes.get(folded, 0.0) + weight
            spelt.setdefault(folded, title)
    declared = {_fold(title) for title in _declared(meta, entry_title)}
    shown = {_fold(title) for title in meta.shown}
    own = dict(votes)
    for whole, weight in own.items():
        for part in own:
            if whole != part and part in declared and _is_core(part, whole, spelt, shown):
                votes[part] += weight
    best = max(votes, key=votes.__getitem__, default="")
    return spelt.get(best, "")[:_MAX_LENGTH].rstrip()


def _is_core(part: str, whole: str, spelt: Mapping[str, str], shown: set[str]) -> bool:
    """Whether a title is another one without its kicker, or without the section behind it."""
    if len(part) < max(_MOST_OF_IT * len(whole), _LEAST_LETTERS):
        return False
    if whole.endswith(part):
        return True
    begins = spelt[whole].startswith(spelt[part])
    return (
        begins
        and not {part, whole} & shown
        and bool(_BEHIND.match(spelt[whole][len(spelt[part]) :]))
    )


def _candidates(meta: Metadata, entry_title: str) -> Iterable[tuple[str, float]]:
    for_machines = _declared(meta, entry_title)
    for title in meta.shown:
        if title not in meta.sites and len(title) <= _MAX_LENGTH:
            confirmed = any(likeness(title, other) >= _CONFIRMED for other in for_machines)
            yield title, _CONFIRMED_WEIGHT if confirmed else _SHOWN_WEIGHT
    for title in for_machines:
        yield title, 1.0


def _declared(meta: Metadata, entry_title: str) -> list[str]:
    """The headlines meant for machines, without the outlet's name."""
    titles = (*meta.declared, meta.window, entry_title)
    return [without_outlet(title[:_READ], meta.sites, meta.shown) for title in titles if title]


def likeness(a: str, b: str) -> float:
    """Return the share of words that two texts have in common (Dice), 0 to 1."""
    left, right = (set(re.findall(r"\w+", text.casefold())) for text in (a, b))
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 0.0


def without_outlet(title: str, sites: Iterable[str], shown: Iterable[str] = ()) -> str:
    """Return `title` without "… - Outlet" or "… | Section | Outlet" behind it.

    A part goes where it names one of `sites`, or where what is before it is a headline in `shown`.
    """
    visible = set(shown)
    cuts = [match.start() for match in _SEPARATOR.finditer(title)]
    for cut in cuts:
        if title[:cut] in visible:
            return title[:cut]
    outlets = {folded for site in sites for folded in _foldings(site)}
    for cut in reversed(cuts):
        tail = _SEPARATOR.sub("", title[cut:], count=1)
        if not _names(tail, outlets):
            break
        title = title[:cut]
    return title.strip()


def _foldings(site: str) -> tuple[str, ...]:
    """Return the forms in which `site` may stand behind a headline, letters and digits only."""
    folded = _fold(site.removeprefix("@"))
    first_label = _fold(site.split(".", maxsplit=1)[0]) if "." in site else folded
    return tuple(form for form in (folded, first_label) if form)


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _names(part: str, outlets: set[str]) -> bool:
    folded = _fold(part)
    return folded in outlets or folded.removeprefix("der").removeprefix("the") in outlets
