"""Lines around an article's text that say what is kept elsewhere: headline, author, date.

Templates put them into the same element as the text, so that they come along with it.
"""

import re
from collections.abc import Container, Iterable, Sequence
from typing import Final

from aggregator.core import people
from aggregator.core.blocks import Block, key
from aggregator.core.headline import likeness

__all__ = ["ABOVE", "BYLINE", "DATE", "HEADLINE", "around"]

HEADLINE: Final = "headline"
BYLINE: Final = "byline"
DATE: Final = "date line"
ABOVE: Final = "above the headline"

_TOP: Final = 6
_END: Final = 3
_ALIKE: Final = 0.8
_SENTENCE_WORDS: Final = 14
_SENTENCE_ENDS: Final = (".", "!", "“", "”", '"', "»", "«", "…")
_KICKER_LETTERS: Final = 60
_KICKER_WORDS: Final = 6
_LINE_LETTERS: Final = 300
_BYLINE_WORDS: Final = 12
_DATE_WORDS: Final = re.compile(
    r"\b(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)\b|\b(?:montag|dienstag|mittwoch|"
    r"donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|jueves|"
    r"viernes|domingo|(?:segunda|terça|quarta|quinta|sexta)-feira|luned[iì]|marted[iì]|"
    r"mercoled[iì]|gioved[iì]|venerd[iì]|domenica)\b|\b(?:jan|feb|mär|mar|apr|mai|may|jun|jul|aug|"
    r"sep|sept|okt|oct|nov|dez|dec|ene|abr|ago|dic|fév|avr|gen|mag|giu|lug|set|ott|out)\w*\.?|"
    r"\bjuillet\b|\bjuin\b|"
    r"\b(?:uhr|stand|aktualisiert|bearbeitet|geändert|veröffentlicht|erstellt|zuletzt|publiziert|am|um|vom|updated?|"
    r"published|posted|last|modified|first|on|at|of|a\.?m\.?|p\.?m\.?|utc|gmt|cet|cest|mesz|mez|est|"
    r"edt|pst|pdt|ist|bst|publié|mis à jour|le|à|publicado|actualizado|el|de|a las|às|h|"
    r"pubblicato|aggiornato|il|alle|ore|min|read|lesezeit|lesedauer|minuten?|minutos?|minutes?|"
    r"tempo|leitura|lectura|tiempo|lecture|temps|leestijd)\b",
    re.IGNORECASE,
)
_FIGURES: Final = re.compile(r"\b\d{1,2}[./]\s?\d{1,2}[./]\s?\d{2,4}\b|\b\d{4}-\d\d-\d\d\b")
_DATE_WORDS_MOST: Final = 14
# Where a page grows post by post each has its time, all through the text.
_GROWS: Final = re.compile(
    r"\b(?:live|news|tages)[ -]?(?:blog|ticker)|\blive updates?\b|\ben direct\b"
    r"|\ben (?:vivo|directo)\b|\bin diretta\b|\bao vivo\b|\brelacja na żywo\b",
    re.IGNORECASE,
)


def around(
    blocks: Sequence[Block], *, headlines: Iterable[str], authors: Iterable[str]
) -> dict[int, str]:
    """Return the places, with the reason, of lines that repeat a headline, an author or a date.

    Only the first and the last few lines are looked at, since further in a date or a name may
    well be a heading or an item of the article. Who is named at the top is known at the end.
    """
    titles = tuple(title for title in headlines if title)
    known = {name.casefold() for name in authors}
    found: dict[int, str] = {}
    top = _top(blocks, frozenset(map(key, titles)))
    for at in _edges(len(blocks)):
        block = blocks[at]
        if at < top and _is_headline(block.text, titles):
            found[at] = HEADLINE
        elif block.kind != "item" and _is_byline(block.text, known):
            found[at] = BYLINE
            known |= {name.casefold() for name in people.authors((block.text,))}
        elif block.kind != "item" and _is_date(block.text):
            found[at] = DATE
    if any(map(_GROWS.search, titles)):
        times = (at for at, block in enumerate(blocks) if block.kind != "item")
        found |= {at: DATE for at in times if at not in found and _is_date(blocks[at].text)}
    return found | _above(blocks, found)


def _top(blocks: Sequence[Block], titles: Container[str]) -> int:
    """How many lines stand before the first sentence of the text: there a headline may repeat.

    A headline may be a sentence itself.
    """
    for at, block in enumerate(blocks[:_TOP]):
        if key(block.text) in titles:
            continue
        if len(block.text.split()) >= _SENTENCE_WORDS and block.text.endswith(_SENTENCE_ENDS):
            return at
    return min(_TOP, len(blocks))


def _edges(length: int) -> list[int]:
    return sorted({*range(min(_TOP, length)), *range(max(0, length - _END), length)})


def _is_headline(text: str, titles: Iterable[str]) -> bool:
    """Whether `text` is one of `titles`, perhaps with a kicker before it."""
    line = key(text).casefold()
    for title in titles:
        wanted = key(title).casefold()
        if line == wanted or likeness(text, title) >= _ALIKE:
            return True
        if line.endswith(wanted) and len(line) <= len(wanted) + _KICKER_LETTERS:
            return True
    return False


def _is_byline(text: str, known: set[str]) -> bool:
    if len(text) > _LINE_LETTERS or len(text.split()) > _BYLINE_WORDS or text.endswith(("?", "!")):
        return False
    if people.BYLINE.match(text):
        return True
    names = people.authors((text,))
    return bool(known and names) and all(name.casefold() in known for name in names)


def _is_date(text: str) -> bool:
    """Whether `text` is nothing but a date, a time, or how long reading takes."""
    if (
        len(text) > _LINE_LETTERS
        or len(text.split()) > _DATE_WORDS_MOST
        or not any(map(str.isdigit, text))
    ):
        return False
    left = _DATE_WORDS.sub("", text)
    told = left != text or _FIGURES.search(text) is not None
    return told and not any(map(str.isalpha, left))


def _above(blocks: Sequence[Block], found: dict[int, str]) -> dict[int, str]:
    """Return the places of short lines before a headline: a kicker, the name of a section."""
    at = max((place for place, reason in found.items() if reason == HEADLINE), default=0)
    return {
        place: ABOVE
        for place in range(at)
        if place not in found and len(blocks[place].text.split()) <= _KICKER_WORDS
    }
