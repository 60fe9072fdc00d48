"""No slow feed and no slow page holds up what came meanwhile."""

import asyncio

import pytest

from aggregator.pipeline.rounds import overlapping


class Newsroom:
    """Feeds that answer when they are told to, and rounds that last as long as they are told to."""

    def __init__(self, *, rounds_wait_for: int) -> None:
        """Rounds wait until so many have begun."""
        self.begun: list[int] = []
        self.ended: list[int] = []
        self._enough = asyncio.Event()
        self._rounds_wait_for = rounds_wait_for

    async def poll(self) -> None:
        """Answer once so many rounds have begun as wait for each other."""
        await self._enough.wait()

    async def fetch(self) -> None:
        """Last until the others have begun."""
        number = len(self.begun)
        self.begun.append(number)
        if len(self.begun) >= self._rounds_wait_for:
            self._enough.set()
        await self._enough.wait()
        self.ended.append(number)


def test_rounds_begin_though_the_ones_before_are_not_done() -> None:
    async def run() -> Newsroom:
        room = Newsroom(rounds_wait_for=4)
        await asyncio.wait_for(overlapping(room.poll, room.fetch, every=0.001), 30)
        return room

    room = asyncio.run(run())
    # Without the fourth the first would never have ended; the last takes up what was in hand.
    assert len(room.begun) >= 5
    assert sorted(room.ended) == room.begun


def test_where_all_feeds_answer_soon_there_is_one_round() -> None:
    async def run() -> int:
        rounds = 0

        async def poll() -> None:
            await asyncio.sleep(0)

        async def fetch() -> None:
            nonlocal rounds
            rounds += 1

        await overlapping(poll, fetch, every=30)
        return rounds

    assert asyncio.run(run()) == 1


@pytest.mark.parametrize("broken", ["poll", "fetch"])
def test_a_surprise_ends_all(broken: str) -> None:
    async def breaks() -> None:
        message = "a surprise"
        raise LookupError(message)

    async def waits() -> None:
        await asyncio.Event().wait()

    work = {"poll": waits, "fetch": waits} | {broken: breaks}
    with pytest.raises(ExceptionGroup, match="unhandled errors") as found:
        asyncio.run(overlapping(work["poll"], work["fetch"], every=0.001))
    assert isinstance(found.value.exceptions[0], LookupError)
