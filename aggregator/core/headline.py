"""The headline of a page: what its own sources agree on, without the outlet's name behind it."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from aggregator.core.metadata import Metadata

__all__ = ["choose", "likeness", "without_outlet"]

_SEPARATOR = re.compile(r"(?<!\s)\s+[|–—•·»«:/-]\s+|(?<!\s)\s+\|\s*|\|\s*")
_BEHIND = re.compile(r"\s*[|–—•·»«:/-]")
_ENDS_SEPARATED = re.compile(r"(?:\s+[|–—•·»«:/-]\s*|\s*\|\s*|:\s+)$")
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
# A word or two that nothing confirms is a section, a button or an outlet: "Sections", "Lorem".
_HARDLY_WEIGHT: Final = 0.5
# Behind a bar stands the name of a section or an outlet, if it is so much shorter than the title.
_BAR: Final = re.compile(r"\s*\|\s*|\s+»\s+")
_TAIL_SHARE: Final = 0.6
_TAIL_WORDS: Final = 4
_HEAD_WORDS: Final = 3
_DOMAIN: Final = re.compile(r"(?:[\w-]+\.)+(?:com|net|org|info|eu|tv|[a-z]{2})", re.IGNORECASE)


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
            if spelt.setdefault(folded, title).isupper():
                spelt[folded] = title
    declared = {_fold(title) for title in _declared(meta, entry_title, _sites(meta))}
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
    sites = _sites(meta)
    for_machines = _declared(meta, entry_title, sites)
    outlets = _outlets(sites)
    known = {_fold(title) for title in for_machines}
    for title in meta.shown:
        if len(title) <= _MAX_LENGTH and not _names(title, outlets):
            bare = without_outlet(title, sites)
            core = title if _fold(title) in known else _core(title, meta)
            yield (core if core != title else bare), _weight(title, for_machines)
    for title in for_machines:
        yield title, 1.0


def _core(title: str, meta: Metadata) -> str:
    """Return a heading without the kicker or second line that its markup names, if enough is left.

    Where a headline meant for machines has them too, they are part of it.
    """
    core = dict(meta.cores).get(title, "").strip(" :|–—-")
    return core if len(core) >= _LEAST_LETTERS else title


def _sites(meta: Metadata) -> tuple[str, ...]:
    """The names of the outlet, and a heading that stands as one behind the window's title."""
    window = meta.window[:_READ]
    behind = (
        title
        for title in meta.shown
        if window.endswith(title) and _ends_separated(window[: -len(title)], len(title))
    )
    return (*meta.sites, *behind)


def _ends_separated(text: str, least: int) -> bool:
    """Whether `text` is a title of so many letters with a separator behind it."""
    bare = _ENDS_SEPARATED.sub("", text)
    return bare != text and len(bare) >= least


def _weight(title: str, for_machines: Iterable[str]) -> float:
    """What a heading weighs: most where one of the headlines for machines resembles it."""
    if any(likeness(title, other) >= _CONFIRMED for other in for_machines):
        return _CONFIRMED_WEIGHT
    return _SHOWN_WEIGHT if len(title) >= _LEAST_LETTERS else _HARDLY_WEIGHT


def _declared(meta: Metadata, entry_title: str, sites: Iterable[str]) -> list[str]:
    """The headlines meant for machines, without the outlet's name or a section's."""
    titles = (*meta.declared, meta.window, entry_title)
    outlets = _outlets(sites)
    bare = [without_outlet(title[:_READ], sites, meta.shown) for title in titles if title]
    return [
        title if title in meta.shown else _without_section(_without_head(title, outlets))
        for title in bare
    ]


def _without_head(title: str, outlets: set[str]) -> str:
    """Return `title` without "Outlet | " or "Outlet » Section » " before it."""
    for match in reversed(list(_BAR.finditer(title))):
        rest = title[match.end() :]
        if len(rest) >= _LEAST_LETTERS and _names(_BAR.split(title, maxsplit=1)[0], outlets):
            return rest
    return title


def _without_section(title: str) -> str:
    """Return `title` without the few words behind a bar: "Title | Politics | Outlet"."""
    for match in reversed(list(_BAR.finditer(title))):
        head, tail = title[: match.start()], title[match.end() :]
        if len(tail.split()) > _TAIL_WORDS or len(tail) > _TAIL_SHARE * len(head):
            break
        if len(head.split()) < _HEAD_WORDS:
            break
        title = head
    return title


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
    outlets = _outlets(sites)
    for cut in reversed(cuts):
        # Names hold separators themselves: what is none ends with one yet.
        tail = _SEPARATOR.sub("", title[cut:], count=1)
        if _names(tail, outlets):
            title = title[:cut]
    return title.strip()


def _outlets(sites: Iterable[str]) -> set[str]:
    return {folded for site in sites for folded in _foldings(site)}


def _foldings(site: str) -> tuple[str, ...]:
    """Return the forms in which `site` may stand behind a headline, letters and digits only."""
    folded = _fold(site.removeprefix("@"))
    first_label = _fold(site.split(".", maxsplit=1)[0]) if "." in site else folded
    return tuple(form for form in (folded, first_label) if form)


def _fold(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _names(part: str, outlets: set[str]) -> bool:
    folded = _fold(part)
    bare = folded.removeprefix("der").removeprefix("the")
    return folded in outlets or bare in outlets or bool(_DOMAIN.fullmatch(part.strip()))
