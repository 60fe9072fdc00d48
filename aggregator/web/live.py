"""What came since a page was made, for who has the board open: as it comes, or when it is asked.

One look serves all who wait; only when something came each reads what of it fits. Of every story
that began or grew its figures are told: rows move nowhere until the reader wants to see.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from aggregator.errors import ChangesGone
from aggregator.storage import board, changes
from aggregator.web.problems import BUSY, Problem

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.storage.board import BoardFilter
    from aggregator.storage.database import Database
    from aggregator.web.desk import Desk
    from aggregator.web.viewers import StillIn

__all__ = ["Told", "Watch", "as_json", "events", "since"]

_MOST: Final = 1_000
_GREW: Final = frozenset({"story_created", "story_split", "story_grown"})
# Each holds a connection, of which a server has two hundred.
_MOST_FOLLOWERS: Final = 100
_BEAT: Final = 15.0
# A browser begins anew by itself.
_LONGEST: Final = 300.0


@dataclass(frozen=True, slots=True)
class Told:
    """What came up to the change `seq`: the articles that stories have which began or grew.

    `whole` is False where so much came that not all is told.
    """

    seq: int
    stories: dict[int, int]
    whole: bool = True


def since(db: "Database", seq: int, chosen: "BoardFilter", reader: str) -> Told:
    """What began or grew behind a change, of what is asked for."""
    try:
        found = changes.since(db, seq, _MOST)
    except ChangesGone:
        return Told(changes.last(db), {}, whole=False)
    ids = {each.id for each in found if each.kind in _GREW and each.id is not None}
    whole = len(found) < _MOST
    last = changes.last(db) if not whole else found[-1].seq if found else seq
    return Told(last, board.fitting(db, sorted(ids), chosen, reader), whole)


def as_json(told: Told) -> str:
    """For a script: the stories by their numbers."""
    said = {"seq": told.seq, "stories": told.stories, "whole": told.whole}
    return json.dumps(said, separators=(",", ":"))


@dataclass(slots=True)
class Watch:
    """The number of the last change, looked up once for all who wait, so often and no oftener.

    `followers` are those who listen now.
    """

    followers: int = 0
    _last: int = 0
    _looked_at: float = float("-inf")
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def admit(self) -> None:
        """Raise Problem where too many listen: they are to ask now and then instead."""
        if self.followers >= _MOST_FOLLOWERS:
            raise Problem(BUSY, "too many follow the board", headers={"Retry-After": "20"})

    async def last(self, desk: "Desk") -> int:
        """The last change, as it was a moment ago."""
        async with self._turn:
            if monotonic() - self._looked_at >= desk.limits.follower_pause:
                self._last = await desk.read(changes.last)
                self._looked_at = monotonic()
            return self._last


async def events(
    desk: "Desk",
    watch: Watch,
    seq: int,
    chosen: "Callable[[datetime], BoardFilter]",
    reader: str,
    still_in: "StillIn",
) -> AsyncIterator[str]:
    """What comes behind a change as server-sent events, with a sign of life where nothing does.

    It ends before anything is told to who is not let in any longer.
    """
    watch.followers += 1
    try:
        yield "retry: 3000\n\n"
        async for told in _followed(desk, watch, seq, chosen, reader):
            if not await still_in():
                return
            yield f"id: {told.seq}\ndata: {as_json(told)}\n\n" if told else ":\n\n"
    finally:
        watch.followers -= 1


async def _followed(
    desk: "Desk",
    watch: Watch,
    seq: int,
    chosen: "Callable[[datetime], BoardFilter]",
    reader: str,
) -> AsyncIterator[Told | None]:
    """What comes, and now and then None."""
    begun = spoke = monotonic()
    while monotonic() - begun < _LONGEST and await desk.pause(desk.limits.follower_pause):
        told = await _news(desk, watch, seq, chosen, reader)
        seq = seq if told is None else told.seq
        if told is not None and (told.stories or not told.whole):
            spoke = monotonic()
            yield told
        elif monotonic() - spoke > _BEAT:
            spoke = monotonic()
            yield None


async def _news(
    desk: "Desk",
    watch: Watch,
    seq: int,
    chosen: "Callable[[datetime], BoardFilter]",
    reader: str,
) -> Told | None:
    """What came, None where nothing did, or where the desk has no time to look."""
    try:
        if await watch.last(desk) == seq:
            return None
        wanted = chosen(desk.clock())
        return await desk.read(lambda db: since(db, seq, wanted, reader))
    except Problem:
        return None
