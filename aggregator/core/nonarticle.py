"""Tells pages that are no article by general signs, and says what they are instead."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from aggregator.core.blocks import Block, Line, key
from aggregator.core.phrases import PhraseBook, book, compiled
from aggregator.model import PhraseRule, Rejected

__all__ = ["Seen", "is_paywalled", "judge"]

_STAGE: Final = "extract"
_LINKED: Final = 0.8
_UNLINKED: Final = 0.5
_WORDS: Final = 3
_WALL_WORDS: Final = 300
_NO_TEXT: Final = 25
_FIRST: Final = 3
_TITLE_REST: Final = 8
_LETTERS: Final = 400
_MOST_LINES: Final = 150
_BEHIND: Final = 12
_LONG_WORD: Final = 5
_WORD: Final = re.compile(r"\w+")
_SEPARATOR: Final = re.compile(r"\s[|–—·-]\s")
_ORNAMENT: Final = re.compile(r"^[^\w¿¡]+")
_LEAST_TEASERS: Final = 5
_TEASERS: Final = 0.55
_MANY_LINKS: Final = 10
_SOME_LINKS: Final = 2
_TEASER_LETTERS: Final = 320
_PARAGRAPHS: Final = 3
_PROSE_LETTERS: Final = 100
_PROSE_WORDS: Final = 120
_WHOLE: Final = 0.85
_WIDE: Final = "\u2e80"
_SENTENCE: Final = re.compile(r"[.!?…\u3002\uff01\uff1f][\"”“»’)]*$")
_DATE: Final = re.compile(r"\b\d{1,2}(?:[.:/-]\d{1,2}|\.? \w+ \d{4})\b")
PAYWALL: Final = "paywall"

# What a page that has no text is by its own word, or by its address.
_MEDIA: Final = MappingProxyType(
    {
        "video": re.compile(r"^video|videoobject$|^(?:movie|clip|tvepisode)$"),
        "audio": re.compile(r"^music|audioobject$|^(?:podcastepisode|radioepisode)$"),
        "gallery": re.compile(r"^(?:imagegallery|mediagallery)$"),
    }
)
_MEDIA_PATH: Final = MappingProxyType(
    {
        "video": re.compile(r"/(?:videos?|mediathek|watch|clips?|tv)(?:/|$|-)", re.IGNORECASE),
        "audio": re.compile(r"/(?:audios?|podcasts?|radio|listen)(?:/|$|-)", re.IGNORECASE),
        "gallery": re.compile(
            r"/(?:fotostrecken?|bilderstrecken?|bildergalerien?|(?:foto)?galer(?:ie|y|ia|ía)s?"
            r"|galler(?:y|ies)|diaporamas?|photos?|fotos|bilder)(?:/|$|-)",
            re.IGNORECASE,
        ),
    }
)
_LISTS: Final = frozenset({"collectionpage", "searchresultspage"})
_NO_ARTICLE: Final = _LISTS | {"website"}
_ARTICLE: Final = re.compile(r"^article$|(?:article|posting)$")
_IS: Final = MappingProxyType(
    {
        "video": "it shows a video and has no text",
        "audio": "it plays a sound and has no text",
        "gallery": "it shows pictures and has no text",
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is judged: all lines of the page, what is kept of them as text, and its own words.

    `titles` are its headlines and the window's title, `kinds` its types as in Metadata.
    """

    page: Sequence[Line]
    kept: Sequence[Block]
    titles: Sequence[str]
    kinds: frozenset[str]
    url: str

    @property
    def words(self) -> int:
        """Words in the text."""
        return sum(len(block.text.split()) for block in self.kept)

    @property
    def is_declared(self) -> bool:
        """Whether the page says that it is an article, and not that it is a list of them."""
        return not self.kinds & _LISTS and any(map(_ARTICLE.search, self.kinds))


def judge(seen: Seen, rules: Sequence[PhraseRule], *, has_text: bool) -> Rejected | None:
    """What the page is if it is no article; None where it is one, or nothing tells what it is.

    `has_text` says whether what is kept would do for an article.
    """
    of_page = _of_page(book(rules))
    if has_text:
        return _wall(seen, of_page) or _section(seen) or _captioned(seen)
    return (
        _titled(seen.titles, of_page)
        or _list(seen, _MANY_LINKS)
        or _media(seen)
        or _shell(seen, of_page)
        or (_list(seen, _SOME_LINKS) if seen.kinds & _NO_ARTICLE else None)
    )


