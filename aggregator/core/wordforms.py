"""The words of a text as a search needs them, and what their forms have in common, by language."""

import re
import unicodedata
from functools import lru_cache
from threading import get_ident
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from aggregator.core import german
from aggregator.core.marks import normalize

if TYPE_CHECKING:
    import snowballstemmer

__all__ = ["GERMAN", "LANGUAGES", "Words", "base_language", "spelling", "stem", "words"]

GERMAN: Final = "de"
# For all others Porter's Snowball ("Snowball: a language for stemming algorithms", 2001).
_ALGORITHMS: Final = MappingProxyType(
    {
        "cs": "czech", "da": "danish", "en": "english", "es": "spanish", "fi": "finnish",
        "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
        "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
    }
)  # fmt: skip
LANGUAGES: Final = (GERMAN, *_ALGORITHMS)
"""Those whose words are brought to a stem; words of others stand for themselves."""

_WORD: Final = re.compile(r"[^\W\d_]+")
# Looked for by its capital first, which is seldom, then by what stands before.
_WITHIN: Final = re.compile(r"[A-ZÄÖÜ](?<=[\w,)%] .)[^\W\d_]+")
_LEAST, _MOST = 2, 40


class Words(NamedTuple):
    """The distinct words of a text in lower case: nouns, others, and nouns unless known as others.

    Only of German the nouns are told apart, by their capitals; which say nothing where a sentence
    begins.
    """

    nouns: frozenset[str]
    others: frozenset[str]
    perhaps: frozenset[str]


def base_language(code: str | None) -> str:
    """The language of a variant ("de-AT", "de_AT": "de"); "" where there is none."""
    return (code or "").replace("_", "-").partition("-")[0].lower()


def words(text: str, language: str) -> Words:
    """All words of two to forty letters in a text of a base language."""
    text = normalize("NFC", text)
    found = {word for word in set(_WORD.findall(text)) if _LEAST <= len(word) <= _MOST}
    if language != GERMAN:
        return Words(frozenset(), frozenset(map(str.lower, found)), frozenset())
    others = {word for word in found if not word[0].isupper()}
    nouns = frozenset(map(str.lower, found.intersection(_WITHIN.findall(text))))
    perhaps = frozenset(map(str.lower, found - others)) - nouns
    return Words(nouns, frozenset(map(str.lower, others)), perhaps)


def spelling(word: str) -> str:
    """A word as the full-text index has it: in lower case, without accents."""
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def stem(word: str, language: str, *, noun: bool) -> str:
    """What all forms of a word, given in lower case, have in common in a base language."""
    if language == GERMAN:
        return german.stem(german.one_spelling(spelling(word)), noun=noun)
    algorithm = _ALGORITHMS.get(language)
    if algorithm is None:
        return spelling(word)
    return spelling(_stemmer(algorithm, get_ident()).stemWord(word))


@lru_cache(maxsize=512)
def _stemmer(algorithm: str, thread: int) -> "snowballstemmer.Stemmer":
    """One for each thread: a stemmer has the word that it is at work on in itself."""
    import snowballstemmer

    del thread

    return snowballstemmer.stemmer(algorithm)
