"""The demo's content as values: reads stories, outlets and troubles from their files."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from aggregator.errors import ConfigError
from aggregator.model import TextSource

__all__ = [
    "CONTENT",
    "BadEntry",
    "BadFeed",
    "Content",
    "EntryTrouble",
    "FeedFormat",
    "FeedSpec",
    "FeedTrouble",
    "Markup",
    "Outlet",
    "Piece",
    "Plant",
    "Story",
    "ValidatorKind",
    "Wire",
    "load",
]

CONTENT = Path(__file__).parent / "content"

FeedFormat = Literal["rss2", "rss2-full", "rss091", "rdf", "atom", "json"]
ValidatorKind = Literal["both", "etag", "weak", "modified", "none"]
FeedTrouble = Literal["html", "slow", "gone", "missing", "error"]
EntryTrouble = Literal["missing", "section"]


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


_T = TypeVar("_T", bound=_Dataclass)


@dataclass(frozen=True, slots=True)
class Wire:
    """An agency's text, in the markup of the content files."""

    id: str
    agency: str
    title: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What one outlet makes of an event: a copy of a wire text (`wire` is set) or its own report.

    `after` counts hours from the event, `ago` hours back from now; one of them is given. `keep`
    numbers the blocks of the text that remain, from 1; None keeps all. `plant` says where which
    boilerplate stands, as in "2 teasers".
    """

    outlet: str
    title: str
    lead: str
    text: str
    wire: Wire | None = None
    after: float | None = None
    ago: float | None = None
    edition: int = 1
    new_title: str | None = None
    authors: tuple[str, ...] = ()
    keep: tuple[int, ...] | None = None
    edits: tuple[tuple[str, str], ...] = ()
    intro: str = ""
    dateline: str = ""
    signoff: str = ""
    plant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One event; `begins` is "-1 05:30": days before today, and the local time."""

    id: str
    language: str
    begins: str
    pieces: tuple[Piece, ...]
    series: str | None = None


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed of an outlet; `tracking` is the query its links carry, `title` its own if any."""

    path: str
    format: FeedFormat
    validators: ValidatorKind
    title: str | None = None
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class Plant:
    """One kind of boilerplate: `html` with $label, $text and $items, each item as in `item`."""

    html: str
    text: str = ""
    label: str = ""
    count: int = 0
    item: str = ""


@dataclass(frozen=True, slots=True)
class Markup:
    """How an outlet marks up each kind of block; `signoff_place` "inline" ends the last one."""

    paragraph: str
    subhead: str
    label: str
    list: str
    item: str
    byline: str
    credit: str
    signoff: str
    sidebar: str
    signoff_place: Literal["block", "inline"] = "block"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet: its page, its feeds, its habits; `path` is the pattern of its article URLs."""

    id: str
    name: str
    language: str
    utc_offset: int
    section: str
    path: str
    quotes: tuple[str, str]
    date_format: str
    caption: str
    headlines: tuple[str, ...]
    feeds: tuple[FeedSpec, ...]
    markup: Markup
    plants: Mapping[str, Plant]
    page: str
    charset: str = "utf-8"
    declared_charset: str | None = None
    text: TextSource = "page"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadFeed:
    """A feed that cannot be had, of an outlet that has no other."""

    outlet: str
    language: str
    path: str
    trouble: FeedTrouble


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry in a good feed that leads to no article."""

    outlet: str
    title: str
    begins: str
    trouble: EntryTrouble


@dataclass(frozen=True, slots=True)
class Content:
    """All that the newsroom is made of; `section` and `parked` are page templates."""

    outlets: tuple[Outlet, ...]
    stories: tuple[Story, ...]
    bad_feeds: tuple[BadFeed, ...]
    bad_entries: tuple[BadEntry, ...]
    section: str
    parked: str


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a TOML file, with the file's name for errors."""

    path: Path
    values: Mapping[str, Any]

    def tables(self, key: str) -> list["_Table"]:
        return [_Table(self.path, values) for values in self.values.get(key, [])]


