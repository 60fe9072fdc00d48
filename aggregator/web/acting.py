"""How an act is answered: a script gets a message to show, a plain form the page it came from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from aggregator.web import flashes
from aggregator.web.flashes import Flash
from aggregator.web.rendering import by_script, fragment, way_back

__all__ = ["Again", "after", "answer", "local", "page_of", "refused"]


def after(
    request: Request,
    message: str,
    *,
    back: str,
    undo: Sequence[int] = (),
    changed: Sequence[int] = (),
) -> Response:
    """Say what was done, with a button that undoes the decisions `undo`.

    A plain form goes on at `back`, which shows the message. A script shows it as a toast, and
    hears the event `changed` with the numbers of the stories that changed.
    """
    return answer(request, Flash(message, tuple(undo)), back=back, changed=changed)


def answer(request: Request, flash: Flash, *, back: str, changed: Sequence[int] = ()) -> Response:
    """The same with a message that offers more than to undo."""
    if by_script(request):
        # What was pressed may be gone by then, with the row in which it was.
        heard = json.dumps({"changed": {"target": "body", "stories": list(changed)}})
        return _toast(request, flash, "done", {"HX-Trigger": heard})
    moved = RedirectResponse(local(back), status_code=303)
    flashes.keep(moved, flash)
    return moved


@dataclass(frozen=True, slots=True)
class Again:
    """A form that does the same once more, with decisions taken back that stood in the way."""

    url: str
    fields: tuple[tuple[str, str], ...]


def refused(
    request: Request, message: str, *, status: int = 409, again: Again | None = None
) -> Response:
    """Tell a script why nothing was done, and offer to do it `again`."""
    return _toast(request, Flash(message), "refused", {}, status=status, again=again)


def page_of(request: Request) -> str:
    """The page that somebody is on: where a script asks, the one that it stands on."""
    asked = str(request.url) if request.method in {"GET", "HEAD"} else "/"
    try:
        seen = urlsplit(request.headers.get("hx-current-url") or asked)
    except ValueError:
        return "/"
    return local(way_back(seen.path, seen.query))


def local(back: str) -> str:
    """A path of this server, and the board for anything else."""
    # Browsers read an address without its line breaks and tabs.
    is_ours = back.startswith("/") and back[1:2] not in {"/", "\\"} and back.isprintable()
    return back if is_ours else "/"


def _toast(
    request: Request,
    flash: Flash,
    kind: str,
    headers: dict[str, str],
    *,
    status: int = 200,
    again: Again | None = None,
) -> Response:
    shown = {
        "HX-Retarget": "#toasts",
        "HX-Reswap": "beforeend",
        "HX-Reselect": "[data-toast]",
        **headers,
    }
    return fragment(
        request,
        "toasts.html",
        block="toast",
        status=status,
        headers=shown,
        flash=flash,
        kind=kind,
        again=again,
        back=page_of(request),
    )
