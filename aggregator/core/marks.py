"""Normalises Unicode in a time that no text can stretch.

The canonical order of combining marks is made by insertion sort, whose time grows with the square
of how many stand in a row: 300,000 of them take minutes.
"""

import re
import unicodedata
from typing import Final, Literal

__all__ = ["normalize"]

# What Unicode calls stream-safe (UAX 15, section 13); no language comes near it.
_MOST: Final = 30
# Shorter texts are sorted in milliseconds, whatever they hold.
_SHORT: Final = 1000
# These become marks when normalised.
_HALFWIDTH: Final = "\uff9e\uff9f"
_SUSPECTS: Final = re.compile(rf"(?:[^\w\s\x00-\x7f]|[{_HALFWIDTH}]){{{_MOST + 1},}}")


def normalize(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Normalise `text`; of more than 30 combining marks in a row the rest goes."""
    # A longer row of marks has one at such a place.
    if len(text) > _SHORT and not text.isascii() and any(map(_is_mark, text[:: _MOST + 1])):
        text = _SUSPECTS.sub(_thinned, text)
    return unicodedata.normalize(form, text)


def _is_mark(sign: str) -> bool:
    return unicodedata.combining(sign) > 0 or sign in _HALFWIDTH


def _thinned(suspects: re.Match[str]) -> str:
    kept: list[str] = []
    row = 0
    for sign in suspects[0]:
        row = row + 1 if _is_mark(sign) else 0
        if row <= _MOST:
            kept.append(sign)
    return "".join(kept)
