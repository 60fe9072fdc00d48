"""JSON lines for people with an archive: read within bounds, worked on in order, never fatal."""

import json
import os
import select
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import UnsupportedOperation
from pathlib import Path
from typing import BinaryIO, Final, TypeVar, cast

from aggregator.errors import NotFound

__all__ = ["BadLine", "Fields", "Identity", "Lines", "WrongType", "in_order", "opened", "parse"]

Item = TypeVar("Item")
Result = TypeVar("Result")
Identity = str | int | None

_CHUNK: Final = 65536
_LONGEST: Final = 64 * 1024 * 1024
_PATIENCE: Final = 0.2


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used: its 1-based number, its id where it has one, and why.

    `reason` is a short stable code, `detail` says more.
    """

    number: int
    id: Identity
    reason: str
    detail: str


class WrongType(Exception):
    """A field is not what it must be; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A line's object; `number` counts from 1."""

    number: int
    id: Identity
    values: dict[str, object]

    def text(self, name: str) -> str:
        """A text, or "" where it is absent or null; raises WrongType for anything else."""
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            message = f"{name} is not a text"
            raise WrongType(message)
        return value

    def bad(self, reason: str, detail: str) -> BadLine:
        """The same line as one that cannot be used."""
        return BadLine(self.number, self.id, reason, detail)


def parse(number: int, raw: bytes | None) -> Fields | BadLine:
    """Understand one line; its id is a text or a whole number, or None where it has none."""
    if raw is None:
        return BadLine(number, None, "too_long", f"more than {_LONGEST:,} bytes")
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError) as error:
        return BadLine(number, None, "not_json", str(error))
    if not isinstance(values, dict):
        return BadLine(number, None, "not_json", "the line is JSON, but no object")
    identity = values.get("id")
    if identity is not None and (isinstance(identity, bool) or not isinstance(identity, str | int)):
        return BadLine(number, None, "bad_id", "id is neither a text nor a whole number")
    return Fields(number, identity, values)


class Lines:
    """The lines of a stream as (1-based number, bytes or None where too long), blank ones left out.

    Iterate in any thread; `stop` from any other ends a wait for input within a moment, which a
    plain blocking read would not.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Read from a pipe, a file, a terminal or memory."""
        self._stream = stream
        self._stopped = False

    def stop(self) -> None:
        """Give up reading."""
        self._stopped = True

    def __iter__(self) -> Iterator[tuple[int, bytes | None]]:
        """Yield each line that is not blank."""
        for number, line in enumerate(self._split(), 1):
            if line is None or line.strip():
                yield number, line

    def _split(self) -> Iterator[bytes | None]:
        """Cut chunks at line ends; of a line that is too long only the fact is kept."""
        parts: list[bytes] = []
        size = 0
        for chunk in self._chunks():
            *ended, rest = chunk.split(b"\n")
            for end in ended:
                yield b"".join([*parts, end]) if size + len(end) <= _LONGEST else None
                parts, size = [], 0
            size += len(rest)
            if size <= _LONGEST:
                parts.append(rest)
            else:
                parts = []
        if size:
            yield b"".join(parts) if size <= _LONGEST else None

    def _chunks(self) -> Iterator[bytes]:
        try:
            handle = self._stream.fileno()
        except UnsupportedOperation:
            yield from iter(lambda: self._stream.read(_CHUNK), b"")
            return
        while not self._stopped:
            if select.select([handle], [], [], _PATIENCE)[0]:
                chunk = os.read(handle, _CHUNK)
                if not chunk:
                    return
                yield chunk


async def in_order(
    items: Iterator[Item],
    work: Callable[[Item], Awaitable[Result]],
    write: Callable[[Result], None],
    *,
    ahead: int,
) -> None:
    """Work on up to `ahead` items at once, and `write` each result in the order of the items.

    What is done is written while the next item is still awaited, so that somebody who sends one
    line and waits for the answer gets it.
    """
    import asyncio

    begun: asyncio.Queue[asyncio.Task[Result] | None] = asyncio.Queue(ahead)
    room = asyncio.Semaphore(ahead)

    async def read() -> None:
        while True:
            await room.acquire()
            item = await asyncio.to_thread(next, items, None)
            if item is None:
                break
            begun.put_nowait(group.create_task(_as_coroutine(work(item))))
        await begun.put(None)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            while (task := await begun.get()) is not None:
                write(await task)
                room.release()
    except ExceptionGroup as surprises:
        raise surprises.exceptions[0] from surprises


async def _as_coroutine(awaitable: Awaitable[Result]) -> Result:
    return await awaitable


@contextmanager
def opened(source: str) -> Iterator[BinaryIO]:
    """The file of this name, or standard input for "-"; raises NotFound where it cannot be read."""
    if source == "-":
        if sys.stdin is None:
            message = "standard input is closed"
            raise NotFound(message)
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(Path(source).open("rb", buffering=0))
        except OSError as error:
            message = f"{source}: cannot be read: {error.strerror}"
            raise NotFound(message) from error
        yield cast("BinaryIO", stream)
