"""Says in an editor's words why articles are together or apart, in any language."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol

from aggregator.core.speech import ENGLISH, Speech
from aggregator.core.speech import later as _

if TYPE_CHECKING:
    from aggregator.core.copies import Check, Comparison

__all__ = [
    "Candidates",
    "Fact",
    "Taken",
    "asked",
    "because",
    "compared",
    "figures",
    "quoted_from",
    "shares",
    "together",
    "told",
    "verdict",
]

Fact = Literal["waits", "alone", "parted", "decided", "lonely", "forgotten", "missed"]
"""What can be said of an article's place where there is no other article to speak of."""

_MOST_DIGITS: Final = 6
_THOUSAND: Final = 1000

# What is asked, and how figures are shown: "%" as a share, "." with its parts, "n" as a number, ""
# not at all.
_QUESTIONS: Final = MappingProxyType(
    {
        "headline": (_("headlines that both have, of such as say enough"), "n"),
        "same_outlet": (_("they are of different outlets"), ""),
        "numbers_agree": (_("the numbers of the one are among those of the other"), ""),
        "shared": (_("word triples that both have"), "n"),
        "backed": (_("the short text is at another outlet, or under the same headline"), ""),
        "jaccard": (_("of all their word triples, both have"), "%"),
        "containment": (_("of the shorter one's word triples, the longer one has"), "%"),
        "worth_aligning": (_("of these, to be compared word by word"), "%"),
        "stretch": (_("of the shorter one, its best passage within the longer one spans"), "%"),
        "purity": (_("of that passage's words, the longer one has"), "%"),
        "alignment": (_("of the shorter one's words, those in the same places make"), "%"),
        "replaced": (_("of these, others stand in their places, one for one"), "%"),
        "run": (_("equal words that stand together, in the mean"), "n"),
        "reworded": (
            _("with that, of the shorter one's words, those in the same places make"),
            "%",
        ),
        "prose": (_("of the shorter one's words, those in sentences make"), "%"),
        "compound": (_("both or neither are pages made of many texts"), ""),
        "length_ratio": (_("times that the longer one is as long"), "n"),
        "changed_numbers": (_("numbers that differ in the same places, as in a form"), "n"),
        "language": (_("both are in one language"), ""),
        "hours_apart": (_("hours between their copy groups"), "n"),
        "series": (_("they are no two pieces of a series of one outlet"), ""),
        "form": (_("on two days, they do not fill one form with other numbers"), ""),
        "terms": (_("telling terms that both have"), "n"),
        "story_likeness": (_("likeness of the two texts"), "."),
        "stories_likeness": (_("likeness of their two stories on average"), "."),
    }
)


