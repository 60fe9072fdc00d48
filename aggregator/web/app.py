"""Puts the application together: routes, errors, and what stands before them."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from importlib.metadata import version
from secrets import token_bytes
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from aggregator.storage import contract
from aggregator.storage.pool import ReaderPool
from aggregator.web import failures, metrics, pages, syndicated
from aggregator.web.admission import Admission
from aggregator.web.api import articles, changes, feeds, overview, queries, stories
from aggregator.web.desk import Desk, Limits
from aggregator.web.doors import Registered
from aggregator.web.entry import LOCAL, Entry
from aggregator.web.guard import Guard, Heads, Mistakes
from aggregator.web.live import Watch
from aggregator.web.ports import Ports
from aggregator.web.rendering import shell
from aggregator.web.viewers import Alone, Doors

__all__ = ["create_app", "description"]

_ABOUT: Final = (
    "Stories, copies and articles of one database, to read only. Lists come page by page; "
    "`changes` tells what happened since, in order. Every answer has an ETag: give it back in "
    "If-None-Match, and what has not changed is answered with 304. Errors are problem details "
    "(RFC 9457). Within v1 nothing is removed or changes its meaning; fields may be added."
)


class _Application(FastAPI):
    """Describes errors as what they are: problem details."""

    def openapi(self) -> dict[str, Any]:
        """The description of the API in OpenAPI 3.1."""
        if self.openapi_schema is None:
            self.openapi_schema = failures.described(super().openapi())
        return self.openapi_schema


def create_app(
    pool: ReaderPool,
    clock: Callable[[], datetime],
    limits: Limits | None = None,
    *,
    entry: Entry = LOCAL,
    doors: Doors | None = None,
    zone: tzinfo = UTC,
    ports: Ports | None = None,
) -> FastAPI:
    """The application over a database, for who comes by its `entry` and is let in.

    Without `doors` whoever reaches it is an editor; without `ports` it is to be read only. Pages
    tell times in `zone`.
    """
    app = _application()
    app.state.shell = shell(zone)
    app.state.desk = Desk(
        app.version, contract.version(), pool, clock, limits or Limits(), ports or Ports()
    )
    app.state.entry = entry
    doors = doors or Alone("editor", token_bytes())
    app.state.accounts = doors.accounts if isinstance(doors, Registered) else None
    app.state.watch = Watch()
    failures.handle(app)
    # The last one added stands before the others.
    app.add_middleware(Admission, doors=doors, secure=entry.secure)
    app.add_middleware(Mistakes, answer=failures.answer)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Heads)
    app.add_middleware(Guard, hosts=entry.hosts, secure=entry.secure)
    return app


def description() -> dict[str, Any]:
    """The API's description in OpenAPI 3.1, as it is served too."""
    return _application().openapi()


def _application() -> FastAPI:
    app = _Application(
        title="aggregator",
        version=version("aggregator"),
        description=_ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    for router in _routers():
        app.include_router(router)
    return app


def _routers() -> list[APIRouter]:
    api = APIRouter(prefix="/api/v1")
    for part in (stories, articles, changes, feeds, queries, syndicated):
        api.include_router(part.router)
    return [*pages.routers(), overview.router, api, syndicated.feeds, metrics.router]
