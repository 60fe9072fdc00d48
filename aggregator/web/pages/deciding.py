"""What editors put right: a route for each act, all plain forms that answer at once.

Every form may carry `back`, the path to go on at, and `over`, decisions that are taken back first
since they stood in the way. Stories: /stories/{number}/ with merge (`target`, a number or an
address), split (`article`, several; with `folded` they take along who took them over), pin, unpin,
hide, unhide, rename (`title`, empty for its own; `seen`, the title that the editor saw), star,
unstar and note (`text`). Articles: /articles/move (`article`, several; `folded`; `target`),
together and apart (`article`, several; `level`, story or copies). Decisions: /decisions/undo and
redo (`decision`, several), and undo-last. Learnt lines: /boilerplate/approve, reject and undecide
(`line`, several).
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from aggregator.model import Level
from aggregator.web import acting, deeds
from aggregator.web.acting import Again, answer
from aggregator.web.deeds import Deed
from aggregator.web.flashes import Flash
from aggregator.web.ports import Done, Editing, Refused
from aggregator.web.rendering import by_script, page, telling
from aggregator.web.viewers import CurrentEditor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_LARGEST: Final = 2**63 - 1
_MOST: Final = 1000
_TARGET: Final = re.compile(r"(?:.*/stories/)?#?(\d{1,18})(?:[/?#].*)?", re.DOTALL)

_Number = Annotated[int, Path(ge=1, le=_LARGEST)]
_Given = Annotated[int, Form(ge=1, le=_LARGEST)]
_Flag = Annotated[str, Form(max_length=10)]
_Several = Annotated[list[_Given], Form(max_length=_MOST)]


class _Acting:
    """One act: who asks for it, from where, and over which decisions."""

    def __init__(
        self,
        request: Request,
        editor: CurrentEditor,
        back: Annotated[str, Form(max_length=2000)] = "/",
        over: _Several | None = None,
    ) -> None:
        """Take what every form has."""
        self.request, self.by, self.back = request, editor.name, back
        self.over = tuple(over or ())

    async def do(
        self, deed: Deed, what: Callable[[Editing, str], Done], *, show_story: bool = False
    ) -> Response:
        """Do it, and tell what came of it; with `show_story` where that is to be seen."""
        show = telling(self.request)
        try:
            came_to = await self.request.app.state.desk.edit(lambda pen: what(pen, self.by))
        except Refused as why:
            return await self._refused(deed, why)
        flash = _flash(deed, came_to, deeds.done(deed, came_to, show), show_story=show_story)
        return answer(self.request, flash, back=self.back, changed=came_to.changed)

    async def _refused(self, deed: Deed, why: Refused) -> Response:
        message = deeds.refused(why, telling(self.request))
        again = await self._again(why) if why.kind == "contradiction" else None
        status = 503 if why.kind == "busy" else 404 if why.kind.startswith("no-") else 409
        if by_script(self.request):
            return acting.refused(self.request, message, status=status, again=again)
        return page(
            self.request,
            "refused.html",
            status=status,
            headers={"Cache-Control": "no-store"},
            message=message,
            again=again,
            written=await self._written(deed),
            back=acting.local(self.back),
        )

    async def _again(self, why: Refused) -> Again:
        """The same form, over what stands in the way as well."""
        async with self.request.form() as form:
            fields = [
                (name, value)
                for name, value in form.multi_items()
                if isinstance(value, str) and name != "csrf"
            ]
        over = [("over", str(each.id)) for each in why.against]
        return Again(self.request.url.path, (*fields, *over))

    async def _written(self, deed: Deed) -> str:
        """The words that would be lost with their form."""
        async with self.request.form() as form:
            found = form.get(_WORDS_IN.get(deed, ""))
        return found if isinstance(found, str) else ""


_WORDS_IN: Final[Mapping[Deed, str]] = {"note": "text", "rename": "title"}
_Act = Annotated[_Acting, Depends()]


def _flash(deed: Deed, came_to: Done, message: str, *, show_story: bool) -> Flash:
    """The message with what can be done about it."""
    story = came_to.story if show_story else None
    if came_to.already:
        return Flash(message, story=story)
    if came_to.taken_back:
        return Flash(message, offer="redo", numbers=came_to.taken_back, story=story)
    if came_to.before:
        lines = tuple(line for line, _ in came_to.before)
        return Flash(message, offer=_BACK_TO[came_to.before[0][1]], numbers=lines)
    undo = came_to.decisions if deed != "redo" else ()
    return Flash(message, undo or came_to.decisions, story=story)


_BACK_TO: Final = {
    "learnt": "undecide",
    "approved": "approve",
    "added": "approve",
    "rejected": "reject",
}


def _target(typed: str) -> int:
    """The number of a story, as typed or in its address."""
    found = _TARGET.fullmatch(typed.strip())
    if found is None or int(found[1]) < 1:
        raise Refused(kind="empty")
    return int(found[1])


# --- stories ---------------------------------------------------------------------------------


@router.post("/stories/{story}/merge")
async def merge(
    act: _Act, story: _Number, target: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Make one story of two."""
    return await act.do(
        "merge",
        lambda pen, by: pen.together_stories(story, _target(target), by, over=act.over),
        show_story=True,
    )


