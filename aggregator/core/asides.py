"""Tells short lines within an article that speak of something beside it: pictures, other articles.

They need no phrase: a picture's credit names who trades in pictures, and what an editor puts in
brackets with a link leads elsewhere.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from aggregator.core.blocks import Block
from aggregator.core.listed import ANNOUNCES

__all__ = ["CREDIT", "REFERENCE", "asides"]

CREDIT: Final = "picture credit"
REFERENCE: Final = "reference in brackets"

_CREDIT_LETTERS: Final = 120
_CREDIT_WORDS: Final = 14
_TRADERS: Final = re.compile(
    r"\b(?:imago(?: images)?|getty ?images|istock ?(?:photo)?|shutterstock|picture[ -]alliance"
    r"|unsplash|pixabay|adobe ?stock|stock\.adobe\.com|alamy|pexels|depositphotos|fotolia|photocase"
    r"|ap photo|epa-efe|laif|zuma press|sipa usa|mauritius images|ullstein ?bild|plainpicture|123rf"
    r"|dreamstime|eyeem|dpa-bildfunk|afp via|reuters via|via getty|wikimedia commons|hans lucas)\b",
    re.IGNORECASE,
)
# What parts the names in a credit, or stands before them.
_PARTED: Final = re.compile(r"[/|©]|\(c\)|\bvia\b|\b[Ff]oto\b|\b[Pp]hoto\b|\b[Bb]ild\b|:")
_SENTENCE: Final = re.compile(r"[.!?…][\"”“»’]*$")
_REFERENCE_WORDS: Final = 4
_REFERENCE_LETTERS: Final = 400
_LINKED: Final = 0.5


def asides(blocks: Sequence[Block], taken: Iterable[int]) -> dict[int, str]:
    """The places, with the reason, of blocks beside the article which are not `taken` yet."""
    known = set(taken)
    found: dict[int, str] = {}
    for at, block in enumerate(blocks):
        if at in known or block.kind in {"heading", "row"}:
            continue
        if block.kind != "item" and _is_credit(block.text):
            found[at] = CREDIT
        elif _is_reference(block):
            found[at] = REFERENCE
    return found


def _is_credit(text: str) -> bool:
    """Whether a line only says who made and who trades in a picture; addresses are sources."""
    if len(text) > _CREDIT_LETTERS or "://" in text:
        return False
    if (match := _TRADERS.search(text)) is None:
        return False
    if len(text.split()) > _CREDIT_WORDS or _SENTENCE.search(text):
        return False
    return match[0] == text.strip(" ()") or _PARTED.search(text) is not None


def _is_reference(block: Block) -> bool:
    """Whether a block stands in brackets as a whole and leads elsewhere; notes have numbers."""
    text = block.text
    if not (text.startswith(("[", "(")) and text.endswith(("]", ")"))):
        return False
    if len(text.split()) < _REFERENCE_WORDS or len(text) > _REFERENCE_LETTERS:
        return False
    if text.find(text[-1]) != len(text) - 1 or ANNOUNCES.match(text) or "://" in text:
        return False
    return block.links > (0.0 if text.startswith("[") else _LINKED)
