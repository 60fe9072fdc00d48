"""German words as a search sees them: brought to one spelling, freed of endings, taken apart.

Capitals tell nouns from other words, whose endings differ: "Bauern" are one more "Bauer", "grüner"
is "grün". A stemmer that sees no capitals (Porter's Snowball cuts "er" off both) takes "Bauer" for
"Bau"; here only nouns of a closed class have a plural in "er".
"""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["LEAST_PART", "LEAST_STEM", "Part", "firsts", "lasts", "one_spelling", "stem"]

Part = tuple[bool, str]
"""Whether a part of a compound is a noun, and its stem."""

_SPELT_OUT: Final = re.compile("(?:ae|oe|(?<![aeoq])ue)")
LEAST_STEM: Final = 2
_LEAST_OF_OTHERS: Final = 3
LEAST_PART: Final = 4
# Those whose form with "er" is as common as a word of its own (Maler, Taler) are left out.
_WITH_ER: Final = """
    amt bad bild blatt brett buch dach dorf fach fass feld geist geld gemut gesicht gespenst gewand
    glas glied grab gras gut haupt haus holz horn huhn kalb kind kleid korn kraut lamm land licht
    lied loch mann maul merkmal denkmal nest rad rand rind schild schloss schwert spital tuch tum
    volk wald weib wort wurm
""".split()
_PLURALS: Final = tuple(f"{noun}er" for noun in _WITH_ER)
_CASE: Final = re.compile(r"(?:es|(?<=[bdfghklmnprtoy])s|(?<=[dklmnprt]a)s)$")
_NUMBER: Final = re.compile(r"(?:(?<=el)n|(?<=er)n|en|e|(?<!a)u[ms]|(?<=m)a|(?<=kont|isik|sald)o)$")
_OTHERS: Final = re.compile(r"(?:(?<=el)n|(?<=er)n|e[mnrs]?|te[nt]?|s?t)$")

# What stands between the parts of a compound; stems of museum and virus lack "um" and "us".
_LINKS: Final = ("", "s", "es", "n", "en", "er", "e", "ens", "um", "ums", "us")
# Of short parts only these, since too many letters look like one.
_SHORT: Final = frozenset(
    """
    abo aff akt alp amt arm art ast aug bad bau bod bot bus dam dos duo eck ehr eid eis elb end erb
    erd fad fan fee gab gas gem gut haf has hof hos hut kur lad lag leb lob log lok los mag mod mut
    nam nas not of ohr ol ort ost pop pos rab rad ras rat red reg ros ruf ruh sag sam sau see seg
    sex sud tag tal tat tee tod ton tor typ uhr vas wag war web weg wes wut zon zug
    """.split()
)
_SHORT_OTHERS: Final = frozenset(["alt", "neu", "rot"])
# Words that only begin others.
_BEGINNINGS: Final = frozenset(
    """
    adoptiv bio einzel elektro ex gesamt haupt hinter innen kriminal mega mikro mini mittel multi
    neben ober oko profi ruck schwieger solar sonder spezial stief super unter vize vorder zwischen
    """.split()
)
# Before a noun these make another noun, not one of its kind.
_PARTICLES: Final = frozenset(
    """
    auf aus bei dar dran durch ein ent fort gegen hin mit nach ohne ver vor weg wider zer zuruck
    zusammen der die das den dem des und
    """.split()
)
# These end words without being one of them.
_SUFFIXES: Final = frozenset(
    "ei in heit keit ung schaft tum nis ling chen lein ion ur ik ie".split()
)


def one_spelling(word: str) -> str:
    """A word in lower case and without accents as one that has "ss" for ß, and "a" for "ae".

    Umlauts have lost their dots with the accents.
    """
    return _SPELT_OUT.sub(lambda found: found[0][0], word.replace("ß", "ss"))


def stem(word: str, *, noun: bool) -> str:
    """What all forms of a word in one spelling have in common."""
    return _stem_of_noun(word) if noun else _stem_of_other(word)


def _stem_of_noun(word: str) -> str:
    if word.endswith("innen"):
        return word[:-3]
    if word.removesuffix("n").endswith(_PLURALS):
        return word.removesuffix("n")[:-2]
    found = _cut(_NUMBER, _cut(_CASE, word, LEAST_STEM), LEAST_STEM)
    return found[:-1] if found.endswith("niss") else found


def _stem_of_other(word: str) -> str:
    """Endings of verbs and adjectives go until there are none; so does the "ge" of a participle."""
    found = word
    while (shorter := _cut(_OTHERS, found, _LEAST_OF_OTHERS)) != found:
        found = shorter
    is_participle = word.startswith("ge") and word.endswith("t")
    return found[2:] if is_participle and len(found) >= _LEAST_OF_OTHERS + 2 else found


def _cut(ending: re.Pattern[str], word: str, least: int) -> str:
    found = ending.search(word)
    return word[: found.start()] if found and found.start() >= least else word


def firsts(compound: str, last: str) -> Iterator[Part]:
    """What the first part of a compound may be that ends in `last`; both are stems of nouns.

    Where none of these is a word, it is no compound ("Heirat" is not of "Rat").
    """
    first = compound[: -len(last)]
    if last in _SUFFIXES or first in _PARTICLES:
        return
    if first in _BEGINNINGS:
        yield True, last
    for link in _LINKS:
        bare = first.removesuffix(link)
        if first.endswith(link) and _is_part(bare):
            yield True, bare
    for bare in (first, _stem_of_other(first)):
        if len(bare) >= LEAST_PART or bare in _SHORT_OTHERS:
            yield False, bare


def lasts(compound: str, first: str) -> Iterator[Part]:
    """What the last part of a compound may be that begins with `first`; both are stems of nouns."""
    last = compound[len(first) :]
    for link in _LINKS:
        bare = last.removeprefix(link)
        if last.startswith(link) and _is_part(bare) and bare not in _SUFFIXES:
            yield True, bare


def _is_part(stem: str) -> bool:
    return len(stem) >= LEAST_PART or stem in _SHORT
