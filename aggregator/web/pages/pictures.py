"""Articles' pictures, small and of our own making: no browser asks an outlet for one."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from aggregator.storage import pictures
from aggregator.web.api.parameters import LAST_NUMBER
from aggregator.web.problems import NOT_FOUND, Problem

if TYPE_CHECKING:
    from aggregator.storage.database import Database
    from aggregator.storage.pictures import Picture
    from aggregator.web.desk import Desk

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_SECONDS: Final = 20.0
_KEPT: Final = {"Cache-Control": "private, max-age=86400"}
# From elsewhere nothing is fetched: a foreign page is to make this machine ask nobody.
_OURS: Final = frozenset({"same-origin", "none"})


@router.get("/pictures/{article_id}")
async def picture(
    request: Request, article_id: Annotated[int, Path(ge=1, le=LAST_NUMBER)]
) -> Response:
    """Give an article's picture, which is fetched when somebody first asks for it."""
    desk: Desk = request.app.state.desk

    def read(db: "Database") -> "Picture | None":
        return pictures.find(db, article_id)

    known = await desk.read(read)
    body = known.body if known else None
    if body is None and request.headers.get("sec-fetch-site", "none") in _OURS:
        body = await _fetched(desk, article_id)
    if body is None:
        raise Problem(NOT_FOUND, "there is no picture of this article")
    return Response(body, 200, _KEPT, "image/webp")


async def _fetched(desk: "Desk", article_id: int) -> bytes | None:
    if desk.ports.pictures is None:
        return None
    fetching = asyncio.wrap_future(desk.ports.pictures.fetch(article_id))
    done, _ = await asyncio.wait([fetching], timeout=_SECONDS)
    return fetching.result() if done else None
