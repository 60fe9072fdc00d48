"""Says in an editor's words what was asked of two articles, and what came of it."""

from types import MappingProxyType
from typing import Final

from aggregator.core.copies import Check, Comparison

__all__ = ["asked", "because"]

_MOST_DIGITS: Final = 6

# What is asked, and how figures are shown: "%" as a share, "." with its parts, "n" as a number, ""
# not at all.
_QUESTIONS: Final = MappingProxyType(
    {
        "headline": ("headlines that both have, of such as say enough", "n"),
        "same_outlet": ("they are of different outlets", ""),
        "numbers_agree": ("the numbers of the one are among those of the other", ""),
        "shared": ("word triples that both have", "n"),
        "backed": ("the short text is at another outlet, or under the same headline", ""),
        "jaccard": ("of all their word triples, both have", "%"),
        "containment": ("of the shorter one's word triples, the longer one has", "%"),
        "worth_aligning": ("of these, to be compared word by word", "%"),
        "stretch": ("of the shorter one, its best passage within the longer one spans", "%"),
        "purity": ("of that passage's words, the longer one has", "%"),
        "alignment": ("of the shorter one's words, those in the same places make", "%"),
        "replaced": ("of these, others stand in their places, one for one", "%"),
        "run": ("equal words that stand together, in the mean", "n"),
        "reworded": ("with that, of the shorter one's words, those in the same places make", "%"),
        "prose": ("of the shorter one's words, those in sentences make", "%"),
        "compound": ("both or neither are pages made of many texts", ""),
        "length_ratio": ("times that the longer one is as long", "n"),
        "changed_numbers": ("numbers that differ in the same places, as in a form", "n"),
        "language": ("both are in one language", ""),
        "hours_apart": ("hours between their copy groups", "n"),
        "series": ("they are no two pieces of a series of one outlet", ""),
        "form": ("on two days, they do not fill one form with other numbers", ""),
        "terms": ("telling terms that both have", "n"),
        "story_likeness": ("likeness of the two texts", "."),
        "stories_likeness": ("likeness of their two stories on average", "."),
    }
)


def asked(check: Check) -> str:
    """One question with its answer, e.g. "word triples that both have: 3 (at least 8): no"."""
    words, kind = _QUESTIONS.get(check.name, (check.name.replace("_", " "), "n"))
    answer = "yes" if check.holds else "no"
    if not kind:
        return f"{words}: {answer}"
    found, limit = _told_apart(check.found, check.limit, kind)
    return f"{words}: {found} (at {check.bound} {limit} wanted): {answer}"


def _told_apart(found: float, limit: float, kind: str) -> tuple[str, str]:
    """Two figures with as many digits as it takes to see which is larger."""
    for digits in range(_MOST_DIGITS if found != limit else 1):
        shown = _figure(found, kind, digits), _figure(limit, kind, digits)
        if shown[0] != shown[1]:
            return shown
    return shown


def _figure(value: float, kind: str, digits: int = 0) -> str:
    if kind == "%":
        return f"{100 * value:.{digits}f} %"
    if kind == ".":
        return f"{value:.{digits + 2}f}"
    return f"{value:.{digits}f}" if digits else f"{value:.3g}"


def because(rule: str, found: Comparison, shorter: str, longer: str) -> str:
    """Why two articles are linked; `shorter` and `longer` are how they are called in it."""
    both, contained = _figure(found.jaccard, "%"), _figure(found.containment, "%")
    if rule == "words":
        return "the very same words"
    if rule == "jaccard":
        return f"alike: {both} of all their word triples stand in both"
    if rule == "containment":
        return f"contained: {contained} of the word triples of {shorter} stand in {longer}"
    if rule == "alignment":
        return f"contained with words replaced: the words of {shorter} stand in order in {longer}"
    if rule == "headline":
        return "same headline at two outlets, and at least one has next to no text of its own"
    if rule == "compound":
        return (
            f"{contained} of the word triples of {shorter} stand in {longer}, but that is a page "
            "made of many texts, which never brings others together"
        )
    return rule
