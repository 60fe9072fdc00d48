"""Copies as editors make them, planted: shortened, retitled, reordered, reworded, amid furniture.

Pure: what is made depends on the articles, the furniture and the seed alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from aggregator.evaluation.clustering.sets import Document
from aggregator.evaluation.corpora import Half

__all__ = ["SHARES", "Outlet", "Planted", "plant"]

SHARES: Final = tuple(range(10, 101, 10))
"""How much of an article its copies keep, in percent."""

_SENTENCE: Final = re.compile(r"(?<=[a-zäöüß\d\"“)][.!?]) +(?=[A-ZÄÖÜ\"„])")
_LEAST_WORDS: Final = 200
_PARAGRAPH: Final = (1, 2, 3, 4)
_TITLE_WORDS: Final = 9
_REPLACED: Final = (0.0, 0.0, 0.05, 0.1, 0.2)
_BEFORE, _AFTER = 3, 5


@dataclass(frozen=True, slots=True)
class Outlet:
    """A site, and lines of its pages that are not their articles."""

    name: str
    furniture: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """An article of the stream; `kept` is how much of the original it keeps, in percent.

    It is None of the originals, and of the strangers, which have no copies.
    """

    document: Document
    kept: int | None


def plant(
    articles: Sequence[Document],
    outlets: Mapping[Half, Sequence[Outlet]],
    *,
    every: int,
    seed: int,
) -> list[Planted]:
    """All articles as one outlet has them, and of each of so many one copy for each share.

    Each copy of an article is at an outlet of its own, and all that an outlet has stands amid
    lines of its furniture. Half of the copies are cut from the end, the others anywhere,
    a third have their paragraphs reordered, and three in five have 5 to 20% of their words
    replaced; titles are the original's, others or none.
    """
    words = {half: _words(articles, half) for half in outlets}
    found, long = [], 0
    for article in articles:
        chance = Random(f"{seed} {article.id}")  # noqa: S311 - it is to be the same again
        places = _outlets(outlets[article.half], chance)
        paragraphs = _paragraphs(article.text, chance)
        original = replace(article, label=article.id, title=_title(paragraphs[0]))
        found.append(Planted(_dressed(original, paragraphs, next(places), chance), None))
        long += (is_long := len(article.text.split()) >= _LEAST_WORDS)
        if is_long and long % every == 0:
            others = words[article.half]
            for kept in SHARES:
                copied = _copy(original, paragraphs, kept, others, chance)
                found.append(Planted(_dressed(*copied, next(places), chance), kept))
    return found


def _words(articles: Sequence[Document], half: Half) -> tuple[str, ...]:
    """Words to put for others: all that stand in the articles of one half."""
    return tuple(word for each in articles if each.half is half for word in each.text.split())


def _outlets(known: Sequence[Outlet], chance: Random) -> Iterator[Outlet]:
    return iter(chance.sample(list(known), len(known)))


def _paragraphs(text: str, chance: Random) -> list[str]:
    """The text in paragraphs of a few sentences, since it comes as one line."""
    sentences = _SENTENCE.split(" ".join(text.split()))
    found = []
    while sentences:
        size = chance.choice(_PARAGRAPH)
        found.append(" ".join(sentences[:size]))
        del sentences[:size]
    return found


def _title(paragraph: str) -> str:
    return " ".join(_SENTENCE.split(paragraph)[0].split()[:_TITLE_WORDS]).rstrip(".,:;")


def _copy(
    original: Document, paragraphs: Sequence[str], kept: int, words: Sequence[str], chance: Random
) -> tuple[Document, list[str]]:
    shortened = _shortened(paragraphs, kept / 100, chance)
    if chance.random() < 1 / 3:
        chance.shuffle(shortened)
    share = chance.choice(_REPLACED)
    reworded = [_reworded(each, share, words, chance) for each in shortened]
    title = chance.choice((original.title, _title(chance.choice(paragraphs)), ""))
    return replace(original, id=f"{original.id} at {kept}%", title=title), reworded


def _shortened(paragraphs: Sequence[str], share: float, chance: Random) -> list[str]:
    """So much of the text: cut from the end, by sentences and then words, or from anywhere."""
    sentences = [(at, each) for at, text in enumerate(paragraphs) for each in _SENTENCE.split(text)]
    order = list(range(len(sentences)))
    if chance.random() < 1 / 2:
        chance.shuffle(order)
    left = round(share * sum(len(text.split()) for _, text in sentences))
    chosen: dict[int, str] = {}
    for place in order:
        chosen[place] = " ".join(sentences[place][1].split()[: max(0, left)])
        left -= len(sentences[place][1].split())
        if left <= 0:
            break
    made: dict[int, list[str]] = {}
    for place in sorted(chosen):
        made.setdefault(sentences[place][0], []).append(chosen[place])
    return [" ".join(each) for each in made.values()]


def _reworded(text: str, share: float, words: Sequence[str], chance: Random) -> str:
    return " ".join(
        chance.choice(words) if chance.random() < share else word for word in text.split()
    )


def _dressed(
    article: Document, paragraphs: Sequence[str], outlet: Outlet, chance: Random
) -> Document:
    """The article as it is found on its outlet's page: some furniture has come along."""
    before, after = chance.randint(0, _BEFORE), chance.randint(0, _AFTER)
    lines = [*_some(outlet, before, chance), *paragraphs, *_some(outlet, after, chance)]
    return replace(article, outlet=outlet.name, text="\n".join(lines))


def _some(outlet: Outlet, count: int, chance: Random) -> Sequence[str]:
    """Lines that stand together on the outlet's page."""
    at = chance.randint(0, max(0, len(outlet.furniture) - count))
    return outlet.furniture[at : at + count]
