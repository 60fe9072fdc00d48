"""Fetches articles' pictures for the desk: once each, when somebody first looks at one.

With the manners of a run, beside one too: robots.txt, pauses and the log of requests are the same.
No reader's browser ever asks an outlet; what outlets see is this machine, once for a picture.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aggregator.core.thumbnails import NoPicture, Thumbnail, thumbnail
from aggregator.errors import AggregatorError
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import WorkerFailed
from aggregator.model import Failed, Fetched, FetchResult
from aggregator.net.client import Client
from aggregator.pipeline.hosts import asked_by_others, kept_book, log
from aggregator.pipeline.robots import Gate
from aggregator.settings import NetworkSettings, WorkerSettings
from aggregator.storage import pictures
from aggregator.storage.database import Database, SqliteError, open_database
from aggregator.storage.pictures import Picture

__all__ = ["Fetching"]

# One process, small and short: a picture takes some ten milliseconds, and 160 MB when it is huge.
_WORKER: Final = WorkerSettings(count=1, timeout=10.0, memory=512, recycle_after=200)
_PATIENCE: Final = 20.0
_MOST_WAITING: Final = 200
_MOST_TRIES: Final = 3
_AGAIN: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Tools:
    """What the thread works with."""

    db: Database
    client: Client
    gate: Gate
    pool: ProcessPool
    note: Callable[[FetchResult], None]


class Fetching:
    """Fetches for the database at `path`, in a thread of its own, while the context lasts."""

    def __init__(self, path: Path, network: NetworkSettings, clock: Callable[[], datetime]) -> None:
        """`clock` gives the present in UTC."""
        self._path, self._network, self._clock = path, network, clock
        self._loop = asyncio.new_event_loop()
        self._under_way: dict[int, Future[bytes | None]] = {}
        self._lock = threading.Lock()
        self._queue: asyncio.Queue[int | None] = asyncio.Queue()
        self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)

    def fetch(self, article_id: int) -> Future[bytes | None]:
        """The small picture of an article, fetched now; None where there is none to be had.

        Who asks for the same one meanwhile gets the same; of more than 200 none is fetched.
        """
        with self._lock:
            found = self._under_way.get(article_id)
            if found is not None:
                return found
            future: Future[bytes | None] = Future()
            if len(self._under_way) >= _MOST_WAITING or not self._thread.is_alive():
                future.set_result(None)
                return future
            self._under_way[article_id] = future
        self._loop.call_soon_threadsafe(self._queue.put_nowait, article_id)
        return future

    def __enter__(self) -> Self:
        """Begin; nothing is opened before the first picture."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End; what waits is told that there is none."""
        self._loop.call_soon_threadsafe(self._queue.put_nowait, None)
        self._thread.join()

    # --- the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._work())
        finally:
            self._loop.close()
            with self._lock:
                waiting = list(self._under_way.values())
                self._under_way.clear()
            for future in waiting:
                future.set_result(None)

    async def _work(self) -> None:
        article_id = await self._queue.get()
        if article_id is None:
            return
        async with AsyncExitStack() as stack:
            tools = await self._tools(stack)
            at_work: set[asyncio.Task[None]] = set()
            while article_id is not None:
                task = asyncio.create_task(self._answer(tools, article_id))
                at_work.add(task)
                task.add_done_callback(at_work.discard)
                article_id = await self._queue.get()
            for task in at_work:
                task.cancel()
            await asyncio.gather(*at_work, return_exceptions=True)

    async def _tools(self, stack: AsyncExitStack) -> _Tools:
        db = stack.enter_context(open_database(self._path, create=False, patience=_PATIENCE))
        pause = self._network.seconds_between_requests
        book = kept_book(db, self._clock)
        asked = asked_by_others(db, self._clock, pause)
        client = Client(self._network, self._clock, quiet=book.quiet_until, asked=asked)
        await stack.enter_async_context(client)
        pool = await stack.enter_async_context(
            ProcessPool(_WORKER, preload=("aggregator.core.thumbnails",))
        )
        gate = Gate(db, client, book, self._clock, pause=pause)

        def note(result: FetchResult) -> None:
            log(db, book, result.hops, self._clock())

        return _Tools(db, client, gate, pool, note)

    async def _answer(self, tools: _Tools, article_id: int) -> None:
        body = None
        try:
            body = await self._made(tools, article_id)
        except (AggregatorError, SqliteError, OSError) as error:
            logging.getLogger(__name__).warning("no picture of article %d: %s", article_id, error)
        finally:
            with self._lock:
                future = self._under_way.pop(article_id, None)
            if future is not None:
                future.set_result(body)

    async def _made(self, tools: _Tools, article_id: int) -> bytes | None:
        """What is kept already, else what can be had now, which is kept."""
        url, known = pictures.address(tools.db, article_id), pictures.find(tools.db, article_id)
        now = self._clock()
        if url is None or (known is not None and not _due(known, now)):
            return None if known is None else known.body
        tried = known.tries if known else 0
        made = await self._fetched(tools, url)
        picture = _kept(url, made, tried + 1, self._clock())
        with tools.db.write():
            pictures.keep(tools.db, article_id, picture)
        return picture.body

    async def _fetched(self, tools: _Tools, url: str) -> Thumbnail | Failed | NoPicture:
        if (refused := await tools.gate.refusal(url)) is not None:
            return refused
        result = await tools.client.picture(url, gate=tools.gate.refusal)
        tools.note(result)
        if not isinstance(result, Fetched):
            return result if isinstance(result, Failed) else NoPicture("unchanged")
        made = await tools.pool.run(thumbnail, result.body)
        return NoPicture(made.reason) if isinstance(made, WorkerFailed) else made


def _due(known: Picture, now: datetime) -> bool:
    """Whether one that could not be had is to be asked for again."""
    return known.body is None and known.next_try_at is not None and known.next_try_at <= now


def _kept(url: str, made: Thumbnail | Failed | NoPicture, tries: int, now: datetime) -> Picture:
    if isinstance(made, Thumbnail):
        return Picture(url, now, made.body)
    if isinstance(made, NoPicture) or not made.transient or tries >= _MOST_TRIES:
        return Picture(url, now, reason=made.reason, tries=tries)
    again = max(now + _AGAIN, made.retry_after or now)
    return Picture(url, now, reason=made.reason, tries=tries, next_try_at=again)
