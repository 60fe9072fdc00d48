"""Weighs the terms of an article, so that reports on one event can be told by what they name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from aggregator.core import stopwords
from aggregator.core.shingles import tokens

__all__ = ["weigh"]

_TITLE, _LEAD, _BODY = 3.0, 1.5, 1.0
_NAME_BONUS: Final = 1.5
_BODY_WORDS: Final = 200
_SHORTEST: Final = 3
_MOST_COUNTED: Final = 4
_STEM: Final = 4
_NAME: Final = re.compile(r"(?<=[\w,;:] )[^\W\d_a-zß-öø-ÿ][\w-]+")
_SUFFIXES: Final = MappingProxyType(
    {
        "de": re.compile(r"(?:ern|em|en|er|es|e|s|n)$"),
        "en": re.compile(r"(?:'s|ings?|ed|es|s)$"),
    }
)


def weigh(title: str, lead: str, text: str, language: str | None) -> dict[str, float]:
    """Map each folded term of an article to how much it counts.

    Headline terms count more than the lead's, those more than the body's first 200 words; names
    (capitalised within a sentence) and numbers count more than other words.
    """
    code = (language or "")[:2]
    names = {
        term for part in (lead, text) for found in _NAME.findall(part) for term in tokens(found)
    }
    counted: defaultdict[str, float] = defaultdict(float)
    opening = " ".join(text.split()[:_BODY_WORDS])
    for part, weight in ((title, _TITLE), (lead, _LEAD), (opening, _BODY)):
        for word in _telling(tokens(part), code):
            counted[_stem(word, code)] += weight * (_NAME_BONUS if _is_name(word, names) else 1.0)
    return dict(counted)


def _telling(words: list[str], code: str) -> Iterator[str]:
    stop = stopwords.of(code)
    return (word for word in words if len(word) >= _SHORTEST and word not in stop)


def _is_name(word: str, names: set[str]) -> bool:
    return word in names or word[0].isdigit()


def _stem(word: str, code: str) -> str:
    """Strip the commonest endings, so that inflected forms fall together."""
    suffix = _SUFFIXES.get(code)
    stem = suffix.sub("", word) if suffix else word
    return stem if len(stem) >= _STEM else word
