"""One message that the next page shows once, carried by a cookie: for browsers without scripts."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from aggregator.web.marking import marked

__all__ = ["OFFERS", "Flash", "forget", "keep", "read"]

_COOKIE: Final = "flash"
_MOST_CHARACTERS: Final = 2000
_SECONDS: Final = 60
_MOST: Final = 50


OFFERS: Final[Mapping[str, tuple[str, str, str]]] = {
    "redo": ("/decisions/redo", "decision", marked("Do it again")),
    "undecide": ("/boilerplate/undecide", "line", marked("Undo")),
    "approve": ("/boilerplate/approve", "line", marked("Undo")),
    "reject": ("/boilerplate/reject", "line", marked("Undo")),
}
"""What else can be offered after an act: where its button leads, with which field, and its name."""


@dataclass(frozen=True, slots=True)
class Flash:
    """What was done, and the decisions by whose numbers it can be undone.

    `offer` is what else can be done with `numbers`; `story` is where what was done is to be seen.
    """

    message: str
    undo: tuple[int, ...] = ()
    offer: str = ""
    numbers: tuple[int, ...] = ()
    story: int | None = None

    @property
    def offered(self) -> tuple[str, str, str] | None:
        """Where the offer's button leads, its field and its name."""
        return OFFERS.get(self.offer)


def keep(answer: Response, flash: Flash) -> None:
    """Have the next page show it."""
    message = flash.message[: _MOST_CHARACTERS // 8]
    kept = [message, flash.undo[:_MOST], flash.offer, flash.numbers[:_MOST], flash.story or 0]
    written = json.dumps(kept).encode()
    value = base64.urlsafe_b64encode(written).decode()
    answer.set_cookie(_COOKIE, value, max_age=_SECONDS, httponly=True, samesite="lax")


def forget(answer: Response) -> None:
    """It is shown: the page after that shows it no more."""
    answer.delete_cookie(_COOKIE, httponly=True, samesite="lax")


def read(request: Request) -> Flash | None:
    """The message that a browser carries, None where it carries none or nonsense."""
    value = request.cookies.get(_COOKIE, "")[: 4 * _MOST_CHARACTERS]
    try:
        found = json.loads(base64.urlsafe_b64decode(value.encode()))
        message, undo, offer, numbers, story = found
        ids = tuple(int(each) for each in undo)
        flash = Flash(message, ids, str(offer), tuple(map(int, numbers)), int(story) or None)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
        return None
    return flash if isinstance(message, str) and message else None
