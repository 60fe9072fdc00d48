"""Does a feed carry its articles whole? Measured against their pages, and then trusted with care.

A feed is believed once three of its entries in a row carried all that their pages did, and none of
the last ten was found cut. Even then only what looks like those entries is taken without its page:
neither much shorter nor much longer than what was measured, with no sign of a cut at its end; and
now and then one is measured again.
"""

from dataclasses import dataclass
from typing import Final, Literal

from aggregator.core.urls import is_front_page
from aggregator.model import Entry, TextSource

__all__ = [
    "Carrying",
    "Measure",
    "Plan",
    "Reason",
    "after_measure",
    "after_taking",
    "carries_whole",
    "plan",
    "reason",
]

_WHOLE: Final = 0.9
_PROVEN: Final = 3
_REMEMBERED: Final = 10
_MEASURED_AGAIN: Final = 20

Plan = Literal["page", "feed", "measure"]
"""Where an article's text is taken from: its page, its entry, or its page to compare the two."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How an entry's text stood to its page: the share of the article that it carries, 0 to 1.

    `words` is the entry's length; `sign` is what shows at its end that it was cut, "" for nothing.
    """

    share: float
    words: int
    sign: str = ""

    @property
    def whole(self) -> bool:
        """Whether the entry carried the article."""
        return self.share >= _WHOLE and not self.sign


@dataclass(frozen=True, slots=True)
class Carrying:
    """What is known of a feed: its last few measures, the newest last.

    `taken` counts the entries that were taken without their page since.
    """

    measures: tuple[Measure, ...] = ()
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why texts are taken from where they are, for all such feeds and for this one."""

    sentence: str
    detail: str = ""


def carries_whole(known: Carrying) -> bool:
    """Whether the feed is believed to carry whole articles."""
    return len(known.measures) >= _PROVEN and all(each.whole for each in known.measures)


def after_measure(known: Carrying, measured: Measure | None) -> Carrying:
    """What is known once a page was asked for; None where it gave nothing to measure by."""
    if measured is None:
        return Carrying(known.measures, 0)
    return Carrying((*known.measures, measured)[-_REMEMBERED:], 0)


def after_taking(known: Carrying) -> Carrying:
    """What is known once one more entry was taken without its page."""
    return Carrying(known.measures, known.taken + 1)


def plan(entry: Entry, wish: TextSource, known: Carrying, *, shared: bool) -> Plan:
    """Where to take the text of `entry` from; `wish` is the operator's.

    `shared`: other entries of the feed have its link, so that the page is none of its own.
    """
    if wish != "auto":
        return wish
    if entry.link is None:
        return "feed"
    if shared or is_front_page(entry.link):
        return "page"
    return "feed" if carries_whole(known) and known.taken + 1 < _MEASURED_AGAIN else "measure"


def reason(wish: TextSource, known: Carrying) -> Reason:
    """Say in words why a feed's articles are taken from where they are."""
    if wish != "auto":
        return Reason("as feeds.yaml says")
    if not known.measures:
        return Reason("not measured yet")
    count = len(known.measures)
    cut = next((each for each in reversed(known.measures) if not each.whole), None)
    if cut is not None and cut.sign:
        return Reason(f"an entry {cut.sign}", f"one of {count} measured")
    if cut is not None:
        carried = f"{cut.share:.0%} of it, one of {count} measured"
        return Reason("an entry carries less than its page", carried)
    least = min(int(each.share * 100) for each in known.measures)
    detail = f"{least}% or more of them, {count} measured"
    if count < _PROVEN:
        return Reason(f"entries carry what their pages do, but {_PROVEN} must be measured", detail)
    return Reason("entries carry what their pages do", detail)
