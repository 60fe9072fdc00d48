"""All that the desk answers, as a description that questions can be made up from."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from aggregator.web.app import _application

__all__ = ["everything", "routes"]


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Each method and path that an application answers, pages and acts too."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            yield method, str(route.path)


def everything() -> dict[str, Any]:
    """The description of all routes in OpenAPI, of those too that programs are told nothing of."""
    hidden = [each.original_route for each in _contexts() if not each.include_in_schema]
    try:
        for route in hidden:
            route.include_in_schema = True  # type: ignore[attr-defined]
        found = get_openapi(title="desk", version="1", routes=_application().routes)
    finally:
        for route in hidden:
            route.include_in_schema = False  # type: ignore[attr-defined]
    return found


def _contexts() -> Iterator[RouteContext]:
    return iter_route_contexts(_application().routes)
