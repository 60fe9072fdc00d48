"""Understands a list of feeds in OPML 1.0 to 2.0, as other feed readers write it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from aggregator.core.discovery import plain_scheme
from aggregator.core.feeds.decoding import as_text, without_forbidden
from aggregator.errors import InputError

__all__ = ["Outline", "read"]

_DEEPEST: Final = 100
_MOST_OUTLINES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed as the list names it, and the 1-based line on which it stands.

    `url` is None where it gives no address. `tags` are the folders that it lies in, outermost
    first, and its categories; `text` and `paused` are what this program's own export said.
    """

    line: int
    name: str
    url: str | None
    title: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    text: str = "auto"
    paused: bool = False


def read(body: bytes) -> tuple[Outline, ...]:
    """The feeds in the file `body`, in their order.

    Raises InputError, naming the line, where it is no OPML, or no XML that can be read.
    """
    whole = as_text(body, "").text
    # Parsers want the XML declaration first of all.
    text = whole.lstrip("\ufeff \t\r\n")
    above = whole.count("\n", 0, len(whole) - len(text))
    parser = expat.ParserCreate("utf-8")
    taking = _Taking(parser, above)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = taking.refuse_doctype
    parser.StartElementHandler = taking.start
    parser.EndElementHandler = taking.end
    try:
        parser.Parse(without_forbidden(text).encode("utf-8", "replace"), True)  # noqa: FBT003
    except expat.ExpatError as error:
        message = f"this is no sound XML: {expat.ErrorString(error.code)}"
        raise InputError(message, line=error.lineno + above) from error
    return tuple(taking.found)


@dataclass(slots=True)
class _Taking:
    """Takes the outlines from the parser's events."""

    parser: expat.XMLParserType
    above: int
    found: list[Outline] = field(default_factory=list)
    open: list["_Open"] = field(default_factory=list)
    inside: bool = False

    def refuse_doctype(self, name: str, *_: object) -> None:
        """A document type may define entities that grow without end, and no OPML needs one."""
        if name.lower() == "html":
            self._refuse("this is an HTML page, no OPML")
        self._refuse("a document type (DTD) is not taken; delete <!DOCTYPE ...>")

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        """Note an outline, or refuse a document that is no OPML."""
        if not self.inside:
            self.inside = True
            if element.lower() != "opml":
                self._refuse(f"this is no OPML; it begins with <{element[:50]}>")
        if element.lower() != "outline":
            return
        if len(self.open) >= _DEEPEST:
            self._refuse(f"the outlines are nested more than {_DEEPEST} deep")
        if len(self.found) >= _MOST_OUTLINES:
            self._refuse(f"these are more than {_MOST_OUTLINES:,} outlines")
        if self.open:
            self.open[-1].is_folder = True
        given = {name.lower(): value for name, value in attributes.items()}
        self.open.append(_Open(self._line, given))

    def end(self, element: str) -> None:
        """Keep the outline that ends here, unless it is but a folder."""
        if element.lower() != "outline":
            return
        done = self.open.pop()
        if done.url or not done.is_folder:
            folders = [folder.name for folder in self.open if not folder.url]
            self.found.append(done.taken(folders))

    def _refuse(self, message: str) -> NoReturn:
        raise InputError(message, line=self._line)

    @property
    def _line(self) -> int:
        return self.parser.CurrentLineNumber + self.above


@dataclass(slots=True)
class _Open:
    """An outline that has begun: its attributes by their names in lower case."""

    line: int
    given: Mapping[str, str]
    is_folder: bool = False

    @property
    def name(self) -> str:
        return _plain(self.given.get("text", "")) or _plain(self.given.get("title", ""))

    @property
    def url(self) -> str | None:
        """The feed's address; old lists call it `url`, which is also a link's."""
        kind = self.given.get("type", "").lower()
        old = self.given.get("url", "") if kind in {"rss", "atom", "feed"} else ""
        return plain_scheme(_plain(self.given.get("xmlurl") or old)) or None

    def taken(self, folders: list[str]) -> Outline:
        return Outline(
            line=self.line,
            name=self.name,
            url=self.url,
            title=_plain(self.given.get("title", "")),
            language=_plain(self.given.get("language", "")) or None,
            tags=self._tags(folders),
            text=self.given.get("aggregator:text", "auto"),
            paused=self.given.get("aggregator:paused") == "true",
        )

    def _tags(self, folders: list[str]) -> tuple[str, ...]:
        """Our own export writes tags apart where a category cannot hold them as they are."""
        if own := self.given.get("aggregator:tags"):
            return tuple(own.split("\n"))
        # A slash before a category says only that it begins at the top of a tree.
        categories = (each.lstrip("/") for each in self.given.get("category", "").split(","))
        return tuple(dict.fromkeys(filter(None, map(_plain, [*folders, *categories]))))


def _plain(text: str) -> str:
    """The text on one line, without what cannot be shown."""
    shown = (char if char.isprintable() else " " * char.isspace() for char in text)
    return "".join(shown).strip()
