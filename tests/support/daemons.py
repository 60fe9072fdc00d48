"""The daemon's loop at work in a test's own event loop."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aggregator.daemon.stopping import Stopping
from aggregator.storage.database import Database


@dataclass
class AtWork:
    """What a test sees of it: the database that it writes, and how it is told to stop."""

    db: Database
    stopping: Stopping

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until `condition` holds, a minute at most."""
        end = asyncio.get_running_loop().time() + 60
        while not condition():
            assert asyncio.get_running_loop().time() < end, "waited in vain"
            await asyncio.sleep(0.02)

    def titles(self) -> list[str]:
        """The articles stored so far."""
        return [row["title"] for row in self.db.rows("SELECT title FROM articles ORDER BY id")]
