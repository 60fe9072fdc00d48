"""Weighs the words of an article by how much they can say about the event it reports."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

from aggregator.core import stopwords
from aggregator.core.marks import normalize
from aggregator.core.shingles import is_number

__all__ = ["count", "stem", "weigh"]

_BODY_WORDS: Final = 150
"""News says what it is about at the top; what follows is background shared with other events."""
_HEADLINE, _LEAD, _BODY = 2.0, 1.2, 1.0
_EMPHASIS: Final = 1.5
_TITLE_CASE: Final = 0.7
_WORD: Final = re.compile(r"\w+(?:(?<=\d)[.,:]\d+)*")
_STEM_LETTERS: Final = 4
_SUFFIXES: Final = MappingProxyType(
    {
        "de": ("ern", "em", "en", "er", "es", "e", "n", "s"),
        "en": ("ing", "ed", "es", "s", "e"),
        "es": ("es", "as", "os", "s", "a", "o", "e"),
        "fr": ("es", "as", "os", "s", "a", "o", "e"),
        "it": ("i", "a", "o", "e"),
        "nl": ("en", "s", "e", "n"),
        "pt": ("es", "as", "os", "s", "a", "o", "e"),
    }
)


def weigh(title: str, lead: str, text: str, language: str | None) -> dict[str, float]:
    """Map each telling term of an article to its weight, in order of first appearance.

    Headline, lead and the opening of the text are read: headline words count double, those of the
    lead a fifth more, numbers and names (capitalised, but not at the start nor where most words
    are) half more. The sum is damped as 1 + ln(sum). Function words are left out, endings cut off.
    """
    opening = " ".join(text.split()[:_BODY_WORDS])
    counts: defaultdict[str, float] = defaultdict(float)
    for part, weight in (
        (title, _HEADLINE),
        ("" if lead in text else lead, _LEAD),
        (opening, _BODY),
    ):
        for term, emphasis in count(part, language).items():
            counts[term] += weight * emphasis
    return {term: round(1 + math.log(total), 3) for term, total in counts.items()}


def count(text: str, language: str | None) -> dict[str, float]:
    """How often each telling term is in a text, numbers and names counting half more."""
    counts: defaultdict[str, float] = defaultdict(float)
    for word, emphasis in _emphasised(_words(text), language):
        counts[stem(word, language)] += emphasis
    return dict(counts)


def stem(word: str, language: str | None) -> str:
    """Cut a common ending off a folded word, so that its forms meet: a stemmer at its lightest."""
    for suffix in _SUFFIXES.get(_code(language), ()):
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM_LETTERS:
            return word[: -len(suffix)]
    return word


def _words(text: str) -> list[str]:
    return _WORD.findall(normalize("NFKC", text))


def _code(language: str | None) -> str:
    return (language or "").partition("-")[0].lower()


def _emphasised(words: Sequence[str], language: str | None) -> Iterator[tuple[str, float]]:
    """Yield each telling word, folded, with how much it counts by itself."""
    ignored = stopwords.of(language)
    folded = [(place, word, word.casefold()) for place, word in enumerate(words)]
    kept = [each for each in folded if each[2] not in ignored and _is_telling(each[2])]
    capitals = sum(word[0].isupper() for _, word, _ in kept)
    title_case = _code(language) != "de" and capitals > _TITLE_CASE * len(kept)
    for place, word, term in kept:
        is_name = place > 0 and word[0].isupper() and not title_case
        yield term, _EMPHASIS if is_name or is_number(term) else 1.0


def _is_telling(folded: str) -> bool:
    return len(folded) > 1 or is_number(folded) or not folded.isascii()
