"""Plants words into texts that have nothing like them. Pure: made of list and texts alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aggregator.core.wordforms import spelling
from aggregator.evaluation.search.wanted import Form, Wanted

__all__ = ["Planted", "plant"]

_BEGINNING: Final = 70
_OF_NOUNS: Final = (
    "In einer Randnotiz ist auch von {} die Rede.",
    "Dabei ging es unter anderem um {} und manches mehr.",
    "Am Rande fiel zudem das Stichwort {} mehrmals.",
    "Zuletzt war oft von {} zu lesen.",
)
_OF_OTHERS: Final = "Manche sagen, es sei {} gewesen, andere nicht."
_LEAST: Final = 3


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with one word in it, for one query."""

    query: str
    form: Form
    word: str
    text: str


def plant(list_of: Sequence[Wanted], texts: Sequence[str]) -> list[Planted]:
    """Each word of the list at the end of the beginning of one of the texts, in their order.

    Texts that hold any word planted for the query, or most letters of the query itself, are passed
    over, whatever stands around those letters.
    """
    beginnings = [" ".join(text.split()[:_BEGINNING]) for text in texts]
    spelt = [spelling(each) for each in beginnings]
    found, at = [], 0
    for each in list_of:
        near = tuple(_near(each))
        free = [n for n, text in enumerate(spelt) if not any(word in text for word in near)]
        for form, word in each.words:
            at += 1
            text = f"{beginnings[free[at % len(free)]]} {_sentence(word, at)} Weiteres folgt."
            found.append(Planted(each.query, form, word, text))
    return found


def _near(each: Wanted) -> Iterator[str]:
    some = [spelling(word) for _, word in each.words]
    query = spelling(each.query)
    yield from (word for word in some if len(word) >= _LEAST)
    yield query[: max(_LEAST, len(query) - 2)]


def _sentence(word: str, at: int) -> str:
    frame = _OF_OTHERS if word[0].islower() else _OF_NOUNS[at % len(_OF_NOUNS)]
    return frame.format(word)
