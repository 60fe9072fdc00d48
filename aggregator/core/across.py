"""Tells how alike two texts of different languages are, by the names, numbers and roots they share.

Names are written much alike in many languages, and so are many words that those took from one
another (Simard, Foster and Isabelle, "Using cognates to align sentences in bilingual corpora",
1992). What such a word tells was weighed in its own language already.
"""

import math
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from xxhash import xxh64_intdigest

from aggregator.core import stories
from aggregator.core.copies import Check
from aggregator.core.shingles import is_number
from aggregator.model import StoryText

__all__ = ["are_of_two_languages", "keys", "likeness", "questions", "roots", "shared_roots"]

_KEYS: Final = 12
_KEY_BITS: Final = 40
_LEAST_SHARED: Final = 2
_LEAST_LETTERS: Final = 4
_ROOT_LETTERS: Final = 6
_SCALE: Final = 0.7
"""Found by measurement: with half, half as many reports meet; with more, stories are torn."""
_DIGITS: Final = 4
_SHOWN: Final = 8
_SPELLINGS: Final = MappingProxyType(
    dict(
        zip(
            ("ph", "kh", "sh", "th", "ss", "tt", "ll", "y", "c", "w", "z"),
            ("f", "h", "s", "t", "s", "t", "l", "i", "k", "v", "s"),
            strict=True,
        )
    )
)
_CYRILLIC: Final = str.maketrans(
    dict(
        zip(
            "абвгдежзиклмнопрстуфхцчшщыэюяіј",
            "a b v g d e j z i k l m n o p r s t u f h c ch sh sh i e u a i i".split(),
            strict=True,
        )
    )
    | {"ь": "", "ъ": ""}
)


def likeness(a: StoryText, b: StoryText, window: timedelta) -> float:
    """How alike two texts of two languages are as reports on one event, 0 to 1.

    The cosine of their roots, which fades with the time between them as likeness within a language
    does, and is taken for 0.7 of it. 0 where they share fewer than two roots.
    """
    fading = stories.fading(a, b, window)
    if fading <= 0:
        return 0.0
    products = _products(a, b)
    if len(products) < _LEAST_SHARED:
        return 0.0
    return round(_SCALE * fading * math.fsum(products.values()), _DIGITS)


def questions(a: StoryText, b: StoryText, window: timedelta) -> tuple[Check, ...]:
    """What is asked of two texts of two languages: their likeness is 0 unless all say yes."""
    within = (each for each in stories.questions(a, b, window) if each.name == "hours_apart")
    return (*within, Check("terms", len(_products(a, b)), "least", _LEAST_SHARED))


def shared_roots(a: StoryText, b: StoryText) -> tuple[str, ...]:
    """The roots that make most of the likeness of two texts, at most eight, the strongest first."""
    products = _products(a, b)
    return tuple(sorted(products, key=lambda root: (-products[root], root))[:_SHOWN])


def are_of_two_languages(a: StoryText, b: StoryText) -> bool:
    """Whether both languages are known, and are not one."""
    codes = {(each.language or "").partition("-")[0].lower() for each in (a, b)}
    return len(codes) > 1 and "" not in codes


def keys(text: StoryText) -> dict[int, float]:
    """Under what other languages look a text up: hashes of the 12 roots that tell most."""
    found = roots(text)
    best = sorted(found, key=lambda root: (-found[root], root))[:_KEYS]
    return {xxh64_intdigest(f"*:{root}".encode()) >> (64 - _KEY_BITS): found[root] for root in best}


def roots(text: StoryText) -> dict[str, float]:
    """The roots of a text's terms that other languages may share, as a vector of length 1."""
    found: dict[str, float] = {}
    for term, weight in text.vector.items():
        if root := _root(term):
            found[root] = max(weight, found.get(root, 0.0))
    return _scaled(found)


def _products(a: StoryText, b: StoryText) -> dict[str, float]:
    left, right = roots(a), roots(b)
    return {root: value * right[root] for root, value in left.items() if root in right}


def _root(term: str) -> str:
    """A number as it is; of a word the first six letters, spelt as most languages could."""
    if is_number(term):
        return term
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", term) if not unicodedata.combining(sign)
    ).translate(_CYRILLIC)
    if len(plain) < _LEAST_LETTERS:
        return ""
    for spelling, sound in _SPELLINGS.items():
        plain = plain.replace(spelling, sound)
    return plain[:_ROOT_LETTERS]


def _scaled(weighed: Mapping[str, float]) -> dict[str, float]:
    norm = math.sqrt(math.fsum(value * value for value in weighed.values())) or 1.0
    return {root: value / norm for root, value in weighed.items()}
