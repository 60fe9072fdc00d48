"""Tells what stands at an article's end and is not of it: who wrote it, what to read, buy or pay.

There a sentence may be furniture that would be text elsewhere: "Die Autorin lebt in Wien."
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from aggregator.core import agency
from aggregator.core.blocks import Block
from aggregator.core.listed import ANNOUNCES
from aggregator.core.phrases import compiled
from aggregator.model import PhraseRule

__all__ = [
    "ABOUT",
    "LABEL",
    "QUOTED",
    "Phrases",
    "around",
    "behind_sign_off",
    "phrases",
    "sign_offs",
]

ABOUT: Final = "about the author"
LABEL: Final = "heads nothing"
QUOTED: Final = "name below a quotation"

_LAST: Final = 5
_TAIL: Final = 0.2
_MOST: Final = 0.4
_LETTERS: Final = 1000
_LABEL_WORDS: Final = 8
_ABOUT_WORDS: Final = (5, 90)
_NAME_WITHIN: Final = 30
_BOLD: Final = 0.9
_LOWEST: Final = 7
_NAMED_WORDS: Final = 16
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_SEVERAL: Final = re.compile(r"\(\?:[^()]*\|[^()]*\)")
_SENTENCE: Final = re.compile(r"[.!?…][\"”“»’)\]]*$")
_SPOKEN: Final = re.compile('["„“”»«]')
_NAME_WORD: Final = r"[A-ZÀ-ÖØ-ÞŁŚŻŠČĆŽĐ][\w.'’-]+"
_OFFICE: Final = re.compile(
    rf"(?:{_NAME_WORD}\s){{1,2}}(?:(?:von|van|de|der|den|zu|di|da|del|dos|la|le)\s)*"
    rf"{_NAME_WORD}\s?[,|(]\s?\w"
)


Phrases: TypeAlias = tuple[tuple[str, PhraseRule], ...]
"""Rules for the end of an article, each with a word that what it takes must hold."""


def phrases(rules: Iterable[PhraseRule]) -> Phrases:
    """Make `rules` ready for `around`."""
    return tuple((_longest(rule.pattern), rule) for rule in rules)


def around(
    blocks: Sequence[Block],
    taken: AbstractSet[int],
    signed: AbstractSet[int],
    rules: Phrases,
    authors: Iterable[str],
) -> dict[int, str]:
    """The places, with the reason, of what is furniture by where it stands.

    `taken` are places of what goes already, `signed` of an agency's sign-offs. Where the last lines
    are most of the article they stay.
    """
    found = dict.fromkeys(_named(blocks), QUOTED)
    gone = taken | signed | found.keys()
    left = [at for at in range(len(blocks)) if at not in gone]
    ends = _last(blocks, left, rules, [name.casefold() for name in authors if " " in name.strip()])
    if _letters(blocks, ends) <= _MOST * _letters(blocks, left):
        found |= ends
    return found | dict.fromkeys(_headings(blocks, taken | found.keys()), LABEL)


def _letters(blocks: Sequence[Block], places: Iterable[int]) -> int:
    return sum(len(blocks[at].text) for at in places)


# --- the last lines --------------------------------------------------------------------------


def _last(
    blocks: Sequence[Block], left: Sequence[int], rules: Phrases, people: Iterable[str]
) -> dict[int, str]:
    """What goes of the last blocks among those that are `left`, of which the first is none."""
    found: dict[int, str] = {}
    last = left[1:][-_LAST:]
    for number in range(len(last) - 1, -1, -1):
        at, behind = last[number], last[number + 1 :]
        block = blocks[at]
        if reason := _said(block, rules):
            found[at] = reason
            if _is_label(block) and (block.text.endswith(":") or block.kind == "heading"):
                found |= {each: reason for each in behind if each not in found}
        elif _is_about(block, people):
            found[at] = ABOUT
        elif all(each in found for each in behind) and _heads_nothing(block, cut=bool(behind)):
            found[at] = LABEL
    return found


def _longest(pattern: str) -> str:
    """The longest word that a pattern wants, so none of several that it may find."""
    return max(_WORD.findall(_SEVERAL.sub(" ", pattern.lower())), key=len, default="")


def _said(block: Block, rules: Phrases) -> str | None:
    """Why a phrase takes this block."""
    text = block.text[:_LETTERS].lstrip(" *([•–—-»›>→")
    folded = text.lower()
    for word, rule in rules:
        if word in folded and compiled(rule.pattern).match(text):
            return rule.reason
    return None


def _is_label(block: Block) -> bool:
    """Whether a block is no sentence but says what stands behind it."""
    return len(block.text.split()) <= _LABEL_WORDS and not _SENTENCE.search(block.text)


def _is_about(block: Block, people: Iterable[str]) -> bool:
    """Whether a block speaks of one of the authors: nobody is named so in a text of one's own.

    What somebody says, as in an interview, has a colon behind the name, or quotation marks.
    """
    least, most = _ABOUT_WORDS
    words = len(block.text.split())
    if block.kind == "item" or not least <= words <= most or _SPOKEN.search(block.text):
        return False
    start = block.text[: 3 * _NAME_WITHIN].casefold()
    return any(
        0 <= (at := start.find(name)) <= _NAME_WITHIN and not start.startswith(":", at + len(name))
        for name in people
    )


def _heads_nothing(block: Block, *, cut: bool) -> bool:
    """Whether the last block is a heading or a label; `cut` says that something behind it went."""
    if block.kind == "heading":
        return True
    return (_is_bold(block) and (cut or block.text.endswith(":"))) or (
        cut and block.kind == "paragraph" and _is_label(block)
    )


# --- sign-offs -------------------------------------------------------------------------------


def behind_sign_off(
    blocks: Sequence[Block], signed: Sequence[agency.Credit | None]
) -> dict[int, str]:
    """The places of what stands behind an agency's sign-off, where that is but a little.

    A sign-off ends an article; what follows it is comments, prompts and imprint, but for a box
    that the article announces ("Hintergrund:"), or with a heading of its own over a sentence.
    """
    last = max((at for at, each in enumerate(signed) if each and each.agencies), default=None)
    start = len(blocks) if last is None else last + 1
    end = next((at for at in range(start, len(blocks)) if _heads_a_list(blocks, at)), len(blocks))
    whole = sum(len(block.text) for block in blocks)
    if sum(len(block.text) for block in blocks[start:]) > _TAIL * whole:
        return {}
    return dict.fromkeys(range(start, end), "behind the sign-off")


def _heads_a_list(blocks: Sequence[Block], at: int) -> bool:
    """Whether a line announces the list behind it as the article's own, or heads text."""
    if at + 1 == len(blocks):
        return False
    if blocks[at].kind == "heading" and _is_told(blocks[at + 1]) and not blocks[at].links:
        return True
    if not ANNOUNCES.match(blocks[at].text):
        return False
    return blocks[at + 1].kind == "item" or blocks[at + 1].group == blocks[at].group


