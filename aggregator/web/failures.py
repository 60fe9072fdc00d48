"""Which problem each error is, for who asks and in the description of the API."""

import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from aggregator.errors import DatabaseError, TookTooLong, UsageError
from aggregator.storage.database import SqliteError
from aggregator.web import problems
from aggregator.web.acting import refused
from aggregator.web.asking import Moved
from aggregator.web.problems import Problem
from aggregator.web.rendering import by_script, page, telling

__all__ = ["EXPECTED", "answer", "described", "handle", "is_syndicated", "wants_page"]


_NO_PAGES: Final = ("/api/", "/metrics", "/static/", "/pictures/")
_SYNDICATED: Final = re.compile(r"/feeds/.*\.(atom|json)")
EXPECTED: Final[tuple[type[Exception], ...]] = (
    Problem, HTTPException, RequestValidationError, UsageError, DatabaseError, SqliteError, OSError,
)  # fmt: skip
"""The errors that are answered; any other is a mistake of ours."""


def handle(app: FastAPI) -> None:
    """Answer each error of an application as a problem, and what has moved with its address."""

    async def moved(_: Request, error: Exception) -> Response:
        assert isinstance(error, Moved)
        headers = {"Location": f"/api/v1/{error.kind}/{error.number}", "Cache-Control": "no-cache"}
        return Response(status_code=301, headers=headers)

    async def told(request: Request, error: Exception) -> Response:
        return answer(request, error)

    app.add_exception_handler(Moved, moved)
    for kind in EXPECTED:
        app.add_exception_handler(kind, told)


def answer(request: Request, error: Exception) -> Response:
    """An error as who asks can use it: a message for a script, a page, or problem details."""
    problem = _problem(error)
    if by_script(request):
        return refused(request, _in_words(request, problem), status=problem.kind.status)
    if wants_page(request):
        return _page(request, problem)
    return problems.response(problem, request.url.path)


def wants_page(request: Request) -> bool:
    """Whether a person asks, for whom an error is to be a page."""
    path = request.url.path
    is_page = not path.startswith(_NO_PAGES) and not is_syndicated(path)
    return is_page and "text/html" in request.headers.get("accept", "")


def is_syndicated(path: str) -> bool:
    """Whether a path is of a feed of stories; the pages on feeds that are read stand beside."""
    return _SYNDICATED.fullmatch(path) is not None


def _page(request: Request, problem: Problem) -> Response:
    language = telling(request).language
    return page(
        request,
        "error.html",
        status=problem.kind.status,
        headers={**problem.headers, "Cache-Control": "no-store"},
        title=language.gettext(problem.kind.title),
        meaning=language.gettext(problem.kind.meaning),
        detail=_in_words(request, problem),
    )


def _in_words(request: Request, problem: Problem) -> str:
    """What is wrong with this request, else what it means that something is."""
    language = telling(request).language
    return language.gettext(problem.detail or problem.kind.meaning)


def _problem(error: Exception) -> Problem:
    """What went wrong, as far as it concerns who asked."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        kind = problems.of_status(error.status_code)
        return Problem(kind, error.detail, headers=_allowing(error.headers or {}))
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, UsageError):
        return Problem(problems.INVALID, str(error))
    if isinstance(error, TookTooLong):
        return Problem(problems.TOO_SLOW, "the read was stopped: ask for less")
    logging.getLogger(__name__).error("the database cannot be read: %s", error)
    headers = {"Retry-After": "10"}
    return Problem(problems.UNREADABLE, "the database cannot be read now", headers=headers)


def _allowing(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an error: where GET is allowed, so is HEAD."""
    return {name: "GET, HEAD" if value == "GET" else value for name, value in headers.items()}


def _invalid(error: RequestValidationError) -> Problem:
    errors = [
        {"parameter": str(each["loc"][-1]), "detail": _said(each["type"], each["msg"])}
        for each in error.errors()
    ]
    detail = "; ".join(f"{each['parameter']}: {each['detail']}" for each in errors)
    return Problem(problems.INVALID, detail, {"errors": errors})


def _said(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such parameter"
    # What a check of our own says is put behind these words.
    return message.removeprefix("Value error, ")


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Say of each operation how it fails, and that what is unchanged is answered with 304."""
    shapes = schema["components"]["schemas"]
    details = problems.ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes.update(details.pop("$defs"))
    shapes["ProblemDetails"] = details
    for name in ("HTTPValidationError", "ValidationError"):
        shapes.pop(name, None)
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    for path in schema["paths"].values():
        responses = path["get"]["responses"]
        responses["304"] = {"description": "Not changed since the answer that has this ETag"}
        for status in {*responses, "422", "503"}:
            if status >= "400":
                kind = problems.of_status(int(status))
                responses[status] = {"description": kind.title, "content": content}
        path["get"]["responses"] = dict(sorted(responses.items()))
    return schema
