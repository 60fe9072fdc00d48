"""What the board's page shows, made of what was read: links that filter, groups of them, figures.

All of it is pure: addresses and values, no words, which stand in the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode

from aggregator.storage.board import BoardFilter, Card, Choices, News
from aggregator.web.marking import marked

__all__ = [
    "REASONS",
    "WITHIN",
    "WORDS",
    "Asked",
    "Option",
    "View",
    "Within",
    "age",
    "flags",
    "shown_for",
    "times",
    "values",
]

Within = Literal["all", "6h", "24h", "3d", "7d", "30d"]

WITHIN: Final[Mapping[Within, timedelta | None]] = {
    "all": None,
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""How old the last report may be, by the name that addresses have for it."""

REASONS: Final[Mapping[str, str]] = {
    "editor": marked("given by an editor"),
    "most_outlets": marked("of the text that most outlets carry"),
    "agrees": marked("says most of what the others say"),
    "plain": marked("says what happened, where others shout or tease"),
    "earliest": marked("the earliest"),
}
"""What speaks for a headline, where it was not the only one."""

WORDS: Final[Mapping[str, str]] = {
    "unread": marked("not yet read"),
    "grown": marked("grown since you looked"),
    "untitled": marked("Without headline"),
    "pinned": marked("pinned"),
    "took": marked("copies:"),
    "carried": marked("carried by:"),
    "why": marked("Why here?"),
    "headline": marked("Headline:"),
    "unstar": marked("Take back the star"),
    "star": marked("Star"),
    "unpin": marked("Unpin"),
    "pin": marked("Pin"),
    "unhide": marked("Show again"),
    "hide": marked("Hide"),
    "merge": marked("Merge"),
}
"""What every card says alike, put into a language once for all of them."""

Flag = Literal["single", "unread", "starred", "hidden"]
_FLAGS: Final[tuple[Flag, ...]] = ("unread", "single", "starred", "hidden")
Kind = Literal["language", "tag", "agency", "outlet"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader of the board asks for, as its address has it."""

    within: Within = "all"
    language: str = ""
    tag: str = ""
    agency: str = ""
    outlet: str = ""
    single: bool = False
    unread: bool = False
    starred: bool = False
    hidden: bool = False

    @property
    def url(self) -> str:
        """The board's address with these filters, without what lets all pass."""
        said = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: "1" if value is True else value for name, value in said.items() if value}
        if self.within == "all":
            del kept["within"]
        return f"/?{urlencode(kept)}" if kept else "/"

    def going_on(self, word: str) -> str:
        """The address behind a place, which `word` stands for."""
        return f"{self.url}{'&' if '?' in self.url else '?'}{urlencode({'after': word})}"

    @property
    def live(self) -> str:
        """The filters as the live update is asked for them."""
        return self.url.partition("?")[2]

    def without(self, name: str) -> str:
        """The address that gives a filter up."""
        return self.having(name, getattr(Asked(), name)).url

    def having(self, name: str, value: str | bool) -> "Asked":  # noqa: FBT001 - it is one of the values
        """The same with another filter."""
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    def others(self, name: str) -> list[tuple[str, str]]:
        """All filters but one, as a form keeps them."""
        return parse_qsl(self.without(name).partition("?")[2])

    @property
    def is_plain(self) -> bool:
        """Whether all stories are asked for."""
        return self == Asked()

    def chosen(self, now: datetime) -> BoardFilter:
        """The filter as it is read by."""
        age = WITHIN[self.within]
        return BoardFilter(
            since=None if age is None else now - age,
            language=self.language or None,
            tag=self.tag or None,
            outlet=self.outlet or None,
            agency=self.agency or None,
            single=self.single,
            unread=self.unread,
            starred=self.starred,
            hidden=self.hidden,
        )


@dataclass(frozen=True, slots=True)
class Option:
    """One value to filter by: its `url` takes it, or where it is the `current` one gives it up."""

    value: str
    url: str
    current: bool


def times(asked: Asked) -> list[Option]:
    """How far back."""
    return [Option(each, replace(asked, within=each).url, asked.within == each) for each in WITHIN]


def flags(asked: Asked) -> list[Option]:
    """What else is asked for or not."""
    return [_flag(asked, each) for each in _FLAGS]


def _flag(asked: Asked, name: Flag) -> Option:
    said = getattr(asked, name)
    return Option(name, asked.having(name, not said).url, said)


def values(asked: Asked, kind: Kind, known: Sequence[str], most: int) -> list[Option]:
    """The values of one kind, the current one first of all where it is none of the first `most`."""
    current = getattr(asked, kind)
    shown = list(known[:most])
    if current and current not in shown:
        shown = [current, *shown[: most - 1]]
    return [
        Option(each, asked.having(kind, "" if each == current else each).url, each == current)
        for each in shown
    ]


def age(hours: float) -> int:
    """Hours as they are told, whole ones."""
    return max(round(hours), 1)


def shown_for(count: int, size: int, most: int) -> int:
    """How many stories a page has that is to show as many as before: full pages, `most` at most."""
    return min(max(size, -(-count // size) * size), most)


@dataclass(frozen=True, slots=True)
class View:
    """The board as it is shown.

    `more` is where it goes on, empty at its end; `further` says that this is not its beginning,
    `sought` that it ended early, since little fits. `news` is what came since the visit of
    `last_visit`, None at the first. `seq` is the last change that it shows.
    """

    asked: Asked
    pinned: tuple[Card, ...]
    cards: tuple[Card, ...]
    more: str
    sought: bool
    further: bool
    choices: Choices
    last_visit: datetime | None
    news: News | None
    seq: int
