"""The operator's own rules in feeds.yaml: phrases for all sites, and what holds for single ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from aggregator.config.nodes import Problems, described, line_of, pairs, without_login
from aggregator.config.reading import Reader, is_null
from aggregator.config.rules import Only, Takes, made, phrase_pattern
from aggregator.model import PhraseRule, SiteRule

__all__ = ["read_rules", "read_sites"]

_REASON: Final = "site rule"
_HOST: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?)+|[0-9a-f:]+")


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule as it stands in the file."""

    reason: str
    phrases: tuple[str, ...]
    language: str | None = None
    takes: Takes = "block"
    only: Only = "blocks"


@dataclass(frozen=True, slots=True)
class _Site:
    """What stands in the file of one site."""

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


def read_rules(node: yaml.Node | None, problems: Problems) -> tuple[PhraseRule, ...]:
    """The phrase rules under `rules:`, in the form of those that ship."""
    if node is None or is_null(node):
        return ()
    if not isinstance(node, yaml.SequenceNode):
        problems.add(node, f"rules: a list is expected, not {described(node)}")
        return ()
    empty = _Rule(reason="", phrases=())
    found = [Reader(problems).fill(empty, item, "rules.") for item in node.value]
    return tuple(
        one
        for rule in found
        for one in made(
            (rule.language or "").lower(), rule.reason, rule.takes, rule.phrases, rule.only
        )
    )


def read_sites(node: yaml.Node | None, problems: Problems) -> Mapping[str, SiteRule]:
    """The rules under `sites:` by host or domain, as addresses spell it."""
    if node is None or is_null(node):
        return {}
    if not isinstance(node, yaml.MappingNode):
        problems.add(node, f"sites: a mapping (host: rules) is expected, not {described(node)}")
        return {}
    found: dict[str, SiteRule] = {}
    lines: dict[str, int] = {}
    for pair in pairs(node, problems):
        host = _host(pair.name)
        if host is None:
            name = without_login(pair.name)
            problems.add(pair.key, f"sites: '{name}' is not a host such as example.org")
            continue
        if host in found:
            problems.add(pair.key, f"the site '{host}' stands twice; first on line {lines[host]}")
            continue
        lines[host] = line_of(pair.key)
        found[host] = _rule(Reader(problems).fill(_Site(), pair.value, "sites."))
    return found


def _rule(site: _Site) -> SiteRule:
    phrases = tuple(PhraseRule("", _REASON, phrase_pattern(each)) for each in site.phrases)
    return SiteRule(keep=site.keep, drop=site.drop, phrases=phrases)


def _host(name: str) -> str | None:
    """A host in the spelling of addresses; None where it is something else."""
    try:
        host = name.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    known = "." in host or ":" in host or host == "localhost"
    return host if known and _HOST.fullmatch(host) else None
