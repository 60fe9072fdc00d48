"""Plays the demo: the newsroom publishes, is polled, publishes more, is polled again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from aggregator.config import Config
from aggregator.core.urls import host
from aggregator.daemon import Job, once
from aggregator.daemon.job import present
from aggregator.demo.newsroom import SUGGESTED_TIMEOUT, Newsroom
from aggregator.errors import UsageError
from aggregator.pipeline.events import Listener
from aggregator.pipeline.report import RunReport
from aggregator.settings import NetworkSettings, Settings
from aggregator.storage import feeds
from aggregator.storage.database import open_database

__all__ = ["play", "settings", "show"]

_BETWEEN: Final = timedelta(hours=2)
_LOOPBACK: Final = "127."


def settings() -> Settings:
    """Settings for outlets on this machine, which mind no haste, one of which never answers."""
    network = NetworkSettings(
        timeout=SUGGESTED_TIMEOUT,
        deadline=2 * SUGGESTED_TIMEOUT,
        seconds_between_requests=0.05,
        requests_per_second=1000.0,
        allow_addresses=("127.0.0.0/8",),
        allow_ports=(),
    )
    return Settings(network=network)


def show(path: Path, listener: Listener) -> RunReport:
    """Open the newsroom and poll both its editions into a new database at `path`.

    An earlier demo's database is replaced. Raises UsageError where the file is anything else.
    """
    _clear(path)
    with Newsroom(present()) as newsroom:
        return play(newsroom, path, listener)


def play(newsroom: Newsroom, path: Path, listener: Listener) -> RunReport:
    """Poll both editions, the first as if two hours ago; both runs' figures together."""
    first = once(_job(newsroom, path, listener, lambda: present() - _BETWEEN))
    if first.stopped:
        return first
    newsroom.edition = 2
    return first + once(_job(newsroom, path, listener, present))


def _job(newsroom: Newsroom, path: Path, listener: Listener, clock: Callable[[], datetime]) -> Job:
    config = Config(settings=settings(), feeds=newsroom.feeds, path=path)
    return Job(config, path, listener, clock)


def _clear(path: Path) -> None:
    """Remove an earlier demo's database, and nothing but that."""
    if not path.exists():
        return
    with open_database(path, readonly=True) as db:
        real = [f.source.url for f in feeds.all_feeds(db) if not _is_loopback(f.source.url)]
    if real:
        message = f"{path} holds real feeds ({real[0]}): name another file for the demo with --db"
        raise UsageError(message)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _is_loopback(url: str) -> bool:
    return host(url).startswith(_LOOPBACK)
