"""feeds.yaml and the environment, read and checked; all that is wrong is told at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import yaml

from aggregator.config.checks import feed_key
from aggregator.config.nodes import Problems, compose, decode, described, line_of, pairs
from aggregator.config.reading import Reader, is_null, unknown_key
from aggregator.config.reference import SETTINGS_IN_ORDER
from aggregator.config.sites import read_rules, read_sites
from aggregator.config.webhooks import read_webhooks, unsafe
from aggregator.core.urls import without_credentials
from aggregator.errors import ConfigError
from aggregator.model import FeedSource, PhraseRule, SiteRule, Webhook
from aggregator.settings import Settings

__all__ = ["Config", "DefaultPaths", "default_paths", "load", "parse", "read"]


@dataclass(frozen=True, slots=True)
class Config:
    """What feeds.yaml says.

    `rules` are the operator's own phrase rules, `sites` those for single sites by host or domain.
    `warnings` are for the operator, each with its line; `lines` are the 1-based lines on which
    the URLs of `feeds` stand.
    """

    settings: Settings
    feeds: tuple[FeedSource, ...]
    path: Path
    warnings: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    rules: tuple[PhraseRule, ...] = ()
    sites: Mapping[str, SiteRule] = field(default_factory=dict)
    webhooks: tuple[Webhook, ...] = ()

    @property
    def site_folder(self) -> Path | None:
        """The folder of site configs, if there is one."""
        folder = self.settings.extraction.site_config_folder
        return self.path.parent / Path(folder).expanduser() if folder else None

    def places(self) -> dict[str, int]:
        """The line of each feed by `feed_key`: however an address is spelt, it finds its feed."""
        keys = (feed_key(feed.url) for feed in self.feeds)
        return dict(zip(keys, self.lines, strict=True))


@dataclass(frozen=True, slots=True)
class DefaultPaths:
    """Where feeds, database and data sets are, unless a command is told otherwise."""

    feeds: Path
    db: Path
    corpora: Path


def default_paths(environ: Mapping[str, str] | None = None) -> DefaultPaths:
    """The paths from AGGREGATOR_FEEDS, AGGREGATOR_DB and AGGREGATOR_CORPORA.

    Without them feeds.yaml and news.db here, and ../shared/corpora. `environ` is the process's
    environment unless given; an empty variable counts as not set.
    """
    values = os.environ if environ is None else environ
    feeds = values.get("AGGREGATOR_FEEDS") or "feeds.yaml"
    db = values.get("AGGREGATOR_DB") or "news.db"
    corpora = values.get("AGGREGATOR_CORPORA") or "../shared/corpora"
    return DefaultPaths(*(Path(each).expanduser() for each in (feeds, db, corpora)))


def load(path: Path) -> Config:
    """The settings and feeds in the YAML file at `path`.

    Raises ConfigError, which names the file and, for each thing that is wrong, the line.
    """
    return parse(read(path), path)


def read(path: Path) -> bytes:
    """The bytes of the file at `path`; raises ConfigError where they cannot be had."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        message = "there is no such file; name one with --feeds or AGGREGATOR_FEEDS"
        raise ConfigError(message, path=path) from error
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise ConfigError(message, path=path) from error


def parse(raw: bytes, path: Path) -> Config:
    """The same from the bytes of the file; `path` is where it stands, or is to stand."""
    try:
        root = compose(decode(raw))
    except ConfigError as error:
        raise ConfigError(str(error), path=path, errors=error.errors, line=error.line) from error
    reader = Reader()
    config = _config(root, reader, path)
    if found := reader.problems.in_order():
        raise ConfigError(found[0][1], path=path, line=found[0][0], errors=found)
    return config


def _config(root: yaml.Node | None, reader: Reader, path: Path) -> Config:
    problems = reader.problems
    parts = _parts(root, problems)
    settings = Settings()
    if "settings" in parts:
        settings = reader.fill(settings, parts["settings"])
        _check_order(settings, reader)
    feeds, nodes = _feeds(parts.get("feeds"), problems)
    _check_duplicates(feeds, nodes, problems)
    lines = tuple(line_of(node) for node in nodes)
    rules = read_rules(parts.get("rules"), problems)
    sites = read_sites(parts.get("sites"), problems)
    webhooks = read_webhooks(parts.get("webhooks"), problems)
    warnings = (*_warnings(feeds, lines), *unsafe(webhooks))
    config = Config(settings, feeds, path, warnings, lines, rules, sites, webhooks)
    _check_folder(config, reader)
    return config


