"""The article of a page that shows no text, from what its own scripts would build it of."""

import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice
from typing import Final

from lxml import html as lxml_html

from aggregator.core import jsonld, page
from aggregator.core.blocks import Line
from aggregator.core.page import Tree

__all__ = ["is_bare", "unfold"]

_SHOWN: Final = 200
_LINE: Final = 40
_UNLINKED: Final = 0.5
_LEAST_LETTERS: Final = 400
_LEAST_PARAGRAPHS: Final = 2
_MOST_LETTERS: Final = 2_000_000
_MOST_NODES: Final = 50_000
_MOST_FOUND: Final = 200
# What a React server streams: pieces of one text, in which rows "7:T1f4,<p>..." hold long texts
# with their length in bytes, in hexadecimal.
_PIECE: Final = re.compile(r"__next_f\.push\(\[1,\s*(\"(?:[^\"\\]|\\.)*\")\s*\]\)", re.DOTALL)
_LONG_ROW: Final = re.compile(r"(?:^|\n|(?<=[\]\}\"]))[0-9a-f]{1,6}:T([0-9a-f]{1,6}),")
_ROW: Final = re.compile(r"^[0-9a-f]{1,6}:([\[{].*)$", re.MULTILINE)
_PARAGRAPH: Final = re.compile(r"<p\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]*>")
_PLACEHOLDER: Final = re.compile(r"\$\$\w{1,40}\$\$")


def is_bare(shown: Sequence[Line]) -> bool:
    """Whether a page shows next to no text, so that there may be more in its scripts."""
    letters = 0
    for line in shown:
        if line.block.links < _UNLINKED and len(line.block.text) >= _LINE:
            letters += len(line.block.text)
            if letters >= _SHOWN:
                return False
    return True


def unfold(tree: Tree) -> bool:
    """Put the article that the page's scripts hold into its body; whether there is one.

    Of all texts in them the longest is it: HTML with paragraphs, or the description's articleBody.
    """
    body = tree.find("body")
    found = _PLACEHOLDER.sub("", max(_texts(tree), key=_letters, default=""))
    if body is None or _letters(found) < _LEAST_LETTERS or page.overload(found):
        return False
    article = lxml_html.fragment_fromstring(page.fit_for_xml(found), create_parent="article")
    body.append(article)
    return True


def _letters(text: str) -> int:
    return len(_TAG.sub("", text))


def _texts(tree: Tree) -> Iterator[str]:
    """The texts in scripts that may be the article, as HTML."""
    for node in jsonld.nodes(tree):
        for text in jsonld.strings(node.get("articleBody")):
            yield _as_html(text)
    for text in _strings(tree):
        if len(_PARAGRAPH.findall(text)) >= _LEAST_PARAGRAPHS:
            yield text


def _as_html(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)


def _strings(tree: Tree) -> Iterator[str]:
    """The strings in data that scripts carry."""
    pieces = []
    for script in tree.iter("script"):
        source = script.text or ""
        if script.get("type") == "application/json":
            yield from _inside(_load(source))
        elif "__next_f" in source:
            pieces += [_load(piece) for piece in _PIECE.findall(source)]
    yield from _streamed("".join(piece for piece in pieces if isinstance(piece, str)))


def _streamed(flow: str) -> Iterator[str]:
    flow = flow[:_MOST_LETTERS]
    for row in islice(_LONG_ROW.finditer(flow), _MOST_FOUND):
        size = int(row[1], 16)
        held = flow[row.end() : row.end() + size].encode("utf-8", "replace")[:size]
        yield held.decode("utf-8", "ignore")
    for row in _ROW.finditer(flow):
        yield from _inside(_load(row[1]))


def _load(source: str) -> object:
    try:
        loaded: object = json.loads(source[:_MOST_LETTERS])
    except (ValueError, RecursionError):
        return None
    return loaded


def _inside(root: object) -> Iterator[str]:
    waiting, seen = [root], 0
    while waiting and seen < _MOST_NODES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
