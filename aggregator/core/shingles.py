"""Turns text into words, and words into hashed n-grams that can be compared as sets.

Shingles and their resemblance follow Broder, "On the resemblance and containment of documents"
(1997); so does the sample of shingles whose hash is 0 modulo p, by which a short text is found
within a long one.
"""

import re
from collections.abc import Sequence
from typing import Final

from xxhash import xxh64_intdigest

from aggregator.core.marks import normalize
from aggregator.core.profile import PASSAGE_MODULUS, PASSAGE_SIZE, SHINGLE_SIZE

__all__ = [
    "body",
    "containment",
    "headlines",
    "is_number",
    "jaccard",
    "passages",
    "runs",
    "shingles",
    "tokens",
]

# Soft hyphens and zero-width signs stand inside words without being part of them.
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# Scripts written without spaces: each sign counts as a word (Thai, Lao, Khmer, kana, Han).
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_TOKEN: Final = re.compile(r"\w+(?:(?<=\d)[.,:]\d+)*")
_KICKER_WORDS: Final = 4
_HEADLINE_WORDS: Final = 3
_HEADLINE_LETTERS: Final = 20
_LONG_HEADLINE_WORDS: Final = 6


def tokens(text: str) -> list[str]:
    """Split `text` into folded words and numbers, in order (NFKC, casefolded).

    Punctuation is dropped; hyphens and apostrophes part words. A number keeps its inner signs
    ("1.234,5", "12:30"), so that two prices or times are never alike by half.
    """
    if not text.isascii():
        text = normalize("NFKC", _INVISIBLE.sub("", text))
        text = _UNSPACED.sub(r" \g<0> ", text)
    return _TOKEN.findall(text.casefold())


def is_number(token: str) -> bool:
    """Tell whether a token from `tokens` is a number."""
    return token[0].isdecimal()


def runs(words: Sequence[str], size: int = SHINGLE_SIZE) -> list[int]:
    """Hash every run of `size` words to 64 bits, in order; fewer words make one shorter run."""
    if not words:
        return []
    encoded = [word.encode() for word in words]
    width = min(size, len(encoded))
    grams = zip(*(encoded[start:] for start in range(width)), strict=False)
    return [xxh64_intdigest(b" ".join(gram)) for gram in grams]


def shingles(text: str, size: int = SHINGLE_SIZE) -> frozenset[int]:
    """Hash every run of `size` words of `text` to 64 bits."""
    return frozenset(runs(tokens(text), size))


def passages(
    words: Sequence[str],
    shingled: Sequence[int],
    size: int = PASSAGE_SIZE,
    modulus: int = PASSAGE_MODULUS,
) -> frozenset[int]:
    """Sample the runs of `size` words that open with a shingle whose hash is 0 modulo `modulus`.

    `shingled` is `runs(words)`. A run is sampled in every text that has it or in none, so that two
    texts share about 1/`modulus` of the runs they have in common, however long either is
    (Broder 1997, section 3). Asking the shorter shingle spares hashing the runs left out.
    """
    return frozenset(
        xxh64_intdigest(" ".join(words[start : start + size]).encode())
        for start, digest in enumerate(shingled[: max(0, len(words) - size + 1)])
        if digest % modulus == 0
    )


def jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    """Share of common members among all, 0 to 1; 0 where both sets are empty."""
    common = len(a & b)
    return common / (len(a) + len(b) - common) if common else 0.0


def containment(a: frozenset[int], b: frozenset[int]) -> float:
    """Share of the smaller set that is in the larger, 0 to 1; 0 where one is empty."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def body(lead: str, text: str) -> str:
    """Lead and text as one, the lead not twice."""
    return text if not lead or lead in text else f"{lead}\n{text}"


def headlines(title: str) -> tuple[tuple[str, ...], ...]:
    """The word sequences by which `title` can be recognised at another outlet, fullest first.

    Outlets put a kicker before an agency's headline ("Lotto: ...") and their name behind it
    ("... | Name"); so the headline without either counts too. What is too short to say anything
    is left out, and a kicker alone does not mend that ("Photography: pictures of the day" comes
    back every day): an empty tuple means the title is no evidence.
    """
    trimmed = title.rsplit(" | ", 1)[0]
    words = tuple(tokens(trimmed))
    kicker, colon, rest = trimmed.partition(":")
    if not colon or rest[:1].isdecimal() or len(tokens(kicker)) > _KICKER_WORDS:
        return (words,) if _is_telling(words) else ()
    bare = tuple(tokens(rest))
    if _is_telling(bare):
        return tuple(dict.fromkeys((words, bare)))
    return (words,) if len(words) >= _LONG_HEADLINE_WORDS else ()


def _is_telling(words: tuple[str, ...]) -> bool:
    letters = sum(map(len, words))
    return len(words) >= _HEADLINE_WORDS and letters >= _HEADLINE_LETTERS