def _check_folder(config: Config, reader: Reader) -> None:
    folder = config.site_folder
    if folder is not None and not folder.is_dir():
        name = "extraction.site_config_folder"
        reader.problems.add(reader.nodes.get(name), f"{name}: there is no folder '{folder}'")


def _parts(root: yaml.Node | None, problems: Problems) -> dict[str, yaml.Node]:
    """The values of the top-level keys, which are called as the fields of Config."""
    known = ("settings", "rules", "sites", "webhooks", "feeds")
    if root is None:
        problems.add(None, "the file is empty; it needs at least 'feeds:' with a list")
        return {}
    if not isinstance(root, yaml.MappingNode):
        problems.add(root, f"'settings:' and 'feeds:' are expected, not {described(root)}")
        return {}
    parts = {}
    for pair in pairs(root, problems):
        if pair.name in known:
            parts[pair.name] = pair.value
        else:
            problems.add(pair.key, unknown_key(pair.name, known))
    if "feeds" not in parts:
        problems.add(root, "the key 'feeds' is missing")
    return parts


def _feeds(
    node: yaml.Node | None, problems: Problems
) -> tuple[tuple[FeedSource, ...], tuple[yaml.Node, ...]]:
    """The feeds, and for each the node of its URL."""
    if node is None or is_null(node):
        return (), ()
    if not isinstance(node, yaml.SequenceNode):
        problems.add(node, f"feeds: a list is expected, not {described(node)}")
        return (), ()
    feeds, nodes = [], []
    for item in node.value:
        if is_null(item):
            problems.add(item, "feeds: an entry is empty")
            continue
        reader = Reader(problems)
        feeds.append(reader.fill(FeedSource(url="", outlet=""), item))
        nodes.append(reader.nodes.get("url", item))
    return tuple(feeds), tuple(nodes)


def _check_order(settings: Settings, reader: Reader) -> None:
    for names in SETTINGS_IN_ORDER:
        for low, high in pairwise(names):
            smaller, greater = _setting(settings, low), _setting(settings, high)
            if smaller > greater:
                node = reader.nodes.get(high, reader.nodes.get(low))
                reader.problems.add(node, f"{low} ({smaller:g}) is above {high} ({greater:g})")


def _setting(settings: Settings, label: str) -> float:
    section, _, name = label.partition(".")
    return float(getattr(getattr(settings, section), name))


def _check_duplicates(
    feeds: tuple[FeedSource, ...], nodes: tuple[yaml.Node, ...], problems: Problems
) -> None:
    first: dict[str, tuple[str, int]] = {}
    for feed, node in zip(feeds, nodes, strict=True):
        if not feed.url:
            continue  # noted already
        key = feed_key(feed.url)
        if key not in first:
            first[key] = (without_credentials(feed.url), line_of(node))
            continue
        url, line = first[key]
        shown = without_credentials(feed.url)
        spelt = "" if url == shown else f", as {url}"
        problems.add(node, f"the feed {shown} stands twice; first on line {line}{spelt}")


def _warnings(feeds: tuple[FeedSource, ...], lines: tuple[int, ...]) -> tuple[str, ...]:
    if not feeds:
        return ("no feeds are listed: nothing will be polled",)
    spelt: dict[str, tuple[str, int]] = {}
    warnings = []
    for feed, line in zip(feeds, lines, strict=True):
        key = "".join(char for char in feed.outlet.casefold() if char.isalnum())
        name, first = spelt.setdefault(key, (feed.outlet, line))
        if name != feed.outlet:
            warnings.append(
                f"line {line}: the outlet '{feed.outlet}' is spelt '{name}' on line {first};"
                " they count as two outlets"
            )
    return tuple(warnings)
