"""Plays the demo: the newsroom publishes, is polled, publishes more, is polled again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from aggregator.config import Config
from aggregator.core.urls import host
from aggregator.daemon import Job, once
from aggregator.daemon.job import present
from aggregator.demo.newsroom import SUGGESTED_TIMEOUT, Newsroom
from aggregator.demo.server import Address
from aggregator.errors import UsageError
from aggregator.model import Feed
from aggregator.pipeline.events import Listener
from aggregator.pipeline.report import RunReport
from aggregator.settings import NetworkSettings, Settings
from aggregator.storage import feeds
from aggregator.storage.database import Database, open_database

__all__ = ["Edition", "play", "settings", "show"]

_BETWEEN: Final = timedelta(hours=2)
_LOOPBACK: Final = "127."
_SECOND: Final = 2

Edition = Literal[1, 2]


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


def show(path: Path, listener: Listener, edition: Edition | None = None) -> RunReport:
    """Open the newsroom and poll both its editions, or one, into the database at `path`.

    Edition 2 alone goes on with what edition 1 brought: the same outlets, at the same addresses.
    Else an earlier demo's database is replaced. Raises UsageError where the file is anything else,
    or where there is no edition 1 to go on with.
    """
    if edition == _SECOND:
        return _go_on(path, listener)
    _clear(path)
    began = present()
    now = began.replace(second=0, microsecond=0)
    with Newsroom(now) as newsroom:
        # By this clock the feeds are first listed within the minute, by which `_go_on` knows it.
        first = _first(newsroom, path, listener, lambda: now - _BETWEEN + (present() - began))
        if first.stopped or edition is not None:
            return first
        return first + _second(newsroom, path, listener)


def play(newsroom: Newsroom, path: Path, listener: Listener) -> RunReport:
    """Poll both editions, the first as if two hours ago; both runs' figures together."""
    first = _first(newsroom, path, listener, lambda: present() - _BETWEEN)
    return first if first.stopped else first + _second(newsroom, path, listener)


def _first(
    newsroom: Newsroom, path: Path, listener: Listener, clock: Callable[[], datetime]
) -> RunReport:
    return once(_job(newsroom, path, listener, clock))


def _second(newsroom: Newsroom, path: Path, listener: Listener) -> RunReport:
    newsroom.edition = _SECOND
    return once(_job(newsroom, path, listener, present))


def _go_on(path: Path, listener: Listener) -> RunReport:
    """Open the newsroom where and as it was, and poll its second edition."""
    began, listed = _listed(path)
    if began is None:
        message = f"{path}: there is no first edition to go on with: begin with --edition 1"
        raise UsageError(message)
    addresses = {feed.source.outlet: _address(feed.source.url) for feed in listed}
    now = began.replace(second=0, microsecond=0) + _BETWEEN
    try:
        with Newsroom(now, addresses=addresses) as newsroom:
            return _second(newsroom, path, listener)
    except OSError as error:
        message = f"an address of the newsroom is taken by now ({error}): begin with --edition 1"
        raise UsageError(message) from error


def _listed(path: Path) -> tuple[datetime | None, list[Feed]]:
    """Since when there are the feeds of an earlier demo, and which; None where there are none."""
    if not path.exists():
        return None, []
    with open_database(path, readonly=True) as db:
        _must_be_the_demo(path, db)
        return feeds.listed_since(db), feeds.all_feeds(db)


def _address(url: str) -> Address:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


def _job(newsroom: Newsroom, path: Path, listener: Listener, clock: Callable[[], datetime]) -> Job:
    config = Config(settings=settings(), feeds=newsroom.feeds, path=path)
    return Job(config, path, listener, clock)


def _clear(path: Path) -> None:
    """Remove an earlier demo's database, and nothing but that."""
    if not path.exists():
        return
    with open_database(path, readonly=True) as db:
        _must_be_the_demo(path, db)
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _must_be_the_demo(path: Path, db: Database) -> None:
    real = [f.source.url for f in feeds.all_feeds(db) if not _is_loopback(f.source.url)]
    if real:
        message = f"{path} holds real feeds ({real[0]}): name another file for the demo with --db"
        raise UsageError(message)


def _is_loopback(url: str) -> bool:
    return host(url).startswith(_LOOPBACK)
