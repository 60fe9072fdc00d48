"""What extraction is handed of a configuration: phrase rules, and what is known of single sites."""

from collections.abc import Callable

from aggregator.config.loading import Config
from aggregator.config.rules import load_rules
from aggregator.core.phrases import PhraseBook, book
from aggregator.model import SiteRule

__all__ = ["rules_of", "sites_of"]

_UNKNOWN = SiteRule()


def rules_of(config: Config | None) -> PhraseBook:
    """The operator's own phrase rules and those that ship."""
    shipped = load_rules()
    # Of two that take a page the first one gives the reason.
    return book(shipped if config is None else (*config.rules, *shipped))


def sites_of(config: Config | None) -> Callable[[str], SiteRule]:
    """What looks up the rule for the site of an address; XML is loaded only where there are any."""
    if config is None or (not config.sites and config.site_folder is None):
        return lambda _url: _UNKNOWN
    from aggregator.config.sitebook import SiteBook

    return SiteBook(config.sites, config.site_folder).rule