_RULES: Final = MappingProxyType(
    {
        "words": _("the very same words"),
        "jaccard": _("alike: {both} of all their word triples stand in both"),
        "containment": _(
            "contained: {contained} of the word triples of {shorter} stand in {longer}"
        ),
        "alignment": _(
            "contained with words replaced: the words of {shorter} stand in order in {longer}"
        ),
        "headline": _(
            "same headline at two outlets, and at least one has next to no text of its own"
        ),
        "compound": _(
            "{contained} of the word triples of {shorter} stand in {longer}, but that is a page "
            "made of many texts, which never brings others together"
        ),
    }
)
_KINDS: Final = MappingProxyType(
    {
        "bands": _("bands"),
        "passages": _("passages"),
        "headlines": _("headlines"),
        "texts": _("texts"),
    }
)
_FACTS: Final[Mapping[Fact, str]] = MappingProxyType(
    {
        "waits": _("It waits to be clustered by the next run."),
        "alone": _("No other article was found to carry its text."),
        "parted": _(
            "But for those that editors hold it apart from, no other article was found to carry "
            "its text."
        ),
        "decided": _("No rule links it to another: only what editors decided holds it there."),
        "lonely": _("There is no other text in it."),
        "forgotten": _("An older program put it there, and kept no more of why."),
        "missed": _(
            "It was not found when they were placed: each text is linked to its likest only."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Whether two articles are compared at all: keys they share by kind, and hours between them.

    `found` says that a search for the one comes upon the other.
    """

    shared_keys: Mapping[str, int]
    hours_apart: float
    window_hours: float
    one_profile: bool
    found: bool


# --- questions -------------------------------------------------------------------------------


def asked(check: "Check", speech: Speech = ENGLISH) -> str:
    """One question with its answer, e.g. "word triples that both have: 3 (at least 8): no"."""
    words, kind = _QUESTIONS.get(check.name, (check.name.replace("_", " "), "n"))
    question = speech.gettext(words)
    answer = speech.gettext("yes") if check.holds else speech.gettext("no")
    if not kind:
        return f"{question}: {answer}"
    found, limit = _told_apart(check.found, check.limit, kind, speech)
    wanted = (
        speech.gettext("at least {limit} wanted")
        if check.bound == "least"
        else speech.gettext("at most {limit} wanted")
    )
    return f"{question}: {found} ({wanted.format(limit=limit)}): {answer}"


def _told_apart(found: float, limit: float, kind: str, speech: Speech) -> tuple[str, str]:
    """Two figures with as many digits as it takes to see which is larger."""
    for digits in range(_MOST_DIGITS if found != limit else 1):
        shown = _figure(found, kind, digits, speech), _figure(limit, kind, digits, speech)
        if shown[0] != shown[1]:
            return shown
    return shown


def _figure(value: float, kind: str, digits: int, speech: Speech) -> str:
    if kind == "%":
        return speech.percent(value, digits)
    if kind == ".":
        return speech.number(value, digits + 2)
    return speech.number(value, digits or _telling_digits(value))


def _telling_digits(value: float) -> int:
    """How many digits behind the point make three in all, without noughts at the end."""
    return len(f"{value:.3g}".partition(".")[2]) if abs(value) < _THOUSAND else 0


# --- copies ----------------------------------------------------------------------------------


def because(
    rule: str, found: "Comparison", shorter: str, longer: str, speech: Speech = ENGLISH
) -> str:
    """Why two articles are linked; `shorter` and `longer` are how they are called in it."""
    message = _RULES.get(rule)
    if message is None:
        return rule
    return speech.say(
        message,
        both=speech.percent(found.jaccard, 0),
        contained=speech.percent(found.containment, 0),
        shorter=shorter,
        longer=longer,
    )


def verdict(
    found: "Comparison", kept_rule: str | None, shorter: str, longer: str, speech: Speech = ENGLISH
) -> str:
    """By which rule two articles are linked, and where what is kept differs from today's rules."""
    rule = found.rule
    said = (
        speech.gettext("no rule links them")
        if rule is None
        else because(rule, found, shorter, longer, speech)
    )
    if rule == kept_rule:
        return said
    if kept_rule is None:
        return speech.say(_("{said} (when they were clustered, they were not linked)"), said=said)
    message = _('{said} (when they were clustered, they were linked by the rule "{rule}")')
    return speech.say(message, said=said, rule=kept_rule)


def compared(found: Candidates, speech: Speech = ENGLISH) -> str:
    """Whether two articles are compared at all, and by what they are found."""
    if not found.one_profile:
        return speech.gettext(
            "They are not compared: their fingerprints were made by different programs."
        )
    if found.found:
        message = speech.gettext(
            "They are compared: {keys}, and they are {hours} hours apart (at most {most} wanted)."
        )
    else:
        message = speech.gettext(
            "They are not compared: {keys}, and they are {hours} hours apart (at most {most} "
            "wanted)."
        )
    return message.format(
        keys=_keys(found, speech),
        hours=speech.number(found.hours_apart, 1),
        most=speech.number(found.window_hours, _telling_digits(found.window_hours)),
    )


def _keys(found: Candidates, speech: Speech) -> str:
    kinds = ", ".join(
        speech.say(_("{count} of {kind}"), count=count, kind=speech.gettext(_KINDS.get(kind, kind)))
        for kind, count in found.shared_keys.items()
    )
    if not kinds:
        return speech.gettext("they share no key")
    return speech.say(_("they share keys ({keys})"), keys=kinds)


def together(
    ids: tuple[int | None, int | None],
    what: Literal["copy group", "story"],
    speech: Speech = ENGLISH,
) -> str:
    """Whether two articles are in one copy group, or story, and in which."""
    left, right = ids
    if left is None or right is None:
        return speech.gettext("not decided yet, since one of them waits to be clustered")
    in_one, in_two = _TOGETHER[what]
    return speech.say(in_one if left == right else in_two, one=left, other=right)


_TOGETHER: Final = MappingProxyType(
    {
        "copy group": (
            _("together, in copy group {one}"),
            _("apart, in copy groups {one} and {other}"),
        ),
        "story": (_("together, in story {one}"), _("apart, in stories {one} and {other}")),
    }
)


def told(fact: Fact, speech: Speech = ENGLISH) -> str:
    """A sentence on an article's place."""
    return speech.gettext(_FACTS[fact])


# --- texts -----------------------------------------------------------------------------------


class Taken(Protocol):
    """The figures of one member of a copy group, as `storage.copies.CopyMember` has them."""

    @property
    def earliest(self) -> bool:
        """Whether there is none before it."""
        ...

    @property
    def taken(self) -> float | None:
        """The share of its words that those before it have."""
        ...

    @property
    def added_words(self) -> int | None:
        """How many they have not; None where that is still to be made."""
        ...

    @property
    def cut_words(self) -> int | None:
        """How many words of the reference it leaves out."""
        ...

    @property
    def reference_id(self) -> int | None:
        """The fullest article before it."""
        ...


def figures(member: Taken, speech: Speech = ENGLISH) -> str:
    """What an article took over from those before it, added and cut, in a few words."""
    if member.added_words is None:
        return speech.gettext("what it takes over is not known yet")
    words = speech.words(member.added_words)
    if member.earliest:
        return speech.say(_("the earliest, {words}"), words=words)
    if member.taken is None:
        return speech.gettext("no text but its headline")
    if member.reference_id is None:
        return speech.say(_("like none before it, {words}"), words=words)
    return speech.say(
        _("takes over {share}, adds {words}, cuts {cut} of article {reference}"),
        share=speech.percent(math.floor(100 * member.taken) / 100, 0),
        words=words,
        cut=speech.number(member.cut_words or 0, 0),
        reference=member.reference_id,
    )


def shares(words: int, start: int, other_start: int, speech: Speech = ENGLISH) -> str:
    """How long a passage is that two articles have, and where it begins in each, from 0."""
    return speech.say(
        _("both have {words}, from word {here} here, {there} there"),
        words=speech.words(words),
        here=start + 1,
        there=other_start + 1,
    )


def quoted_from(words: int, start: int, speech: Speech = ENGLISH) -> str:
    """How long a passage of one article is, and at which word it begins, from 0."""
    return speech.say(_("{words}, from word {here}"), words=speech.words(words), here=start + 1)