def _is_told(block: Block) -> bool:
    """Whether a block is a sentence that leads nowhere."""
    words = len(block.text.split())
    return (
        block.kind == "paragraph"
        and not block.links
        and words >= _ABOUT_WORDS[0]
        and (_SENTENCE.search(block.text) is not None)
    )


def sign_offs(blocks: Sequence[Block]) -> list[agency.Credit | None]:
    """The agency's sign-off that each block is, or None."""
    return [_sign_off(blocks, at) for at in range(len(blocks))]


def _sign_off(blocks: Sequence[Block], at: int) -> agency.Credit | None:
    """The sign-off that a block is; an item of a list or a heading that names an agency is none."""
    block = blocks[at]
    alone = all(
        other.group != block.group
        for other in (*blocks[max(at - 1, 0) : at], *blocks[at + 1 : at + 2])
    )
    listed = block.kind == "heading" or (block.kind == "item" and not alone)
    return None if listed else agency.sign_off(block.text)


# --- in the midst ----------------------------------------------------------------------------


def _headings(blocks: Sequence[Block], taken: AbstractSet[int]) -> list[int]:
    """The places of headings over nothing: all between them and the next was `taken`."""
    found: list[int] = []
    over: int | None = None
    for at, block in enumerate(blocks):
        if at in taken:
            continue
        if over is not None and block.kind == "heading" and at > over + 1:
            found += [over] if block.level <= (blocks[over].level or _LOWEST) else []
        over = at if block.kind == "heading" or _is_bold(block) else None
    return found


def _is_bold(block: Block) -> bool:
    """Whether a paragraph is marked up as headings are where templates have none."""
    return block.kind == "paragraph" and block.strong > _BOLD and _is_label(block)


def _named(blocks: Sequence[Block]) -> list[int]:
    """The places of lines that name, set off below a quotation, whom it quotes."""
    return [
        at
        for at in range(1, len(blocks))
        if blocks[at - 1].kind == "quote" and _is_named(blocks[at])
    ]


def _is_named(block: Block) -> bool:
    """Whether a line below a quotation is who said it: a name in bold, and an office."""
    return (
        block.kind in {"paragraph", "quote"}
        and 0 < block.strong <= _BOLD
        and len(block.text.split()) <= _NAMED_WORDS
        and not _SENTENCE.search(block.text)
        and _OFFICE.match(block.text) is not None
    )
