"""A planted stream of news: own reports, copies of them, templates and stubs, all made up by us.

Words are drawn by Zipf's law (a word's frequency is one by its rank) from a vocabulary that grows
with the square root of what was written so far (Heaps' law). Any article of the stream can be made
without those before it, so that several processes can share the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Final, Literal

import numpy as np

from aggregator.model import Article

__all__ = ["Planted", "Stream"]

Kind = Literal["own", "copy", "template", "stub"]

_SYLLABLES: Final = tuple(a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u"))
_HEAPS: Final = 44
_WORDS: Final = 400
_OUTLETS: Final = 200
_PER_DAY: Final = 10_000
_COPIES, _TEMPLATES, _FOLLOWING = 0.25, 0.03, 0.4
_REACH: Final = 10_000
_EXACT, _EDITED, _SAME_TITLE, _REPLACED = 0.3, 0.6, 0.4, 0.05
_NAMES: Final = 8
_NAMED: Final = 0.12
_FURNITURE: Final = 40

STUB_TITLE: Final = "Weiterlesen mit Ihrem Abonnement"
STUB: Final = (
    "Diesen Bericht lesen Sie mit einem Abonnement. Als Abonnentin oder Abonnent haben Sie Zugang "
    "zu allen Inhalten auf unserer Seite und in der App, jeden Tag rund um die Uhr. Wenn Sie schon "
    "ein Konto haben, melden Sie sich bitte an. Sonst finden Sie hier unsere Angebote."
)


@dataclass(frozen=True, slots=True)
class Planted:
    """One article; `source` is the number of the one whose text it has, `event` of its story."""

    number: int
    article: Article
    outlet: str
    kind: Kind
    source: int
    event: int
    exact: bool = False


@dataclass(frozen=True)
class Stream:
    """All articles of a stream that has `size` of them, 10,000 a day, the last at `end`.

    Copies have their source, and reports on one event each other, among the `reach` before them.
    """

    size: int
    end: datetime
    seed: int = 1
    per_day: int = _PER_DAY
    reach: int = _REACH

    @cached_property
    def words(self) -> Sequence[str]:
        """The vocabulary, the most frequent word first."""
        return [_word(rank) for rank in range(self._known(self.size) + 1)]

    def _known(self, number: int) -> int:
        return int(_HEAPS * (_WORDS * (number + 25)) ** 0.5)

    def article(self, number: int) -> Planted:
        """The article with a number from 0."""
        chance = self._chance(number)
        draw = chance.random()
        if draw < _TEMPLATES:
            return self._template(number, chance)
        if draw < _TEMPLATES + _COPIES:
            source = self._source(number, chance)
            if source is not None:
                return self._copy(number, source, chance)
        return self._own(number)

    def stub(self, number: int, at: datetime) -> Planted:
        """One of many articles with the very same headline and words."""
        url = f"https://stub.example/{number}"
        made = Article(url, url, STUB_TITLE, STUB, language="de", published_at=at)
        return Planted(number, made, f"outlet{number % _OUTLETS}", "stub", number, number)

    def published(self, number: int) -> datetime:
        """When an article was published."""
        return self.end - timedelta(days=(self.size - 1 - number) / self.per_day)

    # --- what an article is -------------------------------------------------------------------

    def _chance(self, number: int) -> Random:
        return Random(number * 1_000_003 + self.seed)  # noqa: S311 - planted, not secret

    def _is_own(self, number: int) -> bool:
        return number >= 0 and self._chance(number).random() >= _TEMPLATES + _COPIES

    def _source(self, number: int, chance: Random) -> int | None:
        tries = (number - 1 - int(self.reach * chance.random() ** 3) for _ in range(5))
        return next((each for each in tries if self._is_own(each)), None)

    def _event(self, number: int) -> int:
        chance = self._chance(number)
        chance.random()
        if chance.random() < _FOLLOWING:
            earlier = number - 1 - int(self.reach * chance.random())
            if self._is_own(earlier):
                return earlier
        return number

    def _own(self, number: int) -> Planted:
        event = self._event(number)
        chance = Random(number * 7_919 + self.seed)  # noqa: S311 - planted, not secret
        names = self._names(event)
        text = self._text(number, names)
        made = self._made(number, chance, self._title(chance, names), text)
        return replace(made, event=event)

    def _copy(self, number: int, source: int, chance: Random) -> Planted:
        """A source's text: word for word, edited, or shortened to 30 to 80%."""
        original = self._own(source)
        paragraphs = original.article.text.split("\n")
        draw = chance.random()
        if draw > _EDITED:
            left = max(1, round(len(paragraphs) * chance.uniform(0.3, 0.8)))
            paragraphs = paragraphs[:left]
        elif draw > _EXACT:
            paragraphs = [self._edited(each, chance) for each in paragraphs]
        if draw > _EXACT:
            paragraphs.append(self._furniture(chance))
        same = chance.random() < _SAME_TITLE
        title = original.article.title if same else self._title(chance, self._names(original.event))
        text = "\n".join(paragraphs)
        made = self._made(number, chance, title, text)
        return replace(made, kind="copy", source=source, event=original.event, exact=draw <= _EXACT)

    def _template(self, number: int, chance: Random) -> Planted:
        """A forecast: one form, filled in with other numbers each time."""
        rows = [
            f"In {_word(300 + at).title()} liegt die Temperatur heute bei {chance.randint(-9, 35)} "
            f"Grad, der Wind weht mit {chance.randint(1, 90)} Kilometern in der Stunde und es "
            f"fallen bis zu {chance.randint(0, 40)} Liter Regen auf den Quadratmeter."
            for at in range(6)
        ]
        title = f"Das Wetter am {chance.randint(1, 31)}. in Zahlen: {chance.randint(-9, 35)} Grad"
        return replace(self._made(number, chance, title, "\n".join(rows)), kind="template")

    def _made(self, number: int, chance: Random, title: str, text: str) -> Planted:
        outlet = f"outlet{chance.randrange(_OUTLETS)}"
        url = f"https://{outlet}.example/{number}"
        at = self.published(number)
        made = Article(url, url, title, text, language="de", published_at=at)
        return Planted(number, made, outlet, "own", number, number)

    # --- words --------------------------------------------------------------------------------

    def _names(self, event: int) -> list[str]:
        """What an event is about: rare words, capitalised."""
        chance = Random(event * 31 + self.seed)  # noqa: S311 - planted, not secret
        known = self._known(event)
        return [self.words[chance.randrange(known // 4, known)].title() for _ in range(_NAMES)]

    def _text(self, number: int, names: Sequence[str]) -> str:
        """About 400 words in paragraphs; one in eight is a name, one in 50 a number."""
        draw = np.random.default_rng((self.seed, number))
        count = int(draw.integers(250, 550))
        ranks = np.exp(draw.random(count) * np.log(self._known(number))).astype(int)
        words = [self.words[rank - 1] for rank in ranks.tolist()]
        for place in np.flatnonzero(draw.random(count) < _NAMED).tolist():
            words[place] = names[place % len(names)]
        for place in np.flatnonzero(draw.random(count) < 1 / 50).tolist():
            words[place] = str(10 + place * 7 % 900)
        ends = np.cumsum(draw.integers(8, 25, count // 8)).tolist()
        return _punctuated(words, ends)

    def _title(self, chance: Random, names: Sequence[str]) -> str:
        common = (self.words[chance.randrange(40, 4_000)] for _ in range(5))
        return " ".join([*chance.sample(list(names), min(3, len(names))), *common]).capitalize()

    def _edited(self, paragraph: str, chance: Random) -> str:
        words = paragraph.split()
        for place in range(len(words)):
            if chance.random() < _REPLACED:
                words[place] = self.words[chance.randrange(4_000)]
        return " ".join(words)

    def _furniture(self, chance: Random) -> str:
        """A line that one of the sites puts below all its texts."""
        line = Random(chance.randrange(_FURNITURE))  # noqa: S311 - planted, not secret
        return " ".join(self.words[line.randrange(2_000)] for _ in range(20)).capitalize() + "."


def _word(rank: int) -> str:
    made, left = "", rank
    while True:
        left, syllable = divmod(left, len(_SYLLABLES))
        made += _SYLLABLES[syllable]
        if not left:
            return made
        left -= 1


def _punctuated(words: list[str], ends: Sequence[int]) -> str:
    sentences, start = [], 0
    for end in (*(each for each in ends if each < len(words)), len(words)):
        if sentence := words[start:end]:
            sentences.append(" ".join([sentence[0].title(), *sentence[1:]]) + ".")
        start = end
    return "\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))
