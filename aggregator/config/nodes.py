"""YAML as nodes that know their lines: from the bytes of a file to checked pairs and scalars."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, TypeGuard

import yaml
from yaml.constructor import SafeConstructor
from yaml.reader import Reader

from aggregator.core.urls import without_credentials
from aggregator.errors import ConfigError

__all__ = [
    "Pair",
    "Problems",
    "compose",
    "decode",
    "described",
    "events",
    "line_of",
    "pairs",
    "scalar",
    "without_login",
]

# libyaml's parser is iterative, but composing is recursive and would overflow the C stack.
MAX_DEPTH = 50
SHOWN = 60  # characters of a wrong value in a message
YAML_TAG = "tag:yaml.org,2002:"
MERGE = f"{YAML_TAG}merge"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "null": "",
        "str": "the text",
        "bool": "the truth value",
        "int": "the number",
        "float": "the number",
        "timestamp": "the date",
    }
)
LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mark(Protocol):
    """A place in the text, as both loaders give it."""

    @property
    def line(self) -> int:
        """The line, from 0."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One `key: value` of a mapping, with the key as it is written."""

    name: str
    key: yaml.Node
    value: yaml.Node


@dataclass(slots=True)
class Problems:
    """All that was found wrong so far, as (1-based line or None, message)."""

    found: list[tuple[int | None, str]] = field(default_factory=list)

    def add(self, node: yaml.Node | None, message: str) -> None:
        """Note `message` at the line where `node` begins."""
        self.found.append((None if node is None else line_of(node), message))

    def in_order(self) -> tuple[tuple[int | None, str], ...]:
        """The problems by line, each once; those without a line come first."""
        return tuple(sorted(dict.fromkeys(self.found), key=lambda item: item[0] or 0))


def line_of(node: yaml.Node) -> int:
    """The 1-based line on which `node` begins."""
    return _line(node.start_mark)


def _line(mark: Mark | None) -> int:
    return 1 if mark is None else int(mark.line) + 1


def decode(raw: bytes) -> str:
    """UTF-8 text that YAML allows, without a byte order mark.

    Raises ConfigError with the line (no path) where a byte or a character does not belong.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "this is not UTF-8; save the file with the encoding UTF-8"
        raise ConfigError(message, line=raw.count(b"\n", 0, error.start) + 1) from error
    if odd := Reader.NON_PRINTABLE.search(text):
        message = f"the character U+{ord(odd[0]):04X} may not stand in a YAML file"
        raise ConfigError(message, line=text.count("\n", 0, odd.start()) + 1)
    return text


def events(text: str) -> Iterator[yaml.Event]:
    """The parsing events of one document; raises ConfigError at the line of a syntax error."""
    try:
        yield from yaml.parse(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text) from error


def compose(text: str) -> yaml.Node | None:
    """The nodes of the one document in `text`, or None if it is empty.

    Raises ConfigError (no path) at the line of a syntax error, or of nesting beyond reason.
    """
    depth = 0
    for event in events(text):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            message = "this is nested too deeply"
            raise ConfigError(message, line=_line(event.start_mark))
    try:
        return yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text) from error


def _syntax(error: yaml.MarkedYAMLError, text: str) -> ConfigError:
    line = _line(error.problem_mark)
    at = text.splitlines()[line - 1 : line]
    context = f"{error.context}: " if error.context else ""
    tab = "; YAML wants spaces, not tabs" if at and "\t" in at[0] else ""
    return ConfigError(f"this is not valid YAML: {context}{error.problem}{tab}", line=line)


def pairs(node: yaml.MappingNode, problems: Problems) -> tuple[Pair, ...]:
    """The pairs of a mapping, with merge keys (`<<: *anchor`) resolved.

    A key that stands twice, or is no plain word, is a problem; its first value is kept.
    """
    own: dict[str, Pair] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            problems.add(key, f"a key must be a word, not {described(key)}")
        elif key.tag == MERGE:
            continue
        elif key.value in own:
            name, first = without_login(key.value), line_of(own[key.value].key)
            problems.add(key, f"the key '{name}' stands twice; first on line {first}")
        else:
            own[key.value] = Pair(key.value, key, value)
    for pair in _merged(node, problems, {id(node)}):
        own.setdefault(pair.name, pair)
    return tuple(own.values())


def _merged(node: yaml.MappingNode, problems: Problems, seen: set[int]) -> Iterator[Pair]:
    """The pairs that merge keys bring in, nearest first; each mapping once, so loops end."""
    for key, value in node.value:
        if key.tag != MERGE:
            continue
        for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if not _is_mapping(source):
                problems.add(key, f"'<<' merges a mapping, not {described(source)}")
            elif id(source) not in seen:
                seen.add(id(source))
                yield from _plain_pairs(source)
                yield from _merged(source, problems, seen)


def _plain_pairs(node: yaml.MappingNode) -> Iterator[Pair]:
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != MERGE:
            yield Pair(key.value, key, value)


def _is_mapping(node: yaml.Node) -> TypeGuard[yaml.MappingNode]:
    return isinstance(node, yaml.MappingNode)


def scalar(node: yaml.ScalarNode) -> object:
    """The Python value of a scalar; raises ValueError where its tag and text do not fit."""
    try:
        value: object = SafeConstructor().construct_object(node)
    except yaml.MarkedYAMLError as error:
        raise ValueError(error.problem) from error
    return value


def described(node: yaml.Node) -> str:
    """What `node` is, in words for a message."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping (key: value)"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    whole = without_login(str(node.value))
    text = whole[:SHOWN] + "…" * (len(whole) > SHOWN)
    kind = KINDS.get(str(node.tag).removeprefix(YAML_TAG), "the value")
    return f"{kind} '{text}'" if kind else "nothing"


def without_login(text: str) -> str:
    """`text` as it may be shown: an address that stands where none is expected has no login."""
    before = text.rpartition("@")[0]
    is_address = any(mark in before for mark in ":/\\")
    return without_credentials(text, broken=True) if is_address else text


def flow(value: object) -> str:
    """`value` as YAML on one line, fit to stand in a list in brackets."""
    # As the only item of a list: alone, a text would be followed by an end-of-document mark.
    return _dumped([value], flow=True)[1:-1]


def written_pair(name: str, value: object) -> str:
    """`name: value` on one line of a block; a list stands in brackets."""
    if isinstance(value, list):
        return f"{name}: {flow(value)}"
    return _dumped({name: value}, flow=False)


def _dumped(value: object, *, flow: bool) -> str:
    return str(
        yaml.safe_dump(
            value, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=sys.maxsize
        )
    ).strip()
