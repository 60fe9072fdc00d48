"""Who looks at the desk: named, in a role, and with the token that their forms carry.

`Admission` asks the desk's `Doors` once for each request and leaves the viewer with the request;
routes take it as `CurrentViewer`, or as `CurrentEditor` where something is changed. A page that
carries `csrf` names it in its ETag too: who signs in anew must not be answered with old forms.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Protocol

from fastapi import Depends
from starlette.requests import HTTPConnection

from aggregator.storage.accounts import Role
from aggregator.web.peers import FORWARDED
from aggregator.web.problems import ALONE, FORBIDDEN, Problem

__all__ = [
    "NOBODY",
    "Alone",
    "CurrentEditor",
    "CurrentViewer",
    "Doors",
    "Role",
    "StillIn",
    "Viewer",
    "form_token",
    "sealed",
    "unsealed",
]

NOBODY = ""
"""The name of who has not said who they are."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: `csrf` stands in every form that they send, `signed_in` where they may leave."""

    name: str
    role: Role
    csrf: str
    signed_in: bool


class Doors(Protocol):
    """Who is let in, and as whom; `key` is secret and random."""

    @property
    def key(self) -> bytes:
        """What tokens of forms are made with for who is not signed in."""
        ...

    async def admit(self, asked: HTTPConnection, visitor: str) -> Viewer | None:
        """Who asks, None where nobody of that sort is let in.

        `visitor` is what the browser's cookie says, which is secret between it and the desk.
        """
        ...


def form_token(key: bytes, visitor: str) -> str:
    """What the forms of a visitor carry: no other site can know it (HMAC-SHA-256, RFC 2104)."""
    return hmac.new(key, visitor.encode(), sha256).hexdigest()


def sealed(viewer: Viewer, value: str) -> str:
    """A value for an address, that nobody but this desk can have given to this viewer."""
    return f"{form_token(viewer.csrf.encode(), value)}.{value}"


def unsealed(viewer: Viewer, given: str) -> str:
    """The value of an address; empty where somebody else made it up."""
    value = given.partition(".")[2]
    return value if hmac.compare_digest(sealed(viewer, value).encode(), given.encode()) else ""


@dataclass(frozen=True, slots=True)
class Alone:
    """The doors of a desk on one's own machine: whoever reaches it is its editor, `name`.

    `key` is secret and random.
    """

    name: str
    key: bytes

    async def admit(self, asked: HTTPConnection, visitor: str) -> Viewer:
        """The one editor that there is; raises Problem where a proxy asks for somebody else."""
        if any(name in asked.headers for name in FORWARDED):
            raise Problem(ALONE, "a proxy asks for somebody else, and nobody signs in here")
        return Viewer(self.name, "editor", form_token(self.key, visitor), signed_in=False)


async def _viewer(asked: HTTPConnection) -> Viewer:
    viewer: Viewer = asked.state.viewer
    return viewer


CurrentViewer = Annotated[Viewer, Depends(_viewer)]
"""The parameter of a route that shows something: who looks at it."""


StillIn = Callable[[], Awaitable[bool]]
"""Whether who asked is let in even now: for what goes on answering."""


async def _editor(viewer: CurrentViewer) -> Viewer:
    if viewer.role != "editor":
        raise Problem(FORBIDDEN, "this is for editors: you may only read")
    return viewer


CurrentEditor = Annotated[Viewer, Depends(_editor)]
"""The parameter of a route that changes something: which editor does; 403 for anybody else."""
