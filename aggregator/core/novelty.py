"""Tells what later texts say that earlier ones do not, sentence by sentence.

A sentence says nothing new where three quarters of its words stand in earlier sentences in the same
runs of three (Broder's shingles), those of it that do not are no number, and none that tells of
anything that no earlier text speaks of; so a sentence with another figure, name or deed is new,
however alike it is to one before. A sentence that denies is compared with those alone that deny as
often: "will not" is no repetition of "will".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Final

from aggregator.core import stopwords, terms
from aggregator.core.profile import SHINGLE_SIZE
from aggregator.core.sentences import sentences
from aggregator.core.shingles import is_number, runs, tokens

__all__ = ["MOST_WORDS", "News", "Part", "Sentence", "Text", "novelty"]

MOST_WORDS: Final = 20_000
"""Of a longer text its beginning is looked at."""

_REPEATED: Final = 0.75
# What has less in common with anything before is new as a whole, and its words are not told apart.
_RELATED: Final = 0.4
_DENYING: Final = frozenset(
    """
    aldrig aucun aucune bez gar geen ikke ingen inte jamais kein keine keinem keinen keiner
    keines mai nada ne neither nessun nessuna nessuno never nicht nichts nie niemals niemand
    niet nigdy ninguna ninguno ningún no nobody noch non none nooit nor not nothing nunca não
    ohne pas rien sans sem senza sin t weder without zonder без не нет ни никогда
    """.split()
)
_MOST_DENIALS: Final = 3
_APART: Final = 0x9E37_79B9_7F4A_7C15
_EARLIER: Final = -1
_SPACED: Final = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Text:
    """What an article says in one version; `id` tells it from the others of its list."""

    id: int
    title: str
    body: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sentence as it is written, with the space before it."""

    text: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A new sentence; its parts tell which words are new where it is alike to an earlier one.

    `follows` says that it stands right behind the new sentence before it, in the same text;
    `others` are the ids of the later texts that say so too.
    """

    parts: tuple[Part, ...]
    follows: bool
    others: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The sentence as it is written."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a text: its new sentences in their order.

    `repeated` sentences stand in the earlier texts, `told` ones in a later text listed before.
    """

    id: int
    sentences: tuple[Sentence, ...]
    repeated: int
    told: int


def novelty(earlier: Iterable[Text], later: Sequence[Text]) -> tuple[News, ...]:
    """What each of the later texts says that no earlier one does, nor a later one listed before.

    Takes a time that grows with the length of all texts together, and no faster.
    """
    memory, found = _Memory(), list[_Found]()
    reader = _Reader()
    for text in earlier if later else ():
        memory.learn(reader.said(text.title, text.language), _EARLIER)
        for said in reader.body(text):
            memory.learn(said, _EARLIER)
    counted = [_look(text.id, reader.body(text), memory, found) for text in later]
    return tuple(
        News(text.id, tuple(each.sentence() for each in found[first:last]), repeated, told)
        for text, (first, last, repeated, told) in zip(later, counted, strict=True)
    )


