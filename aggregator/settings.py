"""The settings as values: each stage is handed the part it needs, and only config fills them in."""

from dataclasses import dataclass, field

__all__ = [
    "ClusterSettings",
    "DeskSettings",
    "ExtractSettings",
    "NetworkSettings",
    "PollSettings",
    "Settings",
    "StorageSettings",
    "WebSubSettings",
    "WebhookSettings",
    "WorkerSettings",
]


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How we ask: who we say we are, how hard and how long; times in seconds, sizes in bytes."""

    contact: str = ""
    connections_per_host: int = 2
    seconds_between_requests: float = 1.0
    connections: int = 64
    requests_per_second: float = 20.0
    timeout: float = 20.0
    deadline: float = 60.0
    max_feed_bytes: int = 10_000_000
    max_page_bytes: int = 10_000_000
    max_header_bytes: int = 65_536
    max_redirects: int = 5
    allow_addresses: tuple[str, ...] = ()
    allow_ports: tuple[int, ...] = (80, 443)


@dataclass(frozen=True, slots=True)
class PollSettings:
    """When we ask; times in minutes."""

    interval: float = 30.0
    min_interval: float = 10.0
    max_interval: float = 1440.0
    page_attempts: int = 5
    moves_after: int = 5


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    """What counts as an article; `languages` empty means all.

    `site_config_folder` holds rules for single sites in files; empty means none. What a site was
    found to repeat is known for `remember_boilerplate` days after it stopped.
    """

    min_words: int = 25
    languages: tuple[str, ...] = ()
    site_config_folder: str = ""
    remember_boilerplate: float = 30.0


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """When two articles are copies, and two copy groups one story.

    `jaccard` and `containment` are shares from 0 to 1 of word shingles; `story_likeness` is a
    cosine from 0 to 1; windows are in hours.
    """

    copy_window: float = 168.0
    jaccard: float = 0.45
    containment: float = 0.69
    story_window: float = 48.0
    story_likeness: float = 0.15
    candidates_per_band: int = 32
    across_languages: bool = False


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """The processes that parse and extract; times in seconds, memory in megabytes each."""

    count: int = 2
    timeout: float = 30.0
    memory: int = 1024
    recycle_after: int = 500


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """How long things are kept, in days, and how large the write-ahead log may get, in megabytes.

    Only a reader that holds a transaction open lets it grow so far; then a run ends early.
    """

    keep_pages: float = 30.0
    keep_requests: float = 14.0
    keep_keys: float = 60.0
    max_wal: float = 4000.0


@dataclass(frozen=True, slots=True)
class WebSubSettings:
    """How hubs reach us: the public address they are given, and where we listen for them.

    Without a `callback` nothing is subscribed to.
    """

    callback: str = ""
    listen: str = "127.0.0.1:8710"


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """How webhooks are delivered; times in seconds, but `give_up` and `keep` in days."""

    timeout: float = 10.0
    seconds_per_run: float = 30.0
    connections: int = 8
    give_up: float = 3.0
    keep: float = 30.0


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What the editors' desk does besides showing what is there."""

    images: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one run."""

    network: NetworkSettings = field(default_factory=NetworkSettings)
    polling: PollSettings = field(default_factory=PollSettings)
    extraction: ExtractSettings = field(default_factory=ExtractSettings)
    clustering: ClusterSettings = field(default_factory=ClusterSettings)
    workers: WorkerSettings = field(default_factory=WorkerSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    websub: WebSubSettings = field(default_factory=WebSubSettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    desk: DeskSettings = field(default_factory=DeskSettings)