def load(root: Path = CONTENT) -> Content:
    """Read the content under `root`; raises ConfigError, naming the file, where it is wrong."""
    outlets = tuple(_outlet(path) for path in sorted((root / "outlets").iterdir()))
    troubles = _read(root / "troubles.toml")
    content = Content(
        outlets=outlets,
        stories=tuple(_story(path) for path in sorted((root / "stories").glob("*.toml"))),
        bad_feeds=tuple(_build(BadFeed, table) for table in troubles.tables("feeds")),
        bad_entries=tuple(_build(BadEntry, table) for table in troubles.tables("entries")),
        section=(root / "section.html").read_text(encoding="utf-8"),
        parked=(root / "parked.html").read_text(encoding="utf-8"),
    )
    _check_outlets(content, root)
    return content


def _read(path: Path) -> _Table:
    try:
        return _Table(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(error), path=path) from error


def _build(cls: type[_T], table: _Table, **extra: object) -> _T:
    """A `cls` from the table's keys and `extra`; lists become tuples."""
    values = {key: _frozen(value) for key, value in table.values.items()} | extra
    known = {item.name: item for item in fields(cls)}
    if unknown := sorted(values.keys() - known):
        raise ConfigError(" ".join(("unknown:", *unknown)), path=table.path)
    required = {name for name, item in known.items() if item.default is MISSING}
    if missing := sorted(required - values.keys()):
        raise ConfigError(" ".join(("missing:", *missing)), path=table.path)
    return cls(**values)


def _frozen(value: object) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _outlet(folder: Path) -> Outlet:
    table = _read(folder / "outlet.toml")
    plants = table.values.get("plants", {})
    return _build(
        Outlet,
        table,
        id=folder.name,
        feeds=tuple(_build(FeedSpec, feed) for feed in table.tables("feeds")),
        markup=_build(Markup, _Table(table.path, table.values.get("markup", {}))),
        plants={name: _build(Plant, _Table(table.path, plant)) for name, plant in plants.items()},
        page=(folder / "page.html").read_text(encoding="utf-8"),
    )


def _story(path: Path) -> Story:
    table = _read(path)
    wires = {wire.id: wire for wire in (_build(Wire, item) for item in table.tables("wire"))}
    copies = tuple(_copy(copy, wires) for copy in table.tables("copy"))
    reports = tuple(_build(Piece, report) for report in table.tables("report"))
    head = {
        key: value for key, value in table.values.items() if key not in {"wire", "copy", "report"}
    }
    story = _build(Story, _Table(path, head), id=path.stem, pieces=copies + reports)
    for piece in story.pieces:
        if (piece.after is None) == (piece.ago is None):
            message = f"{piece.title!r} needs either after or ago"
            raise ConfigError(message, path=path)
    return story


def _copy(table: _Table, wires: Mapping[str, Wire]) -> Piece:
    of = table.values.get("of", "")
    wire = wires.get(of)
    if wire is None:
        message = f"no wire text {of!r}"
        raise ConfigError(message, path=table.path)
    own = {key: value for key, value in table.values.items() if key != "of"}
    return _build(Piece, _Table(table.path, {"lead": wire.lead} | own), wire=wire, text=wire.text)


def _check_outlets(content: Content, root: Path) -> None:
    """Raise ConfigError where something is said of an outlet that there is not."""
    known = {outlet.id for outlet in content.outlets}
    named = [
        (root / "stories" / f"{story.id}.toml", piece.outlet)
        for story in content.stories
        for piece in story.pieces
    ]
    named += [(root / "troubles.toml", entry.outlet) for entry in content.bad_entries]
    for path, outlet in named:
        if outlet not in known:
            message = f"no outlet {outlet!r}"
            raise ConfigError(message, path=path)
