"""Dataclasses filled from YAML nodes: names, types and defaults come from the dataclass alone."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from aggregator.config.checks import Check, check_for
from aggregator.config.nodes import Problems, described, pairs, scalar, without_login
from aggregator.config.reference import each_setting
from aggregator.settings import Settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Reader", "is_null", "unknown_key"]

Filled = TypeVar("Filled", bound="DataclassInstance")

LARGEST = 10**18
WORDS: Mapping[object, str] = MappingProxyType(
    {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
)


class _WrongValue(Exception):
    """A node does not hold what is expected there."""

    def __init__(self, node: yaml.Node, message: str) -> None:
        self.node = node
        super().__init__(message)


@dataclass(slots=True)
class Reader:
    """Fills dataclasses; what does not fit is noted in `problems`, and the default stays.

    `nodes` keeps, for what was read, the node it came from, by label ("network.timeout").
    """

    problems: Problems = field(default_factory=Problems)
    nodes: dict[str, yaml.Node] = field(default_factory=dict)

    def fill(self, template: Filled, node: yaml.Node, prefix: str = "") -> Filled:
        """`template` with the values of the mapping `node`; an empty node changes nothing."""
        if is_null(node):
            return template
        if not isinstance(node, yaml.MappingNode):
            name = f"{prefix.rstrip('.')}: " if prefix else ""
            self.problems.add(
                node, f"{name}a mapping (key: value) is expected, not {described(node)}"
            )
            return template
        hints = get_type_hints(type(template))
        values: dict[str, object] = {}
        for pair in pairs(node, self.problems):
            if pair.name not in hints:
                self.problems.add(pair.key, unknown_key(pair.name, hints))
                continue
            label = f"{prefix}{pair.name}"
            self.nodes[label] = pair.value
            default: object = getattr(template, pair.name)
            values[pair.name] = self._value(pair.value, hints[pair.name], default, label)
        for missing in (f.name for f in fields(template) if _required(f) and f.name not in values):
            self.problems.add(node, f"the key '{missing}' is missing")
        return replace(template, **values)

    def _value(self, node: yaml.Node, hint: object, default: object, label: str) -> object:
        if is_dataclass(default) and not isinstance(default, type):
            return self.fill(default, node, f"{label}.")
        try:
            return _convert(node, hint, check_for(label))
        except _WrongValue as wrong:
            self.problems.add(wrong.node, f"{label}: {wrong}")
            return default


def is_null(node: yaml.Node) -> bool:
    """Whether `node` holds nothing (`key:`, `key: null`)."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def unknown_key(name: str, known: Iterable[str]) -> str:
    """A message for a key nobody knows, with the most likely way out."""
    names, name = tuple(known), without_login(name)
    folded, homes = name.lower().replace("-", "_"), _homes(name)
    # A key that is right elsewhere is more likely misplaced than badly misspelt.
    close = get_close_matches(folded, names, n=1, cutoff=0.8 if homes else 0.6)
    if close:
        return f"unknown key '{name}'; did you mean '{close[0]}'?"
    if homes:
        return f"unknown key '{name}' here; it belongs under {' or '.join(homes)}"
    return f"unknown key '{name}'; known here: {', '.join(names)}"


def _homes(name: str) -> tuple[str, ...]:
    """Where the settings do know `name`: "settings", or "settings: network:"."""
    known = tuple(each_setting(Settings()))
    if any(section == name for section, _, _ in known):
        return ("'settings:'",)
    return tuple(f"'settings: {section}:'" for section, key, _ in known if key == name)


def _required(item: "Field[object]") -> bool:
    return item.default is MISSING and item.default_factory is MISSING


def _convert(node: yaml.Node, hint: object, check: Check) -> object:
    """The value of `node` as the type `hint` says; raises _WrongValue."""
    kind, args = get_origin(hint), get_args(hint)
    if kind in {Union, UnionType}:
        inner = next(arg for arg in args if arg is not type(None))
        return None if is_null(node) else _convert(node, inner, check)
    if kind is tuple:
        if not isinstance(node, yaml.SequenceNode):
            raise _WrongValue(node, f"a list is expected, e.g. [a, b], not {described(node)}")
        return tuple(_convert(item, args[0], check) for item in node.value)
    if kind is Literal:
        return _choice(node, tuple(str(arg) for arg in args))
    value = _number_or_text(node, hint)
    if reason := check(value):
        raise _WrongValue(node, reason)
    return value


def _choice(node: yaml.Node, allowed: tuple[str, ...]) -> str:
    if isinstance(node, yaml.ScalarNode) and node.value in allowed:
        return str(node.value)
    raise _WrongValue(node, f"{' or '.join(allowed)} is expected, not {described(node)}")


def _number_or_text(node: yaml.Node, hint: object) -> object:
    if not isinstance(node, yaml.ScalarNode):
        raise _WrongValue(node, f"{WORDS[hint]} is expected, not {described(node)}")
    quotes = "; put it in quotes" if hint is str and not is_null(node) else ""
    try:
        value = scalar(node)
    except ValueError as error:
        raise _WrongValue(node, f"{described(node)} cannot be read{quotes}") from error
    if hint is float and type(value) is int:
        value = float(min(max(value, -LARGEST), LARGEST))
    if type(value) is not hint:
        raise _WrongValue(node, f"{WORDS[hint]} is expected, not {described(node)}{quotes}")
    # Beyond every range, and small enough to be shown in the message that says so.
    return min(max(value, -LARGEST), LARGEST) if isinstance(value, int) else value
