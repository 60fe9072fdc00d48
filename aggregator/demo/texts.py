"""From a piece's markup to its blocks: fills in dates, shortens, edits, sets quotation marks."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from aggregator.demo.content import Outlet, Piece, Story
from aggregator.errors import ConfigError

__all__ = ["Block", "Calendar", "Composed", "compose", "moment", "parse", "set_quotes", "words"]

_DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_PLACEHOLDER = re.compile(r"\{(day|date|stamp)([+-]\d+)?\}")
_BEGINS = re.compile(r"(-?\d+) (\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a subheading or a list; of a list, `text` is the line above its items."""

    kind: Literal["paragraph", "subhead", "list"]
    text: str
    items: tuple[str, ...] = ()

    @property
    def strings(self) -> tuple[str, ...]:
        """Every string a reader sees of it."""
        return (self.text, *self.items)


@dataclass(frozen=True, slots=True)
class Composed:
    """A piece with all dates filled in, without boilerplate; `published` is UTC, whole minutes."""

    title: str
    new_title: str
    lead: str
    blocks: tuple[Block, ...]
    signoff: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days around an event, in the language and the local time of its report."""

    begins: datetime
    language: str

    def fill(self, text: str) -> str:
        """Put weekdays and dates in place of {day+1}, {date+12} and {stamp}."""
        return _PLACEHOLDER.sub(self._word, text)

    def _word(self, match: re.Match[str]) -> str:
        day = self.begins + timedelta(days=int(match[2] or 0))
        if match[1] == "day":
            return _DAYS[self.language][day.weekday()]
        return day.strftime("%d.%m.%Y" if match[1] == "date" else "%y%m%d")


def moment(begins: str, now: datetime, utc_offset: int) -> datetime:
    """The local time that `begins`, as in "-1 05:30", means at `now`."""
    match = _BEGINS.fullmatch(begins)
    if match is None:
        message = f'begins must look like "-1 05:30", not {begins!r}'
        raise ConfigError(message)
    midnight = now.astimezone(timezone(timedelta(hours=utc_offset))).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return midnight + timedelta(days=int(match[1]), hours=int(match[2]), minutes=int(match[3]))


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a text in the markup of the content files (its README says how)."""
    return tuple(_block(part.strip()) for part in text.split("\n\n") if part.strip())


def _block(part: str) -> Block:
    head, *rest = part.split("\n")
    if rest:
        return Block("list", head, tuple(line.removeprefix("- ") for line in rest))
    if head.startswith("## "):
        return Block("subhead", head.removeprefix("## "))
    return Block("paragraph", head)


def set_quotes(text: str, outlet: Outlet) -> str:
    """Change the agencies' «quotation marks» to the outlet's own."""
    opening, closing = outlet.quotes
    return text.replace("«", opening).replace("»", closing)


def compose(story: Story, piece: Piece, outlet: Outlet, now: datetime) -> Composed:
    """The piece as `outlet` prints it at `now`; raises ConfigError where its editing is wrong."""
    begins = moment(story.begins, now, outlet.utc_offset)
    calendar = Calendar(begins, outlet.language)
    if piece.ago is not None:
        published = now - timedelta(hours=piece.ago)
    else:
        published = begins + timedelta(hours=piece.after or 0)
    blocks = (_finished(block, outlet, calendar) for block in _chosen(story, piece))
    return Composed(
        title=calendar.fill(piece.title),
        new_title=calendar.fill(piece.new_title or piece.title),
        lead=set_quotes(calendar.fill(piece.lead), outlet),
        blocks=tuple(blocks),
        signoff=calendar.fill(piece.signoff),
        published=published.astimezone(UTC).replace(second=0, microsecond=0),
    )


def _chosen(story: Story, piece: Piece) -> tuple[Block, ...]:
    """The blocks that remain after shortening, with intro and dateline in front."""
    blocks = parse(_edited(story, piece))
    if piece.keep is not None:
        if max(piece.keep) > len(blocks):
            raise ConfigError(_said(story, piece, f"keeps block {max(piece.keep)}"))
        blocks = tuple(blocks[number - 1] for number in piece.keep)
    if piece.dateline:
        blocks = (Block("paragraph", piece.dateline + blocks[0].text), *blocks[1:])
    return (Block("paragraph", piece.intro), *blocks) if piece.intro else blocks


def _edited(story: Story, piece: Piece) -> str:
    text = piece.text
    for old, new in piece.edits:
        if old not in text:
            raise ConfigError(_said(story, piece, f"edits what is not there: {old!r}"))
        text = text.replace(old, new)
    return text


def _finished(block: Block, outlet: Outlet, calendar: Calendar) -> Block:
    text, *items = (set_quotes(calendar.fill(string), outlet) for string in block.strings)
    return Block(block.kind, text, tuple(items))


def _said(story: Story, piece: Piece, what: str) -> str:
    return f"story {story.id}, {piece.outlet}: {what}"


def words(blocks: tuple[Block, ...]) -> int:
    """How many words the blocks have."""
    return sum(len(string.split()) for block in blocks for string in block.strings)
