"""What a reader looked at, with what is noted of it but not yet written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.storage import seen

if TYPE_CHECKING:
    from aggregator.storage.board import Seen
    from aggregator.storage.database import Database
    from aggregator.web.ports import Marks

__all__ = ["looked"]


def looked(marks: "Marks | None", reader: str) -> "Seen":
    """When a reader looked at stories; to be made before the database is read."""
    pending = {} if marks is None else marks.pending(reader)

    def seen_at(db: "Database", name: str, story_ids: Iterable[int]) -> Mapping[int, datetime]:
        ids = list(story_ids)
        found = seen.seen_at(db, name, ids)
        for each in pending.keys() & set(ids):
            look = pending[each]
            if look is None:
                found.pop(each, None)
            else:
                found[each] = max(look.at, found.get(each, look.at))
        return found

    return seen_at