# --- one sentence ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence as it is compared: its words, their runs by how often it denies, and stems.

    What could tell of nothing new has "" for its stem, a number or a denial None.
    """

    text: str
    words: tuple[str, ...]
    runs: tuple[int, ...]
    stems: tuple[str | None, ...]


@dataclass(slots=True)
class _Reader:
    """Makes texts ready to be compared; the stem of a word is looked for once."""

    stems: dict[tuple[str, str | None], str | None] = field(default_factory=dict)

    def said(self, sentence: str, language: str | None) -> _Said:
        words = tokens(sentence)
        denials = min(sum(word in _DENYING for word in words), _MOST_DENIALS)
        return _Said(
            sentence,
            tuple(words),
            tuple(each ^ (denials * _APART) for each in runs(words)),
            tuple(self._stem(word, language) for word in words),
        )

    def body(self, text: Text) -> Iterator[_Said]:
        """The sentences of a text that have words, until there are `MOST_WORDS`."""
        left = MOST_WORDS
        for sentence in sentences(text.body):
            said = self.said(sentence, text.language)
            if said.words:
                yield said
            left -= len(said.words)
            if left <= 0:
                return

    def _stem(self, word: str, language: str | None) -> str | None:
        key = word, language
        if key not in self.stems:
            self.stems[key] = _stem(word, language)
        return self.stems[key]


def _stem(word: str, language: str | None) -> str | None:
    if is_number(word) or word in _DENYING:
        return None
    ignored = len(word) == 1 or word in stopwords.of(language)
    return "" if ignored else terms.stem(word, language)


# --- what was said before --------------------------------------------------------------------


@dataclass(slots=True)
class _Memory:
    """All that was said: by each run and stem, in which new sentence, or by an earlier text."""

    runs: dict[int, int] = field(default_factory=dict)
    stems: dict[str | None, int] = field(default_factory=dict)

    def learn(self, said: _Said, number: int) -> None:
        """Take up what was said; who said so first stays known for it."""
        for run in said.runs:
            self.runs.setdefault(run, number)
        for stem in said.stems:
            self.stems.setdefault(stem, number)

    def standing(self, said: _Said, until: int) -> list[bool]:
        """Of each word whether it stands in a run that was said, by sentence `until` at last."""
        stands = [False] * len(said.words)
        width = min(SHINGLE_SIZE, len(said.words))
        for start, run in enumerate(said.runs):
            if self.runs.get(run, until + 1) <= until:
                stands[start : start + width] = [True] * width
        return stands

    def repeats(self, said: _Said, until: int) -> bool:
        """Whether a sentence says nothing but what was said."""
        stands = self.standing(said, until)
        return sum(stands) >= _REPEATED * len(stands) and not any(self.news(said, stands, until))

    def news(self, said: _Said, stands: Sequence[bool], until: int) -> list[bool]:
        """Of each word whether it stands in no run that was said, and tells of something new."""
        return [
            not stands and stem != "" and (stem is None or self.stems.get(stem, until + 1) > until)
            for stands, stem in zip(stands, said.stems, strict=True)
        ]

    def first(self, said: _Said) -> int | None:
        """Which new sentence it mostly repeats; None where its runs are all of earlier texts."""
        numbers = (self.runs.get(run, _EARLIER) for run in said.runs)
        most = Counter(each for each in numbers if each != _EARLIER).most_common(1)
        return most[0][0] if most else None


# --- what is new -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    """A new sentence, while it is still looked for others that say so."""

    parts: tuple[Part, ...]
    follows: bool
    others: list[int] = field(default_factory=list)

    def sentence(self) -> Sentence:
        return Sentence(self.parts, self.follows, tuple(dict.fromkeys(self.others)))


def _look(
    text_id: int, body: Iterable[_Said], memory: _Memory, found: list[_Found]
) -> tuple[int, int, int, int]:
    """Add the new sentences of a text to those that were `found`.

    Returns the numbers of the first and behind the last, and how many were said before, earlier
    and later.
    """
    begin, repeated, told = len(found), 0, 0
    follows = False
    for said in body:
        is_new = False
        if memory.repeats(said, _EARLIER):
            repeated += 1
        elif memory.repeats(said, len(found)):
            told += 1
            number = memory.first(said)
            if number is not None and number < begin:
                found[number].others.append(text_id)
        else:
            is_new = True
            stands = memory.standing(said, len(found))
            parts = _parts(said, stands, memory.news(said, stands, len(found)))
            memory.learn(said, len(found))
            found.append(_Found(parts, follows))
        follows = is_new
    return begin, len(found), repeated, told


def _parts(said: _Said, stands: Sequence[bool], news: Sequence[bool]) -> tuple[Part, ...]:
    """A sentence in parts, or in one where it has little in common with what was said."""
    if sum(stands) < _RELATED * len(stands):
        return (Part(said.text, is_new=False),)
    return tuple(
        Part("".join(piece for piece, _ in run), is_new)
        for is_new, run in groupby(_pieces(said.text, news), key=itemgetter(1))
    )


def _pieces(text: str, news: Sequence[bool]) -> Iterator[tuple[str, bool]]:
    """What stands between spaces, with the space before it, and whether any word of it is new."""
    word = 0
    for piece in _SPACED.findall(text):
        count = len(tokens(piece))
        yield piece, any(news[word : word + count])
        word += count
