"""The few pages for people: what there is here, and what each kind of problem means."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from aggregator.web.problems import KINDS, NOT_FOUND, Problem
from aggregator.web.rendering import page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/api")
async def index(request: Request) -> HTMLResponse:
    """Name what there is here for programs."""
    paths = request.app.openapi()["paths"]
    told = sorted((path, _begin(found["get"]["description"])) for path, found in paths.items())
    return page(request, "about.html", addresses=told)


@router.get("/help")
async def keys(request: Request) -> HTMLResponse:
    """Show the keys, where no script does."""
    return page(request, "help.html")


@router.get("/problems/{name}")
async def problem(request: Request, name: str) -> HTMLResponse:
    """Say what a kind of problem means."""
    for each in KINDS:
        if each.name == name:
            return page(request, "problem.html", kind=each)
    raise Problem(NOT_FOUND, "there is no such kind of problem")


def _begin(description: str) -> str:
    """Its first sentence: the title that it has by its function's name would tell little."""
    return description.partition("\n\n")[0].replace("\n", " ")
