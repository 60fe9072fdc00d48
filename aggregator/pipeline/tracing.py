"""From copy groups to provenance: what each member took over, added and cut."""

from collections.abc import Iterable, Sequence
from typing import Final

from aggregator.core import provenance as core
from aggregator.core.provenance import Source
from aggregator.storage import provenance as kept
from aggregator.storage.database import Database

__all__ = ["trace", "trace_left"]

_AT_ONCE: Final = 200
_MOST_WORDS: Final = 1_000_000


def trace(db: Database, ids: Iterable[int]) -> None:
    """Make the figures of new, changed and moved articles, and of those that rest on them.

    Call inside `write()`, when the groups are formed.
    """
    wanted = kept.mark(db, {*ids, *kept.pending(db, _AT_ONCE)})
    for start in range(0, len(wanted), _AT_ONCE):
        _trace(db, wanted[start : start + _AT_ONCE])


def trace_left(db: Database) -> bool:
    """Make some of the figures that an older program left to be made; False where none are."""
    if not kept.pending(db, 1):
        return False
    with db.write():
        trace(db, ())
    return True


def _trace(db: Database, ids: Sequence[int]) -> None:
    known: dict[int, Source] = {}

    def source(article_id: int) -> Source:
        if article_id not in known:
            known[article_id] = kept.member(db, article_id)
        return known[article_id]

    for each in ids:
        found = core.trace(source(each), [source(other) for other in kept.before(db, each)])
        kept.save(db, each, found)
        # Mates follow each other, but of long texts few are held at a time.
        if sum(len(one.words) for one in known.values()) > _MOST_WORDS:
            known.clear()
