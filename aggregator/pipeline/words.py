"""Takes up the words of new articles, so that searches find their other forms."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["take_up_all_words", "take_up_words"]

# The more at once, the more words they share; so many take a third of a second, all a quarter of
# a minute.
_AT_ONCE: Final = 400
_IN_ALL: Final = 20_000


async def take_up_words(db: "Database", stop: Callable[[], bool]) -> None:
    """Take up what waits, the newest first; what is left of a large archive waits for later runs.

    Until then a search finds the very words of an article, and the forms that others have too.
    """
    for _ in range(_IN_ALL // _AT_ONCE):
        if stop() or not db.value("SELECT EXISTS (SELECT 1 FROM search_pending)"):
            return
        from aggregator.storage import vocabulary

        vocabulary.learn(db, most=_AT_ONCE)
        await asyncio.sleep(0)  # lets a signal be heard


def take_up_all_words(db: "Database") -> None:
    """Take up all that waits, however long that takes."""
    from aggregator.storage import vocabulary

    while vocabulary.learn(db, most=_AT_ONCE):
        pass