@router.post("/stories/{story}/split")
async def split(
    act: _Act, story: _Number, article: _Several | None = None, folded: _Flag = ""
) -> Response:
    """Take articles out of a story."""
    return await act.do(
        "split",
        lambda pen, by: pen.split(
            story, article or (), by, with_copies=bool(folded), over=act.over
        ),
        show_story=True,
    )


@router.post("/stories/{story}/pin")
async def pin(act: _Act, story: _Number) -> Response:
    """List a story before all others."""
    return await act.do("pin", lambda pen, by: pen.pin(story, by))


@router.post("/stories/{story}/unpin")
async def unpin(act: _Act, story: _Number) -> Response:
    """List it where it belongs."""
    return await act.do("unpin", lambda pen, by: pen.unpin(story, by))


@router.post("/stories/{story}/hide")
async def hide(act: _Act, story: _Number) -> Response:
    """Leave a story out of the lists."""
    return await act.do("hide", lambda pen, by: pen.hide(story, by))


@router.post("/stories/{story}/unhide")
async def unhide(act: _Act, story: _Number) -> Response:
    """Show it again."""
    return await act.do("unhide", lambda pen, by: pen.unhide(story, by))


@router.post("/stories/{story}/rename")
async def rename(
    act: _Act,
    story: _Number,
    title: Annotated[str, Form(max_length=10_000)] = "",
    seen: Annotated[str | None, Form(max_length=10_000)] = None,
) -> Response:
    """Give a story a title, or its own again."""
    deed: Deed = "rename" if title.strip() else "unname"
    return await act.do(deed, lambda pen, by: pen.rename(story, title, by, seen=seen))


@router.post("/stories/{story}/star")
async def star(act: _Act, story: _Number) -> Response:
    """Star a story for oneself."""
    return await act.do("star", lambda pen, by: pen.star(story, by))


@router.post("/stories/{story}/unstar")
async def unstar(act: _Act, story: _Number) -> Response:
    """Take the star away."""
    return await act.do("unstar", lambda pen, by: pen.unstar(story, by))


@router.post("/stories/{story}/note")
async def note(
    act: _Act, story: _Number, text: Annotated[str, Form(max_length=100_000)] = ""
) -> Response:
    """Add a note to a story."""
    return await act.do("note", lambda pen, by: pen.note(story, text, by))


# --- articles --------------------------------------------------------------------------------


@router.post("/articles/move")
async def move(
    act: _Act,
    article: _Several | None = None,
    folded: _Flag = "",
    target: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Put articles into another story."""
    return await act.do(
        "move",
        lambda pen, by: pen.move(
            article or (), _target(target), by, with_copies=bool(folded), over=act.over
        ),
        show_story=True,
    )


@router.post("/articles/together")
async def together(
    act: _Act, article: _Several | None = None, level: Annotated[Level, Form()] = "story"
) -> Response:
    """Decide that articles are one story, or one text."""
    return await act.do(
        "together" if level == "story" else "one-text",
        lambda pen, by: pen.together(article or (), by, level=level, over=act.over),
    )


@router.post("/articles/apart")
async def apart(
    act: _Act, article: _Several | None = None, level: Annotated[Level, Form()] = "story"
) -> Response:
    """Decide that two articles are two stories, or two texts."""

    def part(pen: Editing, by: str) -> Done:
        if article is None or len(article) != _TWO:
            raise Refused(kind="empty")
        return pen.apart(article[0], article[1], level, by, over=act.over)

    return await act.do("apart" if level == "story" else "two-texts", part)


_TWO: Final = 2


# --- taking back -----------------------------------------------------------------------------


@router.post("/decisions/undo")
async def undo(act: _Act, decision: _Several | None = None) -> Response:
    """Take decisions back."""
    return await act.do("undo", lambda pen, by: pen.undo(decision or (), by))


@router.post("/decisions/undo-last")
async def undo_last(act: _Act) -> Response:
    """Take back what one did last."""
    return await act.do("undo", lambda pen, by: pen.undo_last(by))


@router.post("/decisions/redo")
async def redo(act: _Act, decision: _Several | None = None) -> Response:
    """Decide anew what was taken back."""
    return await act.do("redo", lambda pen, by: pen.redo(decision or (), by))


# --- learnt lines ----------------------------------------------------------------------------


@router.post("/boilerplate/approve")
async def approve(act: _Act, line: _Several | None = None) -> Response:
    """Take lines out of a site's articles for ever."""
    return await act.do("approve", lambda pen, by: pen.approve(line or (), by))


@router.post("/boilerplate/reject")
async def reject(act: _Act, line: _Several | None = None) -> Response:
    """Leave lines in for ever."""
    return await act.do("reject", lambda pen, by: pen.reject(line or (), by))


@router.post("/boilerplate/undecide")
async def undecide(act: _Act, line: _Several | None = None) -> Response:
    """Let what is learnt of lines hold again."""
    return await act.do("undecide", lambda pen, by: pen.undecide(line or (), by))
