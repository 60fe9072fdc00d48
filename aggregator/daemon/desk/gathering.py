"""Changes feeds for the desk: the file that lists them, then what is kept of them."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aggregator.config import changing, feed_key, load
from aggregator.core.urls import without_credentials
from aggregator.errors import ConfigError, DatabaseError, InputError, UsageError
from aggregator.storage import feed_acts, feeds
from aggregator.storage.database import SqliteError, open_database
from aggregator.web.gathering import Discovered, LeftOut, NotDone, Offer, Proposed

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.model import Feed, FeedSource
    from aggregator.pipeline.discovery import Findings, Found
    from aggregator.storage.database import Database
    from aggregator.storage.feed_acts import Act

__all__ = ["Gatherer", "gatherer"]

_SHOWN: Final = 3
# A run writes often, but never for long.
_PATIENCE: Final = 20.0


def gatherer(path: Path, feeds_file: Path, clock: Callable[[], datetime]) -> "Gatherer | None":
    """Who changes feeds; None where the file is not there, or lists none that the database has.

    To change it from there would take out of the database all feeds that it has. A file that is
    wrong is one that is there: whoever changes it is told so.
    """
    if not feeds_file.exists():
        return None
    made = Gatherer(path, feeds_file, clock)
    try:
        listed = load(feeds_file).places()
    except ConfigError:
        return made
    with open_database(path, readonly=True) as db:
        kept = [feed.source.url for feed in feeds.all_feeds(db)]
    return made if not kept or any(feed_key(url) in listed for url in kept) else None


class Gatherer:
    """Changes the file `feeds` and the database at `path` as `web.gathering.Gathering` has it."""

    def __init__(self, path: Path, feeds_file: Path, clock: Callable[[], datetime]) -> None:
        """Change the feeds that the database at `path` polls by `feeds_file`."""
        self._path, self._file, self._clock = path, feeds_file, clock
        # A search may take a minute, with processes of its own.
        self._searches = asyncio.Semaphore(2)

    # --- finding -----------------------------------------------------------------------------

    async def discover(self, typed: str) -> Discovered:
        """Ask a site, or a feed's own address, for its feeds; nothing is changed."""
        from aggregator.config.offering import addresses

        try:
            urls = addresses(typed)
        except UsageError as error:
            raise NotDone(reason="address", detail=str(error)) from error
        config = self._config()
        try:
            async with self._searches:
                with open_database(self._path, create=False, patience=_PATIENCE) as db:
                    found = await self._search(db, config, urls)
        except (DatabaseError, SqliteError) as error:
            raise NotDone(reason="busy", detail=str(error)) from error
        return _discovered(found, config)

    async def _search(self, db: "Database", config: "Config", urls: list[str]) -> "Findings":
        from aggregator.executors.process_pool import ProcessPool
        from aggregator.pipeline.asking import asking
        from aggregator.pipeline.discovery import Search

        settings = config.settings
        async with (
            asking(db, settings.network, self._clock) as hosts,
            ProcessPool(settings.workers) as pool,
        ):
            return await Search(hosts.client, pool, hosts.note).at(urls)

    def proposed(self, body: bytes) -> tuple[Proposed, ...]:
        """What of a list in OPML can be listed; nothing is changed."""
        from aggregator.config.importing import sorted_outlines
        from aggregator.core import opml

        try:
            outlines = opml.read(body)
        except InputError as error:
            raise NotDone(reason="no-list", detail=str(error)) from error
        taken, skipped = sorted_outlines(outlines, self._config())
        left = [
            Proposed(None, each.name, each.url or "", each.line, each.why, bool(each.listed))
            for each in skipped
        ]
        lines = {outline.url: outline.line for outline in reversed(outlines)}
        offered = [
            Proposed(each, each.outlet, without_credentials(each.url), lines.get(each.url, 0))
            for each in taken
        ]
        return (*offered, *left)

    # --- changing ----------------------------------------------------------------------------

    def add(self, sources: "Sequence[FeedSource]", by: str) -> int:
        """List feeds, all or none; returns how many. They are asked in the next run."""
        from aggregator.config.adding import add_feeds

        places = self._config().places()
        if any(feed_key(each.url) in places for each in sources):
            raise NotDone(reason="listed")
        with self._changing() as db:
            add_feeds(self._file, sources)
            self._sync(db, [("added", each) for each in sources], by)
        return len(sources)

    def retry(self, feed_id: int, by: str) -> "FeedSource":
        """Have a feed asked in the next run, whatever its turn; one that was gone too."""
        with self._changing() as db:
            feed = _there(db, feed_id)
            feeds.ask_again(db, feed_id)
            feed_acts.note(db, "retried", feed.source, by, self._clock())
            return feed.source

    def move(self, feed_id: int, by: str) -> "FeedSource":
        """List a feed where it has moved to; it stays the same feed, with all it brought."""
        with self._changing() as db:
            feed = _there(db, feed_id)
            target = feed.state.address or feed.state.moved_to
            if target is None:
                raise NotDone(reason="address")
            moved = changing.move_feed(self._file, feed.source.url, target)
            feeds.relocate(db, feed_id, moved)
            feed_acts.note(db, "moved", feed.source, by, self._clock(), target)
            return moved

    def pause(self, feed_id: int, by: str, *, paused: bool) -> "FeedSource":
        """Have a feed not asked any more, or asked again."""
        act: Act = "paused" if paused else "resumed"
        with self._changing() as db:
            url = _there(db, feed_id).source.url
            source = changing.pause_feed(self._file, url, paused=paused)
            self._sync(db, [(act, source)], by)
            return source

    def remove(self, feed_id: int, by: str) -> "FeedSource":
        """Take a feed out of feeds.yaml; what it brought stays."""
        with self._changing() as db:
            source = changing.remove_feed(self._file, _there(db, feed_id).source.url)
            self._sync(db, [("removed", source)], by)
            return source

    def _sync(self, db: "Database", acts: "Sequence[tuple[Act, FeedSource]]", by: str) -> None:
        """Bring what is kept to what the file says now."""
        now = self._clock()
        feeds.sync(db, load(self._file).feeds, now)
        for act, source in acts:
            feed_acts.note(db, act, source, by, now)

    @contextmanager
    def _changing(self) -> "Iterator[Database]":
        """The database for one act; the file is changed first, and read again by every run."""
        try:
            with open_database(self._path, create=False, patience=_PATIENCE) as db, db.write():
                yield db
        except ConfigError as error:
            raise _refusal(error) from error
        except (DatabaseError, SqliteError) as error:
            raise NotDone(reason="busy", detail=str(error)) from error

    def _config(self) -> "Config":
        try:
            return load(self._file)
        except ConfigError as error:
            raise _refusal(error) from error