# --- walls, challenges and errors ------------------------------------------------------------


@lru_cache(maxsize=16)
def _of_page(rules: PhraseBook) -> tuple[PhraseRule, ...]:
    return tuple(rule for rule in rules if rule.takes == "page")


def _match(text: str, rules: Iterable[PhraseRule]) -> tuple[PhraseRule, str] | None:
    """The first rule whose phrase the text begins with, and what stands behind the phrase."""
    bare = _ORNAMENT.sub("", text[:_LETTERS])
    for rule in rules:
        if match := compiled(rule.pattern).match(bare):
            return rule, bare[match.end() :]
    return None


def _wall(seen: Seen, rules: Sequence[PhraseRule]) -> Rejected | None:
    """What stands there instead of an article, if title or text say so.

    Prompts and banners stand on articles too: there they are a little beside the text. So the
    phrase must be nearly all of the text, or, on a page that does not say that it is an article,
    be its title, or stand at the very top of a text that is not about its headline.
    """
    if seen.words >= _WALL_WORDS:
        return None
    texts = [block.text for block in seen.kept]
    own = [each for each in texts if _match(each, rules) is None]
    if sum(len(each.split()) for each in own) < _NO_TEXT:
        return _titled(seen.titles, rules) or _said(texts, rules)
    if seen.is_declared:
        return None
    if titled := _titled(seen.titles, rules):
        return titled
    return None if _is_about(seen.titles[0], own) else _said(texts[:_FIRST], rules)


def _is_about(headline: str, texts: Iterable[str]) -> bool:
    """Whether a text says again at least half of what its headline says."""
    words = {word for word in _WORD.findall(headline.casefold()) if len(word) >= _LONG_WORD}
    said = set(_WORD.findall(" ".join(texts).casefold()))
    return bool(words) and 2 * len(words & said) >= len(words)


def _titled(titles: Iterable[str], rules: Sequence[PhraseRule]) -> Rejected | None:
    for title in (part for whole in titles for part in _SEPARATOR.split(whole[:_LETTERS])):
        found = _match(title, rules)
        if found is not None and len(found[1].split()) <= _TITLE_REST:
            return _rejected(found[0], title)
    return None


def _said(texts: Iterable[str], rules: Sequence[PhraseRule]) -> Rejected | None:
    for text in texts:
        if (found := _match(text, rules)) is not None:
            return _rejected(found[0], text)
    return None


def _rejected(rule: PhraseRule, text: str) -> Rejected:
    code = "_".join(rule.reason.lower().split())
    return Rejected(_STAGE, code, f"instead of an article the page says: '{text[:100]}'")


# --- sections --------------------------------------------------------------------------------


def _section(seen: Seen) -> Rejected | None:
    """Whether the text is but teasers, on a page that does not say that it is an article."""
    share, count, own = (0.0, 0, []) if seen.is_declared else _teasers(seen)
    if count < _LEAST_TEASERS or share < _TEASERS or _is_running(own, seen) or _is_whole(seen):
        return None
    detail = f"{share:.0%} of its text are {count} teasers, each under a linked headline"
    return Rejected(_STAGE, "section_page", detail)


def _list(seen: Seen, least: int) -> Rejected | None:
    """Whether a page without text lists at least so many links to articles."""
    links = sum(1 for line in seen.page if _is_link(line.block))
    if links < least or seen.is_declared or _media(seen) is not None:
        return None
    return Rejected(_STAGE, "section_page", f"{links} linked headlines and no text of its own")


def _is_link(block: Block) -> bool:
    headline = block.kind == "heading" or len(block.text.split()) >= _WORDS
    return headline and block.links >= _LINKED


def _is_dated_link(block: Block) -> bool:
    """Whether a line is little but a link to an article and when that was published."""
    linked = block.links >= _UNLINKED and len(block.text) <= _TEASER_LETTERS
    return linked and _DATE.search(block.text) is not None


