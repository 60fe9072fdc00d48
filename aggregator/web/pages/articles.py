"""The page of one article: its text, what was taken out of it, and what it said before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from aggregator.core.comparing import Compared, compare
from aggregator.core.mending import LEAD
from aggregator.core.reasons import figures
from aggregator.core.shingles import body
from aggregator.storage.article_pages import ArticlePage, article_page
from aggregator.storage.database import Database
from aggregator.storage.furniture import Listed
from aggregator.storage.versions import Version
from aggregator.web.api.pages import absent
from aggregator.web.api.parameters import Number
from aggregator.web.removal import why_removed
from aggregator.web.rendering import page, telling

if TYPE_CHECKING:
    from aggregator.web.desk import Desk

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_MOST_LETTERS: Final = 300_000
_MOST_COPIES: Final = 12
_MOST_COUNTED: Final = 10
_ITEM: Final = "- "

Kind = Literal["paragraph", "list", "removed"]
Fate = Literal["stays", "goes", "comes back"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the article or one that was taken out; `at` is its place among all of them.

    `reason` is why it was taken out, "" for the text. `known` is what is learnt of it or decided;
    then `fate` says what the next run does with it by that.
    """

    at: int
    text: str
    reason: str
    is_lead: bool
    known: Listed | None

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return self.text.startswith(_ITEM)

    @property
    def fate(self) -> Fate:
        """What becomes of it."""
        if self.known is None or self.known.state == "learnt":
            return "stays"
        goes = self.known.state != "rejected"
        return "stays" if goes == bool(self.reason) else "goes" if goes else "comes back"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together: a "paragraph", the items of a "list", or what was "removed".

    What was removed stands together where it was so for one reason, and nothing else is known.
    """

    kind: Kind
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A version, and what it changed of the one before it, None where that is not told.

    `silent` says that it put another headline there without naming a change.
    """

    version: Version
    title: Compared | None
    text: Compared | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as its page shows it; `left_out` are the lines behind as many as it can show."""

    page: ArticlePage
    blocks: tuple[Block, ...]
    left_out: int
    changes: tuple[Change, ...]

    @property
    def removed(self) -> int:
        """How many lines were taken out."""
        return sum(bool(line.reason) for line in self.page.lines)

    @property
    def copies(self) -> int:
        """How many of its copies the page lists."""
        return _MOST_COPIES


# --- showing ---------------------------------------------------------------------------------


@router.get("/articles/{article_id:int}")
async def article(request: Request, article_id: Number, removed: str = "") -> HTMLResponse:
    """Show one article."""
    desk: Desk = request.app.state.desk
    found = await desk.read(lambda db: _shown(db, article_id))
    speech = telling(request).speech()
    return page(
        request,
        "article.html",
        shown=found,
        removed=removed == "shown",
        why_removed=lambda reason: why_removed(reason, speech.gettext),
        figures=lambda member: figures(member, speech),
        pictured=desk.ports.pictures is not None,
        may_decide=desk.ports.editing is not None and request.state.viewer.role == "editor",
    )


def _shown(db: Database, article_id: int) -> Shown:
    found = article_page(db, article_id)
    if found is None:
        raise absent(db, "article", article_id)
    lines = list(_lines(found))
    blocks = tuple(_blocks(lines))
    return Shown(found, blocks, len(found.lines) - len(lines), tuple(_changes(found.versions)))


def _lines(found: ArticlePage) -> Iterator[Line]:
    letters = 0
    for at, line in enumerate(found.lines):
        letters += len(line.text)
        if letters > _MOST_LETTERS and at:
            return
        is_lead = line.position == LEAD and not line.reason
        yield Line(at, line.text, line.reason, is_lead, found.known.get(at))


def _blocks(lines: Iterable[Line]) -> Iterator[Block]:
    for (kind, alone, _), run in groupby(lines, key=_together):
        if alone:
            yield from (Block(kind, (line,)) for line in run)
        else:
            yield Block(kind, tuple(run))


def _together(line: Line) -> tuple[Kind, bool, str]:
    """The kind of a line, whether it stands alone, and why it was removed: alike in a block."""
    kind = _kind(line)
    alone = kind == "paragraph" or (kind == "removed" and line.known is not None)
    return kind, alone, line.reason


def _kind(line: Line) -> Kind:
    if line.reason:
        return "removed"
    return "list" if line.is_item else "paragraph"


def _changes(versions: tuple[Version, ...]) -> Iterator[Change]:
    """What each version changed, the newest first; of the newest told in words."""
    for at, (before, version) in enumerate(reversed(list(pairwise(versions)))):
        if at >= _MOST_COUNTED:
            yield Change(version, None, None, silent=False)
            continue
        title = compare(before.title, version.title, exact=True)
        text = compare(body(before.lead, before.text), body(version.lead, version.text), exact=True)
        same_time = version.cause == "revised" and before.updated_at == version.updated_at
        yield Change(version, title, text, silent=title.differs and same_time)
    if versions:
        yield Change(versions[0], None, None, silent=False)
