"""Where a client begins: what there is, and in which versions."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from aggregator.storage.states import state
from aggregator.web.api.models import Shape
from aggregator.web.api.parameters import Nothing
from aggregator.web.asking import Asked

if TYPE_CHECKING:
    from aggregator.storage.database import Database

__all__ = ["router"]

router = APIRouter(tags=["overview"])


class Overview(Shape):
    """What answers here."""

    program: str = Field(description="The version of the program.")
    contract: int = Field(description="The version of the contract that the database keeps.")
    seq: int = Field(description="The last change.")
    changed_at: str | None = Field(description="When that was; null where nothing happened yet.")
    links: dict[str, str] = Field(description="The lists that there are, by what they have.")


@router.get("/api/v1", response_model=Overview)
async def overview(ask: Asked, _: Annotated[Nothing, Query()]) -> Response:
    """Show what answers here, the last change, and where to go on."""
    path = ask.request.url.path
    names = "stories articles search changes feeds decisions queries saved-searches openapi.json"

    def read(db: "Database") -> Overview:
        last = state(db)
        return Overview(
            program=ask.desk.program,
            contract=ask.desk.contract,
            seq=last.seq,
            changed_at=last.at,
            links={name: f"{path}/{name}" for name in names.split()},
        )

    return await ask.answer(read)
