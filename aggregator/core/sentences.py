"""Parts a text into its sentences, by their signs and the lines they stand on."""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["sentences"]

# A sign that ends a sentence with what closes behind it, and the space before another begins. Signs
# in a row are looked at from their first alone: from each of very many it would take for ever.
_END: Final = re.compile(
    "(?:(?<![.!?…])[.!?…]+[\"'”’»›“‘)\\]]*\\s+(?=[\"'„“‘»«\u2039›(\\[¿¡–—-]*\\s?[^\\W_a-zß-öø-ÿ]))"
    "|[\u3002\uff01\uff1f]+[\u300d\u300f”’\uff09]*"
)
# Behind these a full stop ends nothing: titles, and what is shortened before a name or a number.
_SHORTENED: Final = frozenset(
    """
    abb abs adm approx art aufl ausg bd betr bsp bzgl bzw ca capt cf co col dept dipl dir dr ed
    etc evtl fa ff fig fr gen ggf gov hon hr hrsg inc ing inkl insp jr jun kap lt ltd maj max med
    min mio mr mrd mrs ms mt nat no nr num op phil pp pres prof rep resp rev rer s sen sgt sog
    sr st str tel tsd u usw vgl vol vs z zzgl
    """.split()
)
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]+|\d+)$")
_ORDINAL_DIGITS: Final = 2
# No word that is shortened is so long, and a line may be as long as a text.
_LOOKED_BACK: Final = 32


def sentences(text: str) -> list[str]:
    """The sentences of a text in their order, without the space around them.

    A line is a paragraph: no sentence goes on behind its end. A full stop behind a single letter, a
    number of one or two digits (mostly an ordinal) or an abbreviation ends none.
    """
    return [each for line in text.splitlines() for each in _of_line(line)]


def _of_line(line: str) -> Iterator[str]:
    begin = 0
    for end in _END.finditer(line):
        before = line[max(begin, end.start() - _LOOKED_BACK) : end.start()]
        if not _is_shortened(before, end[0]):
            yield from _trimmed(line[begin : end.end()])
            begin = end.end()
    yield from _trimmed(line[begin:])


def _trimmed(part: str) -> Iterator[str]:
    if part.strip():
        yield part.strip()


def _is_shortened(before: str, sign: str) -> bool:
    """Whether a single full stop behind these words belongs to the last of them."""
    word = _WORD_BEFORE.search(before)
    if word is None or sign.rstrip() != ".":
        return False
    last = word[0]
    if last.isdecimal():
        return len(last) <= _ORDINAL_DIGITS
    return len(last) == 1 or last.casefold() in _SHORTENED
