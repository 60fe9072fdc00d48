"""What an entry carries of its article: measured against the page, or judged by its looks."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from lxml import html
from lxml.etree import _Element as Element

from aggregator.core import clean, page
from aggregator.core.blocks import Block, key, lines
from aggregator.core.fulltext import Carrying, Measure, carries_whole
from aggregator.core.shingles import runs, tokens
from aggregator.core.urls import identity
from aggregator.model import Article, Entry

__all__ = ["looks_whole", "measure"]

# A teaser among whole texts is short; a cut one in a feed that cuts at a length is long.
_MUCH_SHORTER: Final = 0.5
_MUCH_LONGER: Final = 1.25
_LAST_LINES: Final = 3
_SENTENCE_LETTERS: Final = 60
_LABEL_LETTERS: Final = 60
# Dots, and behind them at most a few words, in brackets or not: "[…]", "… weiterlesen".
_DOTS: Final = re.compile(r"(?:…|\.{3}|\. \. \.)\s*[\])]?\W*(?:\w+\W+){0,4}\w*\W*$")
_GOING_ON: Final = frozenset(",-–—")
_BEHIND_LINKS: Final = " .…»›>→)]"


def measure(entry: Entry, article: Article) -> Measure:
    """Compare what `entry` carries with the `article` that its page gave."""
    body = _body(entry)
    above = body.runs | set(runs(tokens(clean.words(entry.summary))))
    parts = ((article.lead, above), (article.text, body.runs))
    found = [run in where for text, where in parts for run in runs(tokens(text))]
    own = {key(line.removeprefix("- ")) for line in article.text.splitlines()}
    share = round(sum(found) / len(found), 3) if found else 0.0
    return Measure(share, body.words, _sign(body, own))


def looks_whole(entry: Entry, known: Carrying) -> bool:
    """Whether an entry is like those of its feed that were measured, and shows no sign of a cut."""
    if not carries_whole(known):
        return False
    body = _body(entry)
    lengths = [each.words for each in known.measures]
    if not min(lengths) * _MUCH_SHORTER <= body.words <= max(lengths) * _MUCH_LONGER:
        return False
    return not _sign(body, frozenset())


@dataclass(frozen=True, slots=True)
class _Body:
    """An entry's own text: how long, its runs of words, its last lines, whether a link goes on."""

    words: int = 0
    runs: AbstractSet[int] = frozenset()
    last: Sequence[Block] = ()
    goes_on: bool = False


def _body(entry: Entry) -> _Body:
    """Read the text that an article would be made of."""
    carried = page.fit_for_xml(entry.content or entry.summary)
    if not carried or page.overload(carried):
        return _Body()
    root = html.fragment_fromstring(carried, create_parent="body")
    blocks = [line.block for line in lines(root)]
    words = tokens("\n".join(block.text for block in blocks))
    return _Body(len(words), set(runs(words)), blocks[-_LAST_LINES:], _goes_on(root, entry))


def _goes_on(root: Element, entry: Entry) -> bool:
    """Whether the text ends with a link to its own page: where one reads on."""
    links = list(root.iter("a"))
    if not links or entry.link is None:
        return False
    address, label = links[-1].get("href", ""), clean.line("".join(map(str, links[-1].itertext())))
    if not 0 < len(label) <= _LABEL_LETTERS or "#" in address:
        return False
    ends = clean.line("".join(map(str, root.itertext()))).rstrip(_BEHIND_LINKS)
    return ends.endswith(label.rstrip(_BEHIND_LINKS)) and identity(address) == identity(entry.link)


def _sign(body: _Body, own: AbstractSet[str]) -> str:
    """What shows that a text was cut; lines that are the article's `own` show nothing."""
    if body.goes_on:
        return "ends with a link to its page"
    ends = [block for block in body.last if key(block.text) not in own]
    if any(_DOTS.search(block.text[-_LABEL_LETTERS:]) for block in ends):
        return "ends in dots"
    prose = [b for b in ends if b.kind == "paragraph" and len(b.text) >= _SENTENCE_LETTERS]
    unfinished = bool(prose) and _is_unfinished(prose[-1].text[-1])
    return "breaks off" if unfinished or (ends and _goes_further(ends[-1], own)) else ""


def _is_unfinished(last: str) -> bool:
    """Whether prose with this last sign ends within a sentence (scripts without case aside)."""
    return last in _GOING_ON or last.isdigit() or (last.isalpha() and last.lower() != last.upper())


def _goes_further(block: Block, own: AbstractSet[str]) -> bool:
    """Whether one of the article's lines begins like this one and is longer."""
    return any(line.startswith(key(block.text)) for line in own)
