"""Which passwords are guessed soon: short ones, and long ones made of little.

Rules of composition only make people write Password1! (NIST SP 800-63B-4, 3.1.1.2), so what counts
is how much is left once common words, runs on the keyboard, years and repetitions are folded.
"""

import re
import unicodedata
from typing import Final, Literal

__all__ = ["LONGEST", "SHORTEST", "guessable", "normal"]

SHORTEST: Final = 12
LONGEST: Final = 200
"""How many characters a password has at least and at most."""

# So many characters are to be left; a folded part counts for as many as it takes to choose it.
_ENOUGH: Final = 9
_PART: Final = "\0\0"
_SUBSTITUTED: Final = str.maketrans("013457@$!", "oieastasi")
_RUNS: Final = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiopü", "asdfghjklöä",
    "zxcvbnm", "yxcvbnm", "1qaz2wsx3edc4rfv5tgb6zhn7ujm", "1qay2wsx3edc4rfv5tgb6yhn7ujm",
)  # fmt: skip
_SHORTEST_RUN: Final = 4
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_REPEATED: Final = re.compile(r"(.+?)\1+")
_COMMON: Final = """
access admin administrator aggregator agentur angel apple april august autumn baby baseball basket
batman bayern berlin bitte blume boss buster changeme charlie chef chelsea christian computer
daniel database december default desk deutschland dezember dienstag donnerstag dortmund dragon
editor eintracht ferien flower football frankfurt freedom freitag friday frühling fuck fussball
fußball geheim geheimnis google guest hallo hamburg hannover heimat hello herbst hockey hunter
ichliebedich iloveyou internet january januar jesus jordan july juli june juni killer köln konto
kontrolle letmein liebe liverpool login london love lovely madrid mai march märz marina master
michael mittwoch monday monkey montag münchen mustang mutter nachricht nachrichten newspaper news
newsroom nicole november oktober october ordner password passwort peter princess presse private
reader redaktion redakteur reporter root samstag saturday schalke schatz school schule secret
september server service sesam shadow soccer sommer sonne sonnenschein sonntag spring starwars
storys stories sternchen summer sunday sunshine superman system tagesschau test thomas thursday
tiger trustno tuesday urlaub user vater wednesday welcome willkommen winter wochenende wolf
zeitung zugang
""".split()


def normal(password: str) -> str:
    """A password however its letters are composed (NIST SP 800-63B-4: NFKC or NFKD)."""
    return unicodedata.normalize("NFKC", password)


def guessable(password: str, name: str) -> Literal["short", "long", "common"] | None:
    """Why a password of the account `name` is not to be taken; None where it may be."""
    chosen = normal(password)
    if len(chosen) < SHORTEST:
        return "short"
    if len(chosen) > LONGEST:
        return "long"
    return "common" if _left(chosen.casefold(), name.casefold()) < _ENOUGH else None


def _left(password: str, name: str) -> int:
    """How many characters are left of a password once it is folded."""
    folded = _YEAR.sub(_PART, _without_runs(password))
    words = {*_COMMON, *(each for each in (name, *name.split()) if len(each) > 1)}
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, _PART)
        folded = _replaced(folded, word)
    return len(_REPEATED.sub(r"\1", folded))


def _replaced(password: str, word: str) -> str:
    """The same without a word that is spelled with digits and signs for letters."""
    place = password.translate(_SUBSTITUTED).find(word)
    if place < 0:
        return password
    return password[:place] + _PART + _replaced(password[place + len(word) :], word)


def _without_runs(password: str) -> str:
    """The same with each run along the alphabet or the keyboard, either way, as one part."""
    folded, place = "", 0
    while place < len(password):
        length = _run_at(password, place)
        if length < _SHORTEST_RUN:
            folded, place = folded + password[place], place + 1
        else:
            folded, place = folded + _PART, place + length
    return folded


def _run_at(password: str, place: int) -> int:
    """How long a run goes on from a place."""
    rows = (*_RUNS, *(row[::-1] for row in _RUNS))
    for end in range(min(len(password), place + 40), place, -1):
        if any(password[place:end] in row for row in rows):
            return end - place
    return 0
