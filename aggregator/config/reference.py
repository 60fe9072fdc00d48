"""What each setting means to an operator: its range, its unit and one line, in one table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from aggregator.settings import Settings

__all__ = ["SETTINGS", "SETTINGS_IN_ORDER", "Setting", "each_setting"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What one setting does, in which unit, and the numbers it may take (both ends allowed)."""

    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def range(self) -> str:
        """The allowed numbers in words, or nothing where it is no number."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.low:,.10g} to {self.high:,.10g}"

    def allows(self, number: float) -> bool:
        """Whether `number` lies in the range; a NaN lies in none."""
        return self.low is None or self.high is None or self.low <= number <= self.high


# Ranges are wide enough for tests and archives and narrow enough to catch a wrong unit.
SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "network.contact": Setting(
            "a mail address or web page of yours, sent along so that outlets can reach you"
        ),
        "network.connections_per_host": Setting("requests in flight to one host", "", 1, 16),
        "network.seconds_between_requests": Setting(
            "pause between two requests to one host", "seconds", 0, 600
        ),
        "network.connections": Setting("requests in flight to all hosts together", "", 1, 1000),
        "network.requests_per_second": Setting(
            "requests begun to all hosts together; spreads the first run over time", "", 0.1, 10_000
        ),
        "network.timeout": Setting(
            "longest wait for a connection, and for the next bytes of an answer",
            "seconds",
            0.1,
            600,
        ),
        "network.deadline": Setting(
            "longest time for one whole answer, redirects included", "seconds", 0.1, 3600
        ),
        "network.max_feed_bytes": Setting(
            "a larger feed is refused (counted after decompression)", "bytes", 1000, 1_000_000_000
        ),
        "network.max_page_bytes": Setting(
            "a larger page is refused (counted after decompression)", "bytes", 1000, 1_000_000_000
        ),
        "network.max_header_bytes": Setting(
            "an answer with more header is refused", "bytes", 1000, 250_000
        ),
        "network.max_redirects": Setting("redirects followed for one request", "", 0, 20),
        "network.allow_addresses": Setting(
            "networks that may be asked though they are private, e.g. [10.1.0.0/16]; "
            "all others inside a house are refused"
        ),
        "network.allow_ports": Setting("ports that may be asked", "", 1, 65_535),
        "polling.interval": Setting(
            "how often a feed is asked until its own rhythm is known, unless its publisher wants "
            "more time; 0: at every run, whatever its rhythm",
            "minutes",
            0,
            43_200,
        ),
        "polling.min_interval": Setting(
            "no feed is asked more often than this", "minutes", 0, 43_200
        ),
        "polling.max_interval": Setting(
            "every feed is asked at least this often, unless its publisher wants more time; "
            "the pause of one that keeps failing doubles up to it",
            "minutes",
            0,
            43_200,
        ),
        "polling.page_attempts": Setting(
            "how often a page that fails is asked for before it is given up", "", 1, 100
        ),
        "polling.moves_after": Setting(
            "a feed is asked at its new address after so many permanent redirects in a row",
            "answers",
            1,
            1000,
        ),
        "extraction.min_words": Setting(
            "a page with less text than this is no article", "words", 0, 10_000
        ),
        "extraction.languages": Setting(
            "keep only articles in these languages, e.g. [de, en]; [] keeps all"
        ),
        "extraction.site_config_folder": Setting(
            "a copy of ftr-site-config, whose files say where articles stand on single sites; "
            "a relative path begins where this file is"
        ),
        "extraction.remember_boilerplate": Setting(
            "how long it is known what a site repeats on its pages, once it is on none of its "
            "newest 50 any more",
            "days",
            1,
            3650,
        ),
        "clustering.copy_window": Setting(
            "copies of a text are looked for this far back", "hours", 1, 87_600
        ),
        "clustering.jaccard": Setting(
            "two texts that share this much of all their word runs are copies",
            "share",
            0.01,
            1,
        ),
        "clustering.containment": Setting(
            "a text of which this much stands in a longer one is a copy of it",
            "share",
            0.01,
            1,
        ),
        "clustering.story_window": Setting(
            "a story that has been quiet for longer takes no more articles", "hours", 1, 87_600
        ),
        "clustering.story_likeness": Setting(
            "stories this alike on average are one; higher makes more and smaller stories",
            "cosine",
            0.01,
            1,
        ),
        "clustering.candidates_per_band": Setting(
            "candidates looked at for each band key, nearest in time first", "articles", 1, 10_000
        ),
        "clustering.across_languages": Setting(
            "whether stories hold articles of several languages, joined by names, numbers"
            " and like words"
        ),
        "workers.count": Setting("processes that parse feeds and extract pages", "", 1, 256),
        "workers.timeout": Setting(
            "a feed or page that takes longer is given up and its process replaced",
            "seconds",
            0.1,
            3600,
        ),
        "workers.memory": Setting(
            "memory each of these processes may take", "megabytes", 128, 65_536
        ),
        "workers.recycle_after": Setting(
            "a process is replaced after this many feeds and pages", "", 1, 1_000_000
        ),
        "storage.keep_pages": Setting(
            "fetched pages are kept this long for extracting them anew", "days", 0, 36_500
        ),
        "storage.keep_requests": Setting(
            "the log of requests, which `manners` shows, is kept this long", "days", 0, 36_500
        ),
        "storage.keep_keys": Setting(
            "what was published longer ago goes from the indexes by which copies and stories are"
            " found; what comes as late is still put where it belongs, at more work",
            "days",
            40,
            36_500,
        ),
        "storage.max_wal": Setting(
            "a run ends early where a reader holds a transaction open for so long that the "
            "write-ahead log gets so large",
            "megabytes",
            64,
            1_000_000,
        ),
        "websub.callback": Setting(
            "the public address at which hubs reach us, e.g. https://news.example/websub; "
            "empty: feeds are only polled"
        ),
        "websub.listen": Setting("where the daemon listens for hubs: address and port"),
        "webhooks.timeout": Setting(
            "longest time for one delivery to a webhook, until its answer begins",
            "seconds",
            0.1,
            600,
        ),
        "webhooks.seconds_per_run": Setting(
            "a run begins no delivery to a webhook when it has spent so long on them at its end; "
            "the daemon delivers all the time",
            "seconds",
            0.1,
            3600,
        ),
        "webhooks.connections": Setting("deliveries in flight to all webhooks together", "", 1, 64),
        "webhooks.give_up": Setting(
            "a delivery that has failed for so long is tried no more", "days", 0.01, 365
        ),
        "webhooks.keep": Setting(
            "deliveries are shown for so long after they came to an end", "days", 0.01, 3650
        ),
        "desk.images": Setting(
            "whether the desk shows the pictures that articles name; it fetches each itself, "
            "once, when somebody first looks at it"
        ),
    }
)

# Of each of these, a setting may not be greater than the one after it.
SETTINGS_IN_ORDER: tuple[tuple[str, ...], ...] = (
    ("polling.min_interval", "polling.interval", "polling.max_interval"),
)


def each_setting(settings: Settings) -> Iterator[tuple[str, str, object]]:
    """Section, name and value of every setting, in the order of settings.py."""
    for section in fields(settings):
        values = getattr(settings, section.name)
        for setting in fields(values):
            yield section.name, setting.name, getattr(values, setting.name)
