"""Tells short lines within an article that speak of something beside it: pictures, other articles.

They need no phrase: a picture's credit names who trades in pictures, and what an editor puts in
brackets with a link leads elsewhere.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from aggregator.core.blocks import Block, key
from aggregator.core.listed import ANNOUNCES

__all__ = ["CAPTION", "CONTENTS", "CREDIT", "REFERENCE", "asides"]

CAPTION: Final = "picture caption"
CONTENTS: Final = "table of contents"
CREDIT: Final = "picture credit"
REFERENCE: Final = "reference in brackets"

_CREDIT_LETTERS: Final = 120
_NAME_WORDS: Final = 4
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
_CAPTION_LETTERS: Final = 220
_CREDITED: Final = re.compile(
    r"\((?:(?:symbol|archiv)?(?:foto|bild)(?:er|s|grafik)?|photos?|picture|image|pic|crédit photo)"
    r"\s?: ?[^()]{3,60}\)$",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(r"(\d{1,2}) ?/ ?(\d{1,2})\b")
_REFERENCE_WORDS: Final = 4
_REFERENCE_LETTERS: Final = 400
_LINKED: Final = 0.5


def asides(blocks: Sequence[Block], taken: Iterable[int]) -> dict[int, str]:
    """The places, with the reason, of blocks beside the article which are not `taken` yet."""
    known = set(taken)
    found = dict.fromkeys(_contents(blocks), CONTENTS)
    found |= dict.fromkeys(_gallery(blocks), CAPTION)
    found = {at: reason for at, reason in found.items() if at not in known}
    known |= found.keys()
    for at, block in enumerate(blocks):
        if at in known or block.kind in {"heading", "row"}:
            continue
        if block.kind != "item" and _is_credit(block.text):
            found[at] = CREDIT
        elif at and block.kind == "paragraph" and _is_caption(block.text):
            found[at] = CAPTION
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
    # "Getty Images: the court has ruled against the maker" is a headline.
    if match.start() == 0 and len(text[match.end() :].split()) > _NAME_WORDS:
        return False
    return match[0] == text.strip(" ()") or _PARTED.search(text) is not None


def _is_caption(text: str) -> bool:
    """Whether a line ends with who made a picture; what tells more is a text with one beside it."""
    return len(text) <= _CAPTION_LETTERS and _CREDITED.search(text) is not None


def _contents(blocks: Sequence[Block]) -> list[int]:
    """The places of lists of links whose every item is a heading further down."""
    below: set[str] = set()
    lists: dict[int, list[int]] = defaultdict(list)
    others: set[int] = set()
    for at in range(len(blocks) - 1, -1, -1):
        block = blocks[at]
        if block.kind == "heading":
            below.add(key(block.text))
        elif block.kind == "item" and block.links > _LINKED and key(block.text) in below:
            lists[block.group].append(at)
        else:
            others.add(block.group)
    return [at for group, places in lists.items() if group not in others for at in places]


def _gallery(blocks: Sequence[Block]) -> list[int]:
    """The places of captions that count a gallery's pictures: "1/3 ...", "2/3 ...", "3/3 ..."."""
    found: list[int] = []
    run: list[int] = []
    for at, block in enumerate(blocks):
        match = _COUNTED.match(block.text) if block.kind == "paragraph" else None
        number, of = (int(match[1]), int(match[2])) if match else (0, 0)
        run = [*run, at] if match and number == len(run) + 1 else []
        if number == of > 1 and run:
            found += run
            run = []
    return found


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
