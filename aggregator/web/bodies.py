"""Takes the body of a request whole, while it is neither too large nor too slow."""

from asyncio import timeout
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from aggregator.web.problems import SLOW, TOO_LARGE, Problem

__all__ = ["MOST_BYTES", "replay", "whole"]

MOST_BYTES: Final = 4_000_000
"""So much a request may bring: an OPML file of some ten thousand feeds."""

_MOST_SECONDS: Final = 15.0


async def whole(headers: Headers, receive: Receive, *, seconds: float = _MOST_SECONDS) -> bytes:
    """The whole body; raises Problem where it is too large or not there in time."""
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > MOST_BYTES:
        raise _too_large()
    try:
        async with timeout(seconds):
            return await _received(receive)
    except TimeoutError:
        raise Problem(SLOW, f"the request did not come within {seconds:g} seconds") from None


async def _received(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _too_large() -> Problem:
    return Problem(TOO_LARGE, f"at most {MOST_BYTES} bytes are taken")


def replay(body: bytes, receive: Receive) -> Receive:
    """Receive a body that was read already, then what else comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return left.pop() if left else await receive()

    return replayed
