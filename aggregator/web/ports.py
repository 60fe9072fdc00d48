"""What the desk's pages are handed, as they see it: behind each port stands more than they know."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from aggregator.storage.seen import Look

__all__ = ["Marks"]


class Marks(Protocol):
    """Where it is noted what readers looked at; nobody waits until that is written."""

    def saw(
        self, reader: str, story_id: int, at: datetime, articles: Mapping[int, int] | None = None
    ) -> None:
        """Note that a reader looked at a story, and at which version of which of its articles.

        Without `articles` at all that are there by then.
        """

    def unread(self, reader: str, story_id: int) -> None:
        """Note that a story is to be unread again."""

    def visited(self, reader: str, at: datetime) -> None:
        """Note that a reader is here."""

    def pending(self, reader: str) -> Mapping[int, Look | None]:
        """What is noted of a reader and not yet written, by story; None where that is unread.

        To be asked before the database is: what is written in between then counts once more.
        """
