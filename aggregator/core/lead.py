"""The lead (Vorspann) of an article: the summary between its headline and its text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from lxml.etree import _Element as Element

from aggregator.core import naming
from aggregator.core.blocks import Block, Line, key
from aggregator.core.headline import likeness

__all__ = ["part"]

_LETTERS: Final = 700
_WORDS: Final = 6
_PROSE_WORDS: Final = 10
_SAME: Final = 0.85
_ALIKE: Final = 0.5
_BOLD: Final = 0.9
_LEAST_BLOCKS: Final = 3
_LINKED: Final = 0.3
_AROUND: Final = 4
_MOST_BETWEEN: Final = 40
_MOST_PARAGRAPHS: Final = 4
_FIRST: Final = 3
_ELLIPSIS: Final = re.compile(r"\s*(?:…|\.\.\.|\[…\])\s*$")
_SENTENCE: Final = re.compile(r"[.!?…][\"”“»’)]*$")
_IS_LEAD: Final = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro|introduction|standfirst|subline|sub-?headline|sub-?title|"
    r"summary|vorspann|abstract|deck?|excerpt|chapeau|chapo|entradilla|bajada|occhiello|sommario|"
    r"sous-?titre|ingress|leadtext|introtext|articlelead|article-?intro|synopsis)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_IS_NONE: Final = frozenset(
    """
    caption captions credit credits copyright byline author authors date time timestamp share
    social related breadcrumb breadcrumbs newsletter cookie consent advert advertisement promo
    subscribe subscription comment comments gallery player audio video toolbar paywall sidebar
    footer bildunterschrift bildnachweis
    """.split()
)
# What nothing but its place and its sentences makes a lead stands in no box named so.
_IS_NO_PROSE: Final = _IS_NONE | frozenset(
    """
    affiliate authored bio contact cta disclaimer disclosure embed label modal popup reviewed
    reviewer sticky tip tooltip
    """.split()
)
_ELSEWHERE: Final = frozenset(
    {"figure", "figcaption", "nav", "footer", "form", "ul", "ol", "aside", "table", "address"}
)


def part(
    kept: Sequence[Block],
    page: Sequence[Line],
    *,
    descriptions: Iterable[str],
    titles: Iterable[str],
    is_text: Callable[[Block], bool],
    authors: Iterable[str] = (),
) -> tuple[str, list[Block]]:
    """Part the lead from the text: ("" or the lead, the text without it).

    `page` are all lines of the page; `descriptions` what the page says of itself to machines.
    Such a description is the lead only where a reader sees it too, since many are written for
    search engines: elsewhere on the page, or as the first paragraph if that is set off from the
    others; often it is but a copy of the first paragraph, which then stays what it is. Without
    one the lead is what stands as prose, or marked as such, between headline and text, unless it
    tells of one of the `authors`; or the first paragraph where its markup alone calls it one.
    `is_text` tells a paragraph from boilerplate.
    """
    text = list(kept)
    known = set(titles)
    hints = [hint for hint in descriptions if _may_be(hint) and hint not in known]
    first = text[0] if text else None
    for hint in hints:
        if first is not None and _is_same(hint, first.text):
            return (first.text, text[1:]) if _stands_apart(text, page) else ("", text)
        if first is not None and key(first.text).startswith(_stem(hint)):
            return "", text
        seen = _seen(hint, page)
        if seen and not _stands_in(seen, text):
            return seen, text
    found = _between(text, page, hints, known, _presented(authors))
    at = next((at for at in found if is_text(page[at].block)), None)
    if at is None and text and _is_marked(text, page):
        return text[0].text, text[1:]
    return "" if at is None else _whole(at, page, text, is_text), text


def _presented(authors: Iterable[str]) -> tuple[str, ...]:
    """How a line begins that tells who an author is."""
    names = [name.split() for name in authors]
    given = (f"{name[0]} {verb} " for name in names if name for verb in ("is", "ist"))
    return (*(" ".join(name) for name in names if len(name) > 1), *given)


def _whole(
    at: int, page: Sequence[Line], text: Sequence[Block], is_text: Callable[[Block], bool]
) -> str:
    """The lead with the paragraphs behind its first one in the same box, if it has one."""
    said = [page[at].block.text]
    box = page[at].element.getparent()
    for line in page[at + 1 : at + _MOST_PARAGRAPHS]:
        block = line.block
        fits = block.kind == "paragraph" and block.links <= _LINKED and is_text(block)
        if line.element.getparent() is not box or not fits or _stands_in(block.text, text):
            break
        said.append(block.text)
    return " ".join(said)


def _stands_apart(text: Sequence[Block], page: Sequence[Line]) -> bool:
    """Whether the first paragraph is set off as a lead: bold, named so, or in a box of its own."""
    if len(text) < _LEAST_BLOCKS or len(text[0].text) > _LETTERS:
        return False
    first, second = (_shown(block, page) for block in text[:2])
    if first is None or second is None:
        return False
    if first.block.strong >= _BOLD > second.block.strong or _IS_LEAD.search(
        _marks(first.element) or ""
    ):
        return True
    return first.element.getparent() is not second.element.getparent()


def _is_marked(text: Sequence[Block], page: Sequence[Line]) -> bool:
    """Whether the first paragraph is named a lead, or bold as the ones behind it are not."""
    if len(text) <= _LEAST_BLOCKS or not _may_be(text[0].text) or text[0].links > _LINKED:
        return False
    shown = [_shown(block, page) for block in text[:_FIRST]]
    first, others = shown[0], [line for line in shown[1:] if line is not None]
    if first is None or not others or first.block.kind not in _KINDS:
        return False
    if first.block.kind == "paragraph" and first.block.strong >= _BOLD:
        return all(line.block.strong < _ALIKE for line in others)
    around = {each for line in others for each in line.element.iterancestors()}
    own = [
        each
        for each in chain((first.element,), first.element.iterancestors())
        if each not in around
    ]
    names = " ".join(f"{each.get('class') or ''} {each.get('id') or ''}" for each in own)
    return _marks(first.element) is not None and _IS_LEAD.search(names) is not None


def _shown(block: Block, page: Sequence[Line]) -> Line | None:
    wanted = key(block.text)
    return next((line for line in page if key(line.block.text).endswith(wanted)), None)


def _may_be(text: str) -> bool:
    return len(text.split()) >= _WORDS and len(text) <= _LETTERS


def _is_same(hint: str, text: str) -> bool:
    return key(hint) == key(text) or likeness(hint, text) >= _SAME


def _stem(hint: str) -> str:
    """The letters of a description without the dots that say it was cut."""
    return key(_ELLIPSIS.sub("", hint))


def _seen(hint: str, page: Sequence[Line]) -> str:
    """The line on the page that says what the description says, or ""."""
    cut = _stem(hint)
    for line in page:
        shown = key(line.block.text)
        if shown == cut or (shown.startswith(cut) and len(shown) < 2 * len(cut) + 40):
            return line.block.text
        if shown.endswith(cut) and len(shown) < len(cut) + 60:
            return hint
    return ""


def _stands_in(lead: str, text: Sequence[Block]) -> bool:
    wanted = key(lead)
    return any(wanted in key(block.text) for block in text)


# --- between headline and text ---------------------------------------------------------------


def _between(
    text: Sequence[Block],
    page: Sequence[Line],
    hints: Sequence[str],
    titles: set[str],
    presented: tuple[str, ...],
) -> Iterator[int]:
    """The places of lines between headline and text that may be the lead.

    What begins as `presented` says tells of an author, unless the page describes itself so.
    """
    start, end = _bounds(text, page, titles)
    if end - start > _MOST_BETWEEN:
        return
    for at, line in enumerate(page[start:end], start):
        block = line.block
        if not _may_be(block.text) or block.links > _LINKED or block.kind not in _KINDS:
            continue
        known = (*titles, text[0].text)
        if _stands_in(block.text, text) or any(_is_same(each, block.text) for each in known):
            continue
        marks = _marks(line.element)
        hinted = any(likeness(hint, block.text) >= _ALIKE for hint in hints)
        if not hinted and (marks is None or not _IS_NONE.isdisjoint(naming.parts(marks))):
            continue
        told = _IS_LEAD.search(marks or "") or _is_prose(block, marks)
        if hinted or (told and not block.text.startswith(presented)):
            yield at


def _is_prose(block: Block, marks: str | None) -> bool:
    sentence = _SENTENCE.search(block.text) is not None
    named = not _IS_NO_PROSE.isdisjoint(naming.parts(marks or ""))
    return sentence and not named and len(block.text.split()) >= _PROSE_WORDS


_KINDS: Final = frozenset({"paragraph", "heading"})


def _bounds(text: Sequence[Block], page: Sequence[Line], titles: set[str]) -> tuple[int, int]:
    """Where on the page the headline ends and the text begins; nothing where either is missing."""
    first = tuple(key(block.text) for block in text[:_FIRST])
    wanted = {key(title) for title in titles if title}
    shown = [key(line.block.text) for line in page]
    ends = [at for at, line in enumerate(shown) if first and line.endswith(first)]
    ranked = [at for at, line in enumerate(page) if line.block.level == 1]
    named = [at for at, line in enumerate(shown) if line in wanted]
    # A headline may be there twice: in a trail of links before, or a player's behind the lead.
    headings = [at for at in named if page[at].block.kind == "heading"]
    for end in ends:
        by_heading, by_name, by_rank = (
            [at for at in places if at < end] for places in (headings, named, ranked)
        )
        if head := by_heading[:1] or by_name[-1:] or by_rank[-1:]:
            return head[0] + 1, end
    return 0, 0


def _marks(element: Element) -> str | None:
    """The class and id names close around a line; None where it stands in a picture or a list."""
    names = []
    for around in chain((element,), islice(element.iterancestors(), _AROUND)):
        if around.tag in _ELSEWHERE:
            return None
        if around.tag in {"article", "main", "body"}:
            break
        names += [around.get("class") or "", around.get("id") or ""]
    return " ".join(names)
