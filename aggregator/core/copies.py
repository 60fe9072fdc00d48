"""Decides which two articles carry one text: verifies candidates exactly, and names the rule."""

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal

from aggregator.core.alignment import Alignment, align
from aggregator.core.profile import SHORT_WORDS
from aggregator.core.shingles import (
    body,
    containment,
    headlines,
    is_number,
    jaccard,
    runs,
    tokens,
)
from aggregator.model import CopyLink
from aggregator.settings import ClusterSettings

__all__ = ["SAME_TEXT", "Check", "Comparison", "Prepared", "compare", "prepare", "verify"]

_MIN_SHARED: Final = 8
"""Shingles two texts must share before shares of them mean anything."""
_LENGTH_RATIO: Final = 12.0
"""A text so many times longer than what it contains is a compilation, not a copy."""
SAME_TEXT: Final = 0.8
"""Jaccard likeness of texts that are one, whatever kind of page they stand on."""
_ALIGNED: Final = 0.82
_STRETCH: Final = 0.62
_PURITY: Final = 0.94
_REPLACED: Final = 0.05
_REWORDED: Final = 0.6
_RUN: Final = 4.0
_MOSTLY_PROSE: Final = 0.5
_WORTH_ALIGNING: Final = 0.15
_TEMPLATE_NUMBERS: Final = 2
_MOST_WORDS: Final = 50_000
_LONG_LINE: Final = 12
# Lines with figures may be what a form is filled with, so they count as sentences.
_DIGIT: Final = re.compile(r"\d")
_ENDS: Final = frozenset(".!?…。！？")  # noqa: RUF001 - signs of other scripts
_TIMED_ENTRIES: Final = 4
_TIMED_ENTRY: Final = re.compile(
    r"^[^\w\n]*+\d{1,2}[:.]\d{2}(?:\s*(?:Uhr|h|am|pm|a\.m\.|p\.m\.))?\b", re.MULTILINE
)
_TICKER_TITLE: Final = re.compile(
    r"\b(?:live|news)[- ]?(?:ticker|blog|updates?)\b|\bticker\b|\bin brief\b|\bas it happened\b"
    r"|\bkurz (?:gemeldet|notiert)\b|\bkurzmeldungen\b|\bpresseschau\b|\ben direct\b"
    r"|\bminuto a minuto\b|\bthe latest:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One article made ready to be compared.

    `words` are the folded words of lead and text and `shingles` their runs; `prose` are those of
    the lines that are sentences, without captions, credits and prompts, where there are any;
    `headlines` are the sequences by which its title is recognised. `compound` marks tickers, live
    blogs and news in brief, which contain other texts without being a copy of them. `outlet` is ""
    where unknown.
    """

    headlines: tuple[tuple[str, ...], ...]
    words: tuple[str, ...]
    shingles: frozenset[int]
    prose: tuple[str, ...]
    numbers: frozenset[str]
    compound: bool
    outlet: str = ""

    @property
    def is_short(self) -> bool:
        """Whether the text alone is too short to be evidence."""
        return len(self.words) < SHORT_WORDS


@dataclass(frozen=True, slots=True)
class Check:
    """One question that was asked of two articles: is what was `found` within its limit."""

    name: str
    found: float
    bound: Literal["least", "most"]
    limit: float

    @property
    def holds(self) -> bool:
        """Whether the answer is yes."""
        return self.found >= self.limit if self.bound == "least" else self.found <= self.limit


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two articles: the rule that links them, or None, and why.

    `checks` are the questions in the order in which they were asked; what decided is among them.
    """

    rule: str | None
    jaccard: float
    containment: float
    checks: tuple[Check, ...]


def prepare(title: str, lead: str, text: str, outlet: str = "") -> Prepared:
    """Make an article ready for `verify`; `outlet` may be any name of who publishes it.

    Of a text longer than a book is thick only the first 50,000 words are compared.
    """
    whole = body(lead, text)
    words = tuple(tokens(whole)[:_MOST_WORDS])
    return Prepared(
        headlines=headlines(title),
        words=words,
        shingles=frozenset(runs(words)),
        prose=_prose(whole, len(words)),
        numbers=frozenset(filter(is_number, words)),
        compound=_is_compound(title, whole),
        outlet=outlet,
    )


def _prose(whole: str, count: int) -> tuple[str, ...]:
    """The words of the lines that are sentences; none where that is all `count` words."""
    lines = whole.splitlines()
    said = [each for each in lines if _is_sentence(each) or len(each.split()) >= _LONG_LINE]
    words = tuple(tokens("\n".join(said))[:_MOST_WORDS]) if len(said) < len(lines) else ()
    return words if len(words) < count else ()


def _is_sentence(line: str) -> bool:
    """Whether a line ends as sentences do, or has figures; read from its end, to be quick."""
    behind = takewhile(lambda sign: not (sign.isalnum() or sign == "_"), reversed(line))
    return any(sign in _ENDS for sign in behind) or _DIGIT.search(line) is not None


def _is_compound(title: str, whole: str) -> bool:
    if _TICKER_TITLE.search(title):
        return True
    return len(_TIMED_ENTRY.findall(whole)) >= _TIMED_ENTRIES


def verify(
    a_id: int, a: Prepared, b_id: int, b: Prepared, settings: ClusterSettings
) -> CopyLink | None:
    """Compare two articles exactly; None where they are not copies of each other.

    Rules, of which the first that holds is named in the link: "jaccard" (the texts are alike),
    "containment" (the shorter is in the longer), "alignment" (the shorter is in the longer with
    single words replaced), "headline" (same headline, and at least one has next to no text),
    "compound" (contained in a page made of many texts: `groups` never unites over it).
    """
    if a_id > b_id:
        a_id, a, b_id, b = b_id, b, a_id, a
    found = compare(a, b, settings)
    if found.rule is None:
        return None
    return CopyLink(a_id, b_id, found.jaccard, found.containment, found.rule)


def compare(a: Prepared, b: Prepared, settings: ClusterSettings) -> Comparison:
    """What `verify` finds, with all that it asked on the way there."""
    shares = jaccard(a.shingles, b.shingles), containment(a.shingles, b.shingles)
    asked = _Asked()
    rule = _short_rule(a, b, shares, asked) if a.is_short or b.is_short else None
    if rule is None:
        rule = _text_rule(a, b, shares, settings, asked)
    return Comparison(rule, *shares, tuple(asked))


class _Asked(list[Check]):
    """The questions that were asked so far."""

    def at_least(self, name: str, found: float, limit: float) -> bool:
        """Ask whether something reaches a limit."""
        self.append(Check(name, found, "least", limit))
        return found >= limit

    def at_most(self, name: str, found: float, limit: float) -> bool:
        """Ask whether something stays within a limit."""
        self.append(Check(name, found, "most", limit))
        return found <= limit


def _text_rule(
    a: Prepared,
    b: Prepared,
    shares: tuple[float, float],
    settings: ClusterSettings,
    asked: _Asked,
) -> str | None:
    # By words where both are as long: which id is the smaller depends on who was fetched first.
    short, long = sorted((a, b), key=lambda each: (len(each.words), each.words))
    if not asked.at_least("shared", len(a.shingles & b.shingles), _MIN_SHARED):
        return None
    if short.is_short and not asked.at_least("backed", _is_backed(short, long), 1):
        return None
    rule = _likeness_rule(short, long, shares, settings, asked)
    return None if rule is None or _is_template(short, long, asked) else rule


def _likeness_rule(
    short: Prepared,
    long: Prepared,
    shares: tuple[float, float],
    settings: ClusterSettings,
    asked: _Asked,
) -> str | None:
    resemblance, contained = shares
    # A page that is marked as made of many texts may be half one of them.
    wanted = settings.jaccard if long.compound == short.compound else SAME_TEXT
    if asked.at_least("jaccard", resemblance, wanted):
        return "jaccard"
    if asked.at_least("containment", contained, settings.containment):
        rule = "containment"
    elif asked.at_least("worth_aligning", contained, _WORTH_ALIGNING) and _stands_in(
        short, long, asked
    ):
        rule = "alignment"
    else:
        return None
    return rule if _is_one_text(short, long, asked) else "compound"


def _is_one_text(short: Prepared, long: Prepared, asked: _Asked) -> bool:
    alike = asked.at_most("compound", long.compound != short.compound, 0)
    ratio = len(long.words) / max(1, len(short.words))
    return asked.at_most("length_ratio", ratio, _LENGTH_RATIO) and alike


def _stands_in(short: Prepared, long: Prepared, asked: _Asked) -> bool:
    """Whether a text stands in the other, as it is or without what may have come along.

    What is no sentence is left out only where enough remains, and never at one outlet, whose
    notices stand under many a headline.
    """
    if _is_embedded(align(short.words, long.words), asked):
        return True
    if len(short.prose) < SHORT_WORDS or _same_outlet(short, long):
        return False
    share = len(short.prose) / len(short.words)
    return asked.at_least("prose", share, _MOSTLY_PROSE) and _is_embedded(
        align(short.prose, long.words), asked
    )


def _is_embedded(found: Alignment, asked: _Asked) -> bool:
    """Whether a text stands in the other as a whole, or but for what surrounds it on its page."""
    spans = asked.at_least("stretch", found.stretch, _STRETCH)
    surrounded = asked.at_least("purity", found.purity, _PURITY) and spans
    if asked.at_least("alignment", found.share, _ALIGNED) or surrounded:
        return True
    # A rewritten text has other words too, but not one for one; a form has, but few together.
    reworded = asked.at_least("replaced", found.replaced, _REPLACED)
    reworded = asked.at_least("run", found.run, _RUN) and reworded
    return asked.at_least("reworded", found.share, _REWORDED) and reworded


def _is_template(short: Prepared, long: Prepared, asked: _Asked) -> bool:
    """Whether the two fill one form with other numbers, as draws, prices and forecasts do.

    Told by the numbers that stand in the same place and differ; numbers elsewhere (a telephone
    number in what surrounds one text) say nothing. In short texts each counts; in longer ones a
    few may have been brought up to date.
    """
    least = 1 if short.is_short else _TEMPLATE_NUMBERS
    if len(short.numbers - long.numbers) < least:
        return False
    found = align(short.words, long.words)
    most = least - 1 if short.is_short else max(least - 1, found.kept_numbers)
    return not asked.at_most("changed_numbers", found.changed_numbers, most)


def _short_rule(a: Prepared, b: Prepared, shares: tuple[float, float], asked: _Asked) -> str | None:
    """Evidence where at least one has next to no text: the same headline at another outlet.

    At one outlet the same headline is mostly a column that comes back ("Pictures of the day").
    """
    if not asked.at_least("headline", len(set(a.headlines) & set(b.headlines)), 1):
        return None
    if not asked.at_most("same_outlet", _same_outlet(a, b), 0):
        return None
    alike = a.is_short and b.is_short and max(shares) > 0
    if alike and not asked.at_least("numbers_agree", _short_numbers_agree(a, b), 1):
        return None
    return "headline"


def _short_numbers_agree(a: Prepared, b: Prepared) -> bool:
    return a.numbers <= b.numbers or b.numbers <= a.numbers


def _is_backed(short: Prepared, long: Prepared) -> bool:
    """Whether a short text may stand on its own: not one outlet's notice put under any title."""
    return not _same_outlet(short, long) or bool(set(short.headlines) & set(long.headlines))


def _same_outlet(a: Prepared, b: Prepared) -> bool:
    return bool(a.outlet) and a.outlet == b.outlet
