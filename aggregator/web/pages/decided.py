"""The log of what editors did, with who and when, and a button that takes each act back."""

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from aggregator.model import Kind
from aggregator.storage import decision_log, furniture
from aggregator.storage.database import Database
from aggregator.storage.decision_log import Act, Chosen
from aggregator.storage.furniture import Decided
from aggregator.web.rendering import page
from aggregator.web.viewers import CurrentViewer

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_AT_ONCE: Final = 50
_LINES: Final = 20
_KINDS: Final[tuple[Kind, ...]] = (
    "together", "apart", "rename", "pin", "hide", "note", "star",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which acts to show, as they stand in the address."""

    author: str
    kind: str
    state: str
    story: int | None
    before: int | None

    def chosen(self, reader: str) -> Chosen:
        """The same for the database."""
        kind = next((each for each in _KINDS if each == self.kind), None)
        standing = {"holds": True, "undone": False}.get(self.state)
        return Chosen(reader, self.author or None, kind, standing, self.story)

    def older(self, before: int) -> str:
        """The address of what comes behind."""
        story = {} if self.story is None else {"story": str(self.story)}
        asked = {"author": self.author, "kind": self.kind, "state": self.state, **story}
        found = {name: value for name, value in asked.items() if value}
        return f"/decisions?{urlencode({**found, 'before': str(before)})}"


@dataclass(frozen=True, slots=True)
class _Log:
    """What the page shows."""

    acts: tuple[Act, ...]
    behind: int | None
    authors: tuple[str, ...]
    lines: tuple[Decided, ...]


@router.get("/decisions")
async def log(
    request: Request,
    viewer: CurrentViewer,
    *,
    author: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    story: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> HTMLResponse:
    """Show what was decided, the newest first."""
    asked = _Asked(author, kind, state, story, before)
    found = await request.app.state.desk.read(lambda db: _read(db, asked, viewer.name))
    older = None if found.behind is None else asked.older(found.behind)
    return page(request, "decisions.html", log=found, asked=asked, kinds=_KINDS, older=older)


def _read(db: Database, asked: _Asked, reader: str) -> _Log:
    acts, behind = decision_log.acts(db, asked.chosen(reader), before=asked.before, limit=_AT_ONCE)
    # Lines stand beside the newest acts of all editors; no filter is about them.
    every = (asked.author, asked.kind, asked.state, asked.story, asked.before)
    lines = furniture.decided(db, _LINES) if not any(every) else []
    return _Log(tuple(acts), behind, tuple(decision_log.authors(db)), tuple(lines))
