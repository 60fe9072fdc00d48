"""Pages are fetched while feeds are still asked: in rounds, each with what has come since."""

import asyncio
from collections.abc import Awaitable, Callable

__all__ = ["overlapping"]


async def overlapping(
    poll: Callable[[], Awaitable[None]], fetch: Callable[[], Awaitable[None]], *, every: float
) -> None:
    """Begin a round of fetching after so many seconds of polling, and again and again.

    No round waits for the one before, so that neither a feed nor a page that takes its whole
    deadline holds up the others' pages. Where there were several, a last one takes up what then
    was in hand elsewhere. The first surprise ends all and is raised in an ExceptionGroup.
    """
    rounds = 0
    async with asyncio.TaskGroup() as group:
        polling = group.create_task(_run(poll))
        while rounds == 0 or not polling.done():
            await asyncio.wait({polling}, timeout=every)
            group.create_task(_run(fetch))
            rounds += 1
    if rounds > 1:
        await fetch()


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()