def _refusal(error: ConfigError) -> NotDone:
    return NotDone(
        reason="unlisted" if "is not listed" in str(error) else "file", detail=str(error)
    )


def _there(db: "Database", feed_id: int) -> "Feed":
    found = feeds.numbered(db, feed_id)
    if found is None:
        raise NotDone(reason="no-feed")
    return found


def _discovered(found: "Findings", config: "Config") -> Discovered:
    if found.failure is not None:
        left = tuple(_left_out(each.url, each.why) for each in found.left_out)
        return Discovered((), left, (), found.failure.reason, found.failure.detail)
    return Discovered(
        tuple(_offer(each, config) for each in found.feeds),
        tuple(_left_out(each.url, each.why) for each in found.left_out),
        tuple(without_credentials(each.url) for each in found.unasked),
    )


def _left_out(url: str, why: str) -> LeftOut:
    return LeftOut(without_credentials(url), why.partition(":")[0], why)


def _offer(found: "Found", config: "Config") -> Offer:
    from aggregator.config.offering import language_of, newest_of, outlet_of
    from aggregator.model import FeedSource

    places = config.places()
    outlet = outlet_of(found.url, found.parsed, config.feeds)
    return Offer(
        FeedSource(found.url, outlet, language_of(found.parsed)),
        found.parsed.title,
        len(found.parsed.entries),
        newest_of(found),
        tuple(entry.title for entry in found.parsed.entries[:_SHOWN]),
        any(feed_key(url) in places for url in (found.url, found.asked, found.answered)),
    )
