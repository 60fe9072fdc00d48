"""Errors as problem details (RFC 9457): each kind with its name, its status and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ALONE",
    "BUSY",
    "FORBIDDEN",
    "FORGED",
    "GONE",
    "INVALID",
    "KINDS",
    "LOGIN",
    "MEDIA_TYPE",
    "NOT_FOUND",
    "SLOW",
    "TOO_LARGE",
    "TOO_LATE",
    "TOO_SLOW",
    "UNREADABLE",
    "FieldError",
    "Kind",
    "Problem",
    "ProblemDetails",
    "invalid",
    "of_status",
    "response",
]

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: `name` is the end of its type's address, `status` the HTTP code."""

    name: str
    status: int
    title: str
    meaning: str


INVALID: Final = Kind(
    "invalid-request",
    422,
    "The request makes no sense",
    "A parameter is unknown, missing or has a value that it cannot have; `errors` names each.",
)
NOT_FOUND: Final = Kind(
    "not-found", 404, "There is no such thing", "Nothing has this address, and nothing had."
)
GONE: Final = Kind(
    "gone",
    410,
    "It is no longer there",
    "It was there once, and will not come back: take it out of what you keep.",
)
TOO_LATE: Final = Kind(
    "changes-gone",
    410,
    "These changes are no longer kept",
    "What changed since this number is not all known any more, or the number is of another "
    "database: read everything anew, and go on from the number that you then get.",
)
_MALFORMED: Final = Kind(
    "malformed",
    400,
    "The request cannot be read",
    "Its body is not what its Content-Type says.",
)
LOGIN: Final = Kind(
    "login-needed",
    401,
    "Sign in first",
    "This is shown to who has an account: sign in at /login, or send a token.",
)
ALONE: Final = Kind(
    "asked-through-a-proxy",
    403,
    "This desk is for its own machine alone",
    "A proxy asked on behalf of somebody else, and nobody signs in here: start the desk so that "
    "it needs a login.",
)
FORBIDDEN: Final = Kind(
    "not-allowed", 403, "You may not do this", "It is for editors; who has another role may read."
)
FORGED: Final = Kind(
    "not-from-here",
    403,
    "This did not come from a page of this desk",
    "Whatever may change something carries the token of a page of this desk, and comes from one: "
    "load the page again.",
)
_METHOD: Final = Kind(
    "method-not-allowed",
    405,
    "This cannot be asked for in that way",
    "What is to be read is read by GET and HEAD; the header Allow names what is answered.",
)
SLOW: Final = Kind(
    "too-slowly-sent", 408, "The request did not come", "Its body was not there in time."
)
TOO_LARGE: Final = Kind(
    "too-large", 413, "This is too large", "The request has more bytes than are taken."
)
_HOST: Final = Kind(
    "wrong-host",
    421,
    "This server does not go by that name",
    "The header Host names another machine than the one that listens here.",
)
BUSY: Final = Kind(
    "busy",
    503,
    "Too much is asked at once",
    "More is waiting than is answered soon: ask again after the seconds in Retry-After.",
)
TOO_SLOW: Final = Kind(
    "too-slow",
    503,
    "This took too long to find",
    "The read was stopped at the limit of its time: ask for less, by more or other conditions.",
)
UNREADABLE: Final = Kind(
    "database-unreadable",
    503,
    "The database cannot be read",
    "The file is not there, is damaged or is of another version; the server's log says which.",
)
_INTERNAL: Final = Kind(
    "internal", 500, "Something went wrong here", "A mistake of this program; its log says more."
)
KINDS: Final = (
    INVALID, _MALFORMED, LOGIN, ALONE, FORBIDDEN, FORGED, NOT_FOUND, GONE, TOO_LATE, _METHOD, SLOW,
    TOO_LARGE, _HOST, BUSY, TOO_SLOW, UNREADABLE, _INTERNAL,
)  # fmt: skip
"""All kinds of problems, for who looks one up."""


@dataclass(slots=True)
class Problem(Exception):
    """Ends a request with a problem; `more` are members beside the usual ones."""

    kind: Kind
    detail: str
    more: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def invalid(parameter: str, detail: str) -> Problem:
    """The problem of a parameter that cannot be used."""
    return Problem(INVALID, detail, {"errors": [{"parameter": parameter, "detail": detail}]})


class FieldError(BaseModel):
    """One parameter that cannot be used."""

    parameter: str = Field(description="Its name.")
    detail: str = Field(description="What is wrong with it.")


class ProblemDetails(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="The kind of problem, as an address that explains it.")
    title: str = Field(description="The kind of problem in a few words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong with this request.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[FieldError] | None = Field(
        default=None, description="Of an invalid request each parameter that cannot be used."
    )


def of_status(status: int) -> Kind:
    """The usual kind of problem with this status."""
    return next((each for each in KINDS if each.status == status), _INTERNAL)


def response(problem: Problem, path: str) -> Response:
    """A problem as the answer to a request for `path`."""
    details = ProblemDetails(
        type=f"/problems/{problem.kind.name}",
        title=problem.kind.title,
        status=problem.kind.status,
        detail=problem.detail,
        instance=path,
        **problem.more,  # type: ignore[arg-type] # members of our own
    )
    headers = {"Cache-Control": "no-store", **problem.headers}
    body = details.model_dump_json(exclude_none=True)
    return Response(body, problem.kind.status, headers, MEDIA_TYPE)
