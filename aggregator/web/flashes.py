"""One message that the next page shows once, carried by a cookie: for browsers without scripts."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.responses import Response

__all__ = ["Flash", "forget", "keep", "read"]

_COOKIE: Final = "flash"
_MOST_CHARACTERS: Final = 2000
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Flash:
    """What was done, and the decisions by whose numbers it can be undone."""

    message: str
    undo: tuple[int, ...] = ()


def keep(answer: Response, flash: Flash) -> None:
    """Have the next page show it."""
    written = json.dumps([flash.message[: _MOST_CHARACTERS // 8], flash.undo[:50]]).encode()
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
        message, undo = found
        numbers = tuple(int(each) for each in undo)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    return Flash(message, numbers) if isinstance(message, str) and message else None
