"""How each request is answered: read in a thread, or not at all where nothing has changed.

What is answered depends on nothing but the address and the database, so the number of the last
change, with its time, says whether an answer that somebody has is still the one. What depends on
more than the changes tell of (the state of feeds, the time of day) is compared by its content.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from aggregator.storage.database import Database
from aggregator.storage.states import State, state

if TYPE_CHECKING:
    from aggregator.web.desk import Desk

__all__ = ["Answer", "Asked", "Asking", "Moved"]

_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')
# Ask again each time, and get a 304 for an answer that still holds.
_CACHING: Final = {"Cache-Control": "private, no-cache"}


@dataclass(slots=True)
class Moved(Exception):
    """What is asked for has another number for good; `kind` as its path has it."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes to answer with, and their type."""

    body: bytes
    media_type: str


Read = Callable[[Database], BaseModel | Answer]


class Asking:
    """One request and how to answer it."""

    def __init__(self, request: Request) -> None:
        """Take the desk from the application that `request` reached."""
        self.request = request
        self.desk: Desk = request.app.state.desk

    async def answer(self, read: Read, *, by_content: bool = False) -> Response:
        """Answer with what `read` finds, or 304 where the client has just that.

        With `by_content` that is told from the answer itself, else from the last change alone.
        """

        def answered(db: Database) -> Response:
            return self._answered(db, read, None if by_content else self._tag_of(state(db)))

        return await self.desk.read(answered)

    def _answered(self, db: Database, read: Read, tag: str | None) -> Response:
        if tag is not None and self._knows(tag):
            return self._unchanged(tag)
        found = read(db)
        answer = found if isinstance(found, Answer) else _as_json(found)
        if tag is None:
            tag = _tag(blake2b(answer.body, digest_size=12).hexdigest())
            if self._knows(tag):
                return self._unchanged(tag)
        return Response(answer.body, 200, {"ETag": tag, **_CACHING}, answer.media_type)

    def _tag_of(self, last: State) -> str:
        """The tag of this address at a state: a later program may answer otherwise."""
        words = (self.desk.program, str(self.request.url), last.at or "")
        digest = blake2b("\0".join(words).encode(), digest_size=8).hexdigest()
        return _tag(f"{last.seq}-{digest}")

    def _knows(self, tag: str) -> bool:
        known = ",".join(self.request.headers.getlist("if-none-match"))
        return tag.removeprefix("W/") in _TAG.findall(known)

    def _unchanged(self, tag: str) -> Response:
        return Response(status_code=304, headers={"ETag": tag, **_CACHING})


def _tag(text: str) -> str:
    # Weak, since the same answer may be sent compressed.
    return f'W/"{text}"'


def _as_json(found: BaseModel) -> Answer:
    return Answer(found.model_dump_json().encode(), "application/json")


async def _asking(request: Request) -> Asking:
    return Asking(request)


Asked = Annotated[Asking, Depends(_asking)]
"""The parameter by which a route answers."""
