"""More feeds in feeds.yaml: their text is inserted, and every other byte stays as it was."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import yaml

from aggregator.config.checks import feed_key, shown
from aggregator.config.loading import Config, parse, read
from aggregator.config.nodes import events, flow, written_pair
from aggregator.config.replacing import BOM, put, says
from aggregator.core.urls import without_credentials
from aggregator.errors import ConfigError
from aggregator.model import FeedSource

__all__ = ["add_feeds", "refusal"]

DASH = re.compile(r"( *)-(\s*)")


def add_feeds(path: Path, sources: Sequence[FeedSource]) -> None:
    """Append `sources` to the feeds in the file at `path`, all in one edit.

    Everything else in the file stays byte for byte; the file is replaced in one step, once the
    result has been read back. Raises ConfigError where the file or one of `sources` is wrong and,
    naming the line, where one is listed already.
    """
    raw = read(path)
    before = parse(raw, path)
    _check(sources, before)
    if not sources:
        return
    text = raw.decode("utf-8")
    mark = BOM if text.startswith(BOM) else ""
    at, new = _insertion(text.removeprefix(BOM), sources, path)
    at += len(mark)
    result = (text[:at] + new + text[at:]).encode("utf-8")
    if not says(result, replace(before, feeds=(*before.feeds, *sources))):
        raise _by_hand(sources, path)
    put(path, raw, result)


def refusal(source: FeedSource, path: Path) -> str | None:
    """Why `source` cannot stand in the file at `path`, which is only named; None where it can."""
    document = "\n".join(["feeds:", *_block(source, "", " ")])
    try:
        parse(document.encode("utf-8", "surrogatepass"), path)
    except ConfigError as error:
        return "; ".join(message for _, message in error.errors)
    return None


def _check(sources: Sequence[FeedSource], config: Config) -> None:
    places = config.places()
    for source in sources:
        name = shown(source.url)
        if reason := refusal(source, config.path):
            message = f"the feed {name} was not added: {reason}"
            raise ConfigError(message, path=config.path)
        if line := places.get(feed_key(source.url)):
            spelt = without_credentials(config.feeds[config.lines.index(line)].url)
            other = "" if spelt == name else f", as {spelt}"
            message = f"the feed {name} is listed already{other}"
            raise ConfigError(message, path=config.path, line=line)
    if len({feed_key(source.url) for source in sources}) < len(sources):
        message = "one feed was to be added twice; nothing was added"
        raise ConfigError(message, path=config.path)


def _by_hand(sources: Sequence[FeedSource], path: Path) -> ConfigError:
    lines = "\n".join(line for source in sources for line in _block(source, "  ", " "))
    message = f"there is no plain list under 'feeds:' to append to; add this by hand:\n{lines}"
    return ConfigError(message, path=path)


# --- where the text goes ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the list of feeds ends: lines and columns count from 0.

    `items` are the lines on which its items begin, `end` is where the last one (or, of an empty
    list, the opening bracket or the key) ends, comments and blank lines behind it left out.
    """

    flow: bool
    items: tuple[int, ...]
    end: tuple[int, int]


def _insertion(text: str, sources: Sequence[FeedSource], path: Path) -> tuple[int, str]:
    """The place in `text`, in characters, and what to put there."""
    place = _place(text)
    if place is None:
        raise _by_hand(sources, path)
    # Beyond those of YAML, `splitlines` knows only line breaks that `decode` does not let through.
    lines = text.splitlines(keepends=True)
    if place.flow:
        line, column = place.end
        comma = ", " if place.items else ""
        items = ", ".join(flow(_pairs(source)) for source in sources)
        return sum(map(len, lines[:line])) + column, comma + items
    # The end of a block scalar lies at the start of the line behind it.
    behind = place.end[0] + (1 if place.end[1] else 0)
    indent, gap, blank = _style(lines, place)
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    new = "".join(
        newline * blank + "".join(line + newline for line in _block(source, indent, gap))
        for source in sources
    )
    open_ended = not lines[behind - 1].endswith(("\n", "\r"))
    return sum(map(len, lines[:behind])), newline * open_ended + new


def _style(lines: list[str], place: _Place) -> tuple[str, str, bool]:
    """Indentation, gap behind the dash, and whether a blank line parts the items."""
    if not place.items:
        return "  ", " ", False
    at = place.items[-1]
    while at > 0 and not DASH.match(lines[at]):
        at -= 1  # the dash may stand alone above its item
    dash = DASH.match(lines[at])
    if dash is None:
        return "  ", " ", False
    gap = dash[2] if at == place.items[-1] and set(dash[2]) == {" "} else " "
    return dash[1], gap, len(place.items) > 1 and not lines[at - 1].strip()


def _place(text: str) -> _Place | None:
    """Where to append, or None where 'feeds:' is no plain list (an alias, a merged key)."""
    parts = _children(text)
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if not isinstance(key[0], yaml.ScalarEvent) or key[0].value != "feeds":
            continue
        start = value[0]
        if isinstance(start, yaml.SequenceStartEvent):
            return _list_place(value, flow=bool(start.flow_style))
        if isinstance(start, yaml.ScalarEvent) and _at(start.start_mark) == _at(start.end_mark):
            return _Place(flow=False, items=(), end=_at(key[0].end_mark))
    return None


def _children(text: str) -> list[list[yaml.Event]]:
    """The events of each key and each value of the top-level mapping, in turn."""
    children: list[list[yaml.Event]] = []
    depth = 0
    for event in events(text):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif depth == 1 and isinstance(event, yaml.NodeEvent):
            children.append([])
        if children and depth > 0:
            children[-1].append(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
    return children


def _list_place(value: list[yaml.Event], *, flow: bool) -> _Place:
    """The place at the end of a list; only what has a text of its own says where that is."""
    items: list[int] = []
    styles: list[bool] = []
    end = _at(value[0].end_mark)
    for event in value[:-1]:
        if len(styles) == 1 and isinstance(event, yaml.NodeEvent):
            items.append(_at(event.start_mark)[0])
        if isinstance(event, yaml.CollectionStartEvent):
            styles.append(bool(event.flow_style))
        elif not isinstance(event, yaml.CollectionEndEvent) or styles.pop():
            end = _at(event.end_mark)
    return _Place(flow, tuple(items), end)


def _at(mark: object) -> tuple[int, int]:
    return int(getattr(mark, "line", 0)), int(getattr(mark, "column", 0))


# --- the text of one feed --------------------------------------------------------------------


def _pairs(source: FeedSource) -> dict[str, object]:
    """What has to be written of a feed: everything that is not the default."""
    values = {item.name: (getattr(source, item.name), item.default) for item in fields(source)}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, (value, default) in values.items()
        if value != default
    }


def _block(source: FeedSource, indent: str, gap: str) -> list[str]:
    lines = [written_pair(name, value) for name, value in _pairs(source).items()]
    margins = [f"{indent}-{gap}"] + [f"{indent} {' ' * len(gap)}"] * (len(lines) - 1)
    return [margin + line for margin, line in zip(margins, lines, strict=True)]
