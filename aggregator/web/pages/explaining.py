"""The pages that tell why an article stands where it stands, and why two are together or apart."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from aggregator.core import reasons
from aggregator.core.speech import Speech
from aggregator.errors import NotFound
from aggregator.storage import sides
from aggregator.web.api.pages import absent
from aggregator.web.api.parameters import Number
from aggregator.web.problems import NOT_FOUND, Problem
from aggregator.web.rendering import page, telling

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.core.copies import Check
    from aggregator.pipeline.why import Match, Named
    from aggregator.storage.copies import CopyMember
    from aggregator.storage.database import Database
    from aggregator.web.desk import Desk
    from aggregator.web.ports import Explaining

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of a page, in the language of who asks."""

    speech: Speech

    def told(self, fact: reasons.Fact) -> str:
        """A sentence on an article's place."""
        return reasons.told(fact, self.speech)

    def asked(self, check: "Check") -> str:
        """One question with its answer."""
        return reasons.asked(check, self.speech)

    def figures(self, member: "CopyMember") -> str:
        """What an article took over, added and cut."""
        return reasons.figures(member, self.speech)

    def compared(self, found: reasons.Candidates) -> str:
        """Whether two are compared at all."""
        return reasons.compared(found, self.speech)

    def together(
        self, ids: tuple[int | None, int | None], what: Literal["copy group", "story"]
    ) -> str:
        """Whether two articles are in one copy group, or story."""
        return reasons.together(ids, what, self.speech)

    def shares(self, words: int, start: int, other_start: int) -> str:
        """How long a passage is that two have, and where it begins."""
        return reasons.shares(words, start, other_start, self.speech)

    def quoted_from(self, words: int, start: int) -> str:
        """How long a passage of one is, and where it begins."""
        return reasons.quoted_from(words, start, self.speech)

    def percent(self, share: float) -> str:
        """A share of one."""
        return self.speech.percent(share, 0)

    def verdict(self, own: "Named", match: "Match") -> str:
        """By which rule `own` and the other article of its match are linked, as a sentence."""
        names = self._names(own, match.other)
        called = names if match.is_shorter else names[::-1]
        said = reasons.verdict(match.comparison, match.kept_rule, *called, speech=self.speech)
        return said[:1].upper() + said[1:]

    def _names(self, one: "Named", other: "Named") -> tuple[str, str]:
        """What two articles are called: by their outlets, or by their numbers where that is one."""
        if one.outlet != other.outlet:
            return one.outlet, other.outlet
        article = self.speech.gettext("article {number}")
        return article.format(number=one.id), article.format(number=other.id)


async def _read(
    request: Request, article_ids: tuple[int, ...], ask: "Callable[[Explaining, Database], Told]"
) -> Told:
    """Ask what explains; raises Problem where this desk has none, or there is no such article."""
    desk: Desk = request.app.state.desk
    port = desk.ports.explaining
    if port is None:
        raise Problem(NOT_FOUND, "this desk was started without what explains")

    def answer(db: "Database") -> Told:
        try:
            return ask(port, db)
        except NotFound as error:
            gone = (each for each in article_ids if sides.side(db, each) is None)
            raise absent(db, "article", next(gone, article_ids[0])) from error

    return await desk.read(answer)


@router.get("/articles/{article_id}/why")
async def why(request: Request, article_id: Number) -> Response:
    """Tell why an article is in its copy group and in its story."""
    found = await _read(request, (article_id,), lambda port, db: port.article(db, article_id))
    words = Words(telling(request).speech())
    return page(request, "why.html", why=found, words=words)


@router.get("/articles/{article_id}/why/{other_id}")
async def why_pair(request: Request, article_id: Number, other_id: Number) -> Response:
    """Tell why two articles are together, or why they are not."""
    if article_id == other_id:
        return RedirectResponse(f"/articles/{article_id}/why", status_code=303)
    both = (article_id, other_id)
    found = await _read(request, both, lambda port, db: port.pair(db, *both))
    desk: Desk = request.app.state.desk
    return page(
        request,
        "why_pair.html",
        pair=found,
        words=Words(telling(request).speech()),
        may_edit=desk.ports.editing is not None and request.state.viewer.role == "editor",
    )
