"""A page or an article body as a run of lines: what stands on a line of its own, and how."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from lxml.etree import _Element as Element
from lxml.etree import iterwalk

from aggregator.core import clean

__all__ = ["Block", "Kind", "Line", "key", "lines", "position", "render"]

Kind = Literal["paragraph", "heading", "item", "quote", "row"]


@dataclass(frozen=True, slots=True)
class Block:
    """One line of text.

    `group` is shared by the lines of one list, table, or paragraph with line breaks; `level` is
    1 to 6 for a heading; `links` and `strong` are the shares, 0 to 1, of its letters that are
    link text or bold; `continued` marks a further line of the same list item; `marks` holds the
    class and id names of the elements around it, if they are known.
    """

    kind: Kind
    text: str
    group: int
    level: int = 0
    links: float = 0.0
    strong: float = 0.0
    continued: bool = False
    marks: str = ""


class Line(NamedTuple):
    """A block with the element in which its text begins."""

    block: Block
    element: Element


class _Place(NamedTuple):
    """What the elements around a piece of text say of it."""

    kind: Kind = "paragraph"
    level: int = 0
    group: int = -1
    linked: bool = False
    strong: bool = False
    compact: bool = False


# Both vocabularies: HTML, and the TEI-like one of trafilatura's body.
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_LISTS = frozenset({"ul", "ol", "dl", "list"})
_TABLES = frozenset({"table"})
_ITEMS = frozenset({"li", "dt", "dd", "item"})
_ROWS = frozenset({"tr", "row"})
_CELLS = frozenset({"td", "th", "cell"})
_QUOTES = frozenset({"blockquote", "quote"})
_LINKS = frozenset({"a", "ref"})
_STRONG = frozenset({"b", "strong"})
_BREAKS = frozenset({"br", "lb", "hr"})
_BOXES = frozenset(
    "address article aside body caption center details div fieldset figcaption figure footer form "
    "header html main nav p pre section summary".split()
)
_SKIPPED = frozenset(
    "audio button canvas datalist embed iframe math noscript object option script select "
    "source style svg template textarea title track video".split()
)
_BREAKING = (
    _BOXES | _BREAKS | _LISTS | _TABLES | _ITEMS | _ROWS | _QUOTES | _HEADINGS.keys() | {"head"}
)
_CHANGING = _BREAKING | _LINKS | _STRONG | _CELLS
_PLAIN = _BOXES - {"p"}
# A row with less text than this is data, and one line; longer ones lay out a page.
_COMPACT_ROW = 400


class _Pen:
    """Collects the pieces of one line, and the lines."""

    __slots__ = ("_element", "_groups", "_last_item", "_letters", "_parts", "_place", "out")

    def __init__(self) -> None:
        self.out: list[Line] = []
        self._groups = 0
        self._last_item: Element | None = None
        self._start()

    def _start(self) -> None:
        self._parts: list[str] = []
        self._letters = [0, 0, 0]  # all, linked, strong
        self._place = _Place()
        self._element: Element | None = None

    def group(self) -> int:
        """Return a number that no other group has."""
        self._groups += 1
        return self._groups

    def write(self, text: str | None, place: _Place, element: Element) -> None:
        """Add `text`; the first letters of a line decide what kind of line it is."""
        if not text:
            return
        if text.isspace():
            self.space()
            return
        self._parts.append(text)
        letters = len(text) - text.count(" ") - text.count("\n")
        if self._element is None:
            self._place, self._element = place, element
        self._letters[0] += letters
        self._letters[1] += letters * place.linked
        self._letters[2] += letters * place.strong

    def space(self, separator: str = " ") -> None:
        """Part what came before from what follows, without ending the line."""
        if self._element is not None:
            self._parts.append(separator)

    def flush(self) -> None:
        """End the line."""
        if self._element is None:
            return
        if text := clean.line("".join(self._parts)).strip(" |"):
            self.out.append(Line(self._block(text, self._element), self._element))
        self._start()

    def _block(self, text: str, element: Element) -> Block:
        place = self._place
        item = next(element.iterancestors(*_ITEMS), None) if element.tag not in _ITEMS else element
        continued = place.kind == "item" and item is not None and item is self._last_item
        self._last_item = item
        letters, linked, strong = self._letters
        return Block(
            kind=place.kind,
            text=text,
            group=place.group if place.group >= 0 else self.group(),
            level=place.level,
            links=linked / letters,
            strong=strong / letters,
            continued=continued,
        )


def lines(root: Element) -> list[Line]:
    """Return the lines of text under `root` (HTML or trafilatura's body) in document order.

    All text is there once; what is never shown (scripts, forms' fields, pictures) is not.
    """
    pen = _Pen()
    pen.write(root.text, _Place(), root)
    # What is around each open element, and what that says of text: of a page most of the time
    # is spent here, so that no more is called than must be.
    around: list[tuple[Element, _Place]] = [(root, _Place())]
    walk = iterwalk(root, events=("start", "end", "comment", "pi"))
    next(walk)
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED:
                walk.skip_subtree()
                continue
            place = _enter(pen, element, around[-1][1]) if tag in _CHANGING else around[-1][1]
            if text := element.text:
                pen.write(text, place, element)
            around.append((element, place))
        elif element is not root:
            if event == "end" and tag not in _SKIPPED:
                del around[-1]
                if tag in _BREAKING:
                    _part(pen, around[-1][1])
            if tail := element.tail:
                pen.write(tail, around[-1][1], around[-1][0])
    pen.flush()
    return pen.out


def _enter(pen: _Pen, element: Element, place: _Place) -> _Place:
    """Begin `element`: end the line before it where it stands on its own."""
    if element.tag in _CELLS:
        pen.space(" | ")
        return place
    if element.tag in _BREAKING:
        _part(pen, place)
    return place if element.tag in _PLAIN else _inside(pen, element, place)


def _part(pen: _Pen, place: _Place) -> None:
    """End the line, or within a row of data the cell."""
    if place.compact:
        pen.space()
    else:
        pen.flush()


def _inside(pen: _Pen, element: Element, place: _Place) -> _Place:
    """Return what holds for text inside `element`."""
    tag = str(element.tag)
    if tag in _LINKS:
        # Many a heading is an anchor that leads to nothing but itself.
        anchor = place.kind == "heading" and (element.get("href") or "#").startswith("#")
        return place._replace(linked=not anchor)
    if tag in _STRONG:
        return place._replace(strong=True)
    if tag in _BREAKS or place.compact:
        return place
    grouped = place.group if place.group >= 0 else pen.group()
    if tag in _LISTS or tag in _TABLES or tag == "p":
        return place._replace(group=grouped)
    if tag in _ITEMS:
        return place._replace(kind="item", group=grouped)
    if tag in _QUOTES:
        return place._replace(kind="quote")
    if tag in _ROWS:
        compact = sum(map(len, element.itertext())) < _COMPACT_ROW
        return place._replace(kind="row", group=grouped, compact=compact)
    if tag in _HEADINGS or tag == "head":
        rank = str(element.get("rend") or tag)
        return place._replace(kind="heading", level=_HEADINGS.get(rank, 2))
    return place


@lru_cache(maxsize=4096)  # of a page most lines are asked for it several times
def key(text: str) -> str:
    """Return `text` without its spaces: equal for the same line however it was marked up."""
    return "".join(text.split())


def position(shown: Iterable[str], titles: Iterable[str]) -> int | None:
    """Where the first line that is one of `titles` stands among lines; None where none is."""
    wanted = frozenset(titles)
    return next((at for at, line in enumerate(shown) if line in wanted), None)


def render(blocks: Iterable[Block]) -> str:
    """Return the text of `blocks`, a line each, list items marked by "- "."""
    return "\n".join(
        f"- {block.text}" if block.kind == "item" and not block.continued else block.text
        for block in blocks
    )