def _teasers(seen: Seen) -> tuple[float, int, list[Block]]:
    """How much of the text stands directly under linked headlines, in how many pieces; the rest."""
    above: dict[str, Block | None] = {}
    before: Block | None = None
    for line in seen.page:
        above.setdefault(key(line.block.text), before)
        before = line.block
    own: list[Block] = []
    for block in seen.kept:
        label = above.get(key(block.text))
        under = len(block.text) <= _TEASER_LETTERS and label is not None and _is_link(label)
        if not under and not _is_link(block) and not _is_dated_link(block):
            own.append(block)
    whole = sum(len(block.text) for block in seen.kept)
    rest = sum(len(block.text) for block in own)
    return (1 - rest / whole if whole else 0.0), len(seen.kept) - len(own), own


def _is_running(own: Sequence[Block], seen: Seen) -> bool:
    """Whether there is prose, several paragraphs or some on the headline."""
    prose = [block.text for block in own if _is_prose(block)]
    words = sum(len(text.split()) for text in prose)
    several = len(prose) >= _PARAGRAPHS or words >= _PROSE_WORDS
    return several or (words >= _NO_TEXT and _is_about(seen.titles[0], prose))


def _is_whole(seen: Seen) -> bool:
    """Whether nearly all of the text stands in one element that says that it is an article."""
    letters: Counter[Element | None] = Counter()
    kept = {key(block.text) for block in seen.kept}
    for line in seen.page:
        if key(line.block.text) in kept:
            around = chain((line.element,), line.element.iterancestors())
            letters[next(filter(_says_article, around), None)] += len(line.block.text)
    whole = letters.total()
    return any(around is not None and n >= _WHOLE * whole for around, n in letters.items())


def _says_article(element: Element) -> bool:
    said = (element.get("itemtype") or "").rsplit("/", 1)[-1].lower()
    return element.tag == "article" or _ARTICLE.search(said) is not None


def _is_prose(block: Block) -> bool:
    sentence = _SENTENCE.search(block.text) is not None
    # A letter of scripts without spaces says as much as three of others.
    wide = sum(sign >= _WIDE for sign in block.text[:_PROSE_LETTERS])
    return sentence and block.links < _UNLINKED and len(block.text) + 2 * wide >= _PROSE_LETTERS


# --- pages without text ----------------------------------------------------------------------


def _media(seen: Seen) -> Rejected | None:
    """What a page without text shows, by its own word or its address; else None."""
    path = urlsplit(seen.url).path
    for code, kind in _MEDIA.items():
        if any(map(kind.search, seen.kinds)) or _MEDIA_PATH[code].search(path):
            return Rejected(_STAGE, code, _IS[code])
    return None


def _captioned(seen: Seen) -> Rejected | None:
    """What a page shows whose text is but a caption; one that says it is an article is one."""
    return None if seen.is_declared or seen.words >= _NO_TEXT else _media(seen)


def _shell(seen: Seen, rules: Sequence[PhraseRule]) -> Rejected | None:
    """Whether a page without text says why, or has nothing to show at all."""
    if not seen.page:
        detail = "it shows no text: its scripts would fetch it, or there is none"
        return Rejected(_STAGE, "no_text", detail)
    texts = [line.block.text for line in seen.page if line.block.links < _UNLINKED]
    if sum(len(each.split()) for each in texts) >= _WALL_WORDS:
        return None
    return _said(texts[:_MOST_LINES], rules)


# --- paywalls --------------------------------------------------------------------------------


def is_paywalled(*, free: bool | None, seen: Seen, rules: Sequence[PhraseRule]) -> bool | None:
    """Whether not all of the article can be read without paying; None where nothing tells.

    The page's own word counts; without one, a prompt to pay directly behind the text.
    """
    if free is not None:
        return not free
    wanted = _of_paywall(book(rules))
    last = key(seen.kept[-1].text) if seen.kept else ""
    at = next((n for n, line in enumerate(seen.page) if key(line.block.text) == last), None)
    if at is None:
        return None
    behind = seen.page[at + 1 : at + 1 + _BEHIND]
    return True if any(_match(line.block.text, wanted) for line in behind) else None


@lru_cache(maxsize=16)
def _of_paywall(rules: PhraseBook) -> tuple[PhraseRule, ...]:
    return tuple(rule for rule in rules if rule.reason == PAYWALL)
