"""The only reader of feeds.yaml, of the rule files and of the environment."""

from aggregator.config.adding import add_feeds, refusal
from aggregator.config.checks import feed_key
from aggregator.config.loading import Config, DefaultPaths, default_paths, load
from aggregator.config.pages import settings_table, settings_yaml
from aggregator.config.rules import load_rules

__all__ = [
    "Config",
    "DefaultPaths",
    "add_feeds",
    "default_paths",
    "feed_key",
    "load",
    "load_rules",
    "refusal",
    "settings_table",
    "settings_yaml",
]
