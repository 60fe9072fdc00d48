"""The only reader of feeds.yaml, of the rule files and of the environment.

What only some commands need stands in modules of its own: adding, pages.
"""

from aggregator.config.checks import feed_key
from aggregator.config.extraction import rules_of, sites_of
from aggregator.config.loading import Config, DefaultPaths, default_paths, load
from aggregator.config.rules import load_rules

__all__ = [
    "Config",
    "DefaultPaths",
    "default_paths",
    "feed_key",
    "load",
    "load_rules",
    "rules_of",
    "sites_of",
]
