"""Worker processes that are limited in time and memory, recycled, and killed from outside."""

import asyncio
import multiprocessing
import os
import resource
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar, cast

from aggregator.errors import ExecutorError
from aggregator.executors.protocol import WorkerFailed
from aggregator.settings import WorkerSettings

if TYPE_CHECKING:
    from pebble import ProcessFuture
    from pebble import ProcessPool as PebblePool

__all__ = ["ProcessPool"]

Item = TypeVar("Item")
Result = TypeVar("Result")

_NICER: Final = 5


class ProcessPool:
    """Runs items in processes that pebble kills when they overrun; started at the first item."""

    def __init__(self, settings: WorkerSettings, *, preload: tuple[str, ...] = ()) -> None:
        """`preload` names modules that are imported once, in the server all workers fork from."""
        self._settings = settings
        self._preload = preload
        self._pool: PebblePool | None = None

    async def run(self, function: Callable[[Item], Result], item: Item) -> Result | WorkerFailed:
        """Run `function(item)` in a worker; time out, crash and exception come back as values."""
        from pebble import ProcessExpired

        timeout = self._settings.timeout
        try:
            return await asyncio.wrap_future(self._scheduled(function, item))
        except TimeoutError:
            return WorkerFailed("timeout", f"stopped after {timeout:g} s of work")
        except ProcessExpired as error:
            return WorkerFailed("crashed", f"its worker process died (exit code {error.exitcode})")
        except MemoryError:
            limit = self._settings.memory
            return WorkerFailed("memory", f"stopped at {limit} MB of memory")
        except Exception as error:  # noqa: BLE001 - that is this class's promise
            return WorkerFailed("error", f"{type(error).__name__}: {error}")

    def _scheduled(self, function: Callable[[Item], Result], item: Item) -> "ProcessFuture[Result]":
        """Hand an item to the pool; one that has died (a worker killed while idle) is replaced."""
        for _ in range(2):
            try:
                timeout = self._settings.timeout
                return self._started().schedule(function, args=[item], timeout=timeout)
            except RuntimeError as error:
                self._pool, died = None, error
        message = f"no worker process can be had: {died}. Check the memory and process limits."
        raise ExecutorError(message) from died

    def _started(self) -> "PebblePool":
        if self._pool is None:
            from pebble import ProcessPool as PebblePool

            # Not fork: this process has threads. The server has none and forks in milliseconds.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(list(self._preload))
            self._pool = PebblePool(
                max_workers=self._settings.count,
                max_tasks=self._settings.recycle_after,
                initializer=_step_back,
                initargs=[self._settings.memory],
                context=context,
            )
        return self._pool

    async def __aenter__(self) -> Self:
        """Start nothing yet: a run with nothing to do needs no worker."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the workers; on an exception without waiting for what they do."""
        if self._pool is None:
            return
        # pebble leaves the two without a type.
        end = self._pool.close if kind is None else self._pool.stop
        cast("Callable[[], None]", end)()
        await asyncio.to_thread(self._pool.join)


def _step_back(megabytes: int) -> None:
    """Let others first, and this process's own data grow no further than `megabytes`.

    The main process has what these make to keep, and while it writes nobody else can.
    """
    with suppress(PermissionError):
        os.nice(_NICER)
    limit = megabytes * 1024 * 1024
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
