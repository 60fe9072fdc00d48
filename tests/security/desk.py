"""Shows entries the way the desk will, in a real browser, and tells what executed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Request

from tests.support.server import Answer, Server

__all__ = ["Seen", "Shown", "look_at", "page", "raw_page"]

_HERE: Final = Path(__file__).parent
_WATCH: Final = (_HERE / "watch.js").read_text(encoding="utf-8")
_TRY_ALL: Final = (_HERE / "try_all.js").read_text(encoding="utf-8")
# Reported, not enforced: what the desk may lean on later must not hide what storage let through.
_POLICY: Final = (
    "default-src 'none'; img-src http: https:; base-uri 'none'; form-action 'none'; "
    "script-src 'report-sample'; style-src 'report-sample'"
)
_OWN: Final = "article h2 p ul li a img div section".split()
_ATTRIBUTES: Final = (
    "* lang, * title, article id, p class, div class, a href, a rel, img src, img loading, "
    "img alt, img width, img height, ol start, td colspan, td rowspan, th colspan, th rowspan, "
    "time datetime"
).split(", ")
_PROSE: Final = (
    "abbr b blockquote br caption cite code dd del dfn dl dt em figcaption figure h1 h3 h4 h5 h6 "
    "hr i ins kbd mark ol pre q s samp small span strong sub sup table tbody td tfoot th thead "
    "time tr u var wbr"
).split()
_ALLOWED: Final = [*_OWN, *_PROSE, *_ATTRIBUTES]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry or article as the desk has it: `markup` is HTML, everything else is text."""

    key: str
    title: str
    link: str | None
    image: str | None
    names: tuple[str, ...]
    markup: tuple[str, ...]


@dataclass(slots=True)
class Seen:
    """What happened while a page was open; `ran` is all that executed, all else went wrong."""

    ran: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    shown: int = 0

    @property
    def trouble(self) -> list[str]:
        """Give everything that must not be."""
        return [*self.ran, *self.asked, *self.moved, *self.wrong, *self.made]


def page(entries: Iterable[Shown]) -> bytes:
    """The page, with everything but the markup escaped."""
    return _document("".join(_article(each, escape) for each in entries))


def raw_page(entries: Iterable[Shown]) -> bytes:
    """The page of a careless template, nothing escaped; each entry in a frame of its own name."""
    frames = (
        f'<iframe name="{each.key}" srcdoc="{escape(f"<main>{_article(each, str)}</main>")}">'
        "</iframe>"
        for each in entries
    )
    return _document("", "".join(frames))


def _document(articles: str, frames: str = "") -> bytes:
    head = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Desk</title></head>'
    shown = f"{head}<body><main>{articles}</main>{frames}</body></html>"
    return shown.encode("utf-8", "replace")


def _article(entry: Shown, text: Callable[[str], str]) -> str:
    names = "".join(f"<li>{text(name)}</li>" for name in entry.names)
    markup = "".join(f'<div class="markup">{each}</div>' for each in entry.markup)
    return (
        f'<article id="a{entry.key}"><h2>{text(entry.title)}</h2><ul>{names}</ul>'
        f"<p>{_address('a href', entry.link)}{text(entry.link or '-')}</a></p>"
        f"<p>{_address('img loading=lazy src', entry.image)}</p>{markup}</article>"
    )


def _address(tag: str, address: str | None) -> str:
    return f'<{tag}="{escape(address)}">' if address else ""


def look_at(browser: Browser, server: Server, made: bytes) -> Seen:
    """Open a page, look at all it holds, set off every link and handler; tell what happened."""
    headers = {"Content-Type": "text/html; charset=utf-8"}
    headers["Content-Security-Policy-Report-Only"] = _POLICY
    server.routes["/desk"] = Answer(made, headers=headers)
    seen = Seen()
    context = browser.new_context()
    try:
        context.add_init_script(_WATCH)
        shown = context.new_page()
        shown.set_default_timeout(30_000)
        address = server.url("/desk")
        shown.on("console", lambda message: _heard(seen, message))
        shown.on("pageerror", lambda error: seen.ran.append(f"error {error}"))
        shown.on("dialog", lambda dialog: _asked_to_answer(seen, dialog))
        shown.on("popup", lambda popup: seen.moved.append(f"popup {popup.url}"))
        shown.on("framenavigated", lambda frame: _moved(seen, frame.url, address))
        context.on("request", lambda request: _asked(seen, request, address))
        shown.goto(address, wait_until="domcontentloaded")
        _try_all(seen, shown.evaluate(_TRY_ALL, _ALLOWED))
    # A page that navigates away takes the script along: that is an outcome, and a bad one.
    except Error as error:
        seen.wrong.append(f"lost: {error.message[:200]}")
    finally:
        context.close()
    return seen


def _try_all(seen: Seen, found: dict[str, Any]) -> None:
    seen.wrong += found["wrong"]
    seen.made += [f"made {name}" for name in found["made"] if name != "__made"]
    seen.shapes += found["shapes"]
    seen.shown = found["shown"]


def _heard(seen: Seen, message: ConsoleMessage) -> None:
    if message.text.startswith("ran: "):
        seen.ran.append(message.text)


def _asked_to_answer(seen: Seen, dialog: Dialog) -> None:
    seen.ran.append(f"dialog {dialog.type}")
    dialog.dismiss()


def _moved(seen: Seen, url: str, address: str) -> None:
    if url != address:
        seen.moved.append(f"moved to {url[:200]}")


def _asked(seen: Seen, request: Request, address: str) -> None:
    """Note every request but for the page itself, and for images, from the web."""
    is_image = request.resource_type == "image" and request.url.startswith(("http:", "https:"))
    if request.url != address and not is_image:
        seen.asked.append(f"asked for {request.resource_type} {request.url[:200]}")
