"""Pages from templates, by Jinja: every page in the same frame, every value escaped.

What a template finds besides what it is given: `viewer`, `csrf`, `now`, `language`, `theme`,
`with_keys` (whether letters are keys), `path`, `_`, `ngettext`, `static(path)`, `outside(url)` (the
address where it leads to the web, else None), `pictures` (whether they are shown), `may_edit`
(whether who asks may change anything), `show` (a `Telling`: numbers and times) and `ui` (the macros
in macros.html, without an import).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from aggregator.web import flashes
from aggregator.web.assets import Assets, assets
from aggregator.web.icons import ICONS
from aggregator.web.keyboard import KEYS
from aggregator.web.languages import Language, Telling, languages, preferred
from aggregator.web.policy import policy
from aggregator.web.viewers import NOBODY, Viewer

if TYPE_CHECKING:
    from aggregator.web.ports import Ports

__all__ = ["Shell", "by_script", "fragment", "page", "shell", "telling", "way_back"]

_THEMES: Final = ("auto", "light", "dark")
# Who was not let in is told so on a page too.
_UNKNOWN: Final = Viewer(NOBODY, "viewer", "", signed_in=False)
# So long `back` and `next` may be.
_LONGEST: Final = 2000
_OUTSIDE: Final = re.compile(r"https?://[^\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shell:
    """What pages are made of: the files beside them, the languages, a template of each in each."""

    assets: Assets
    languages: Mapping[str, Language]
    environments: Mapping[str, Environment]
    zone: tzinfo


def shell(zone: tzinfo) -> Shell:
    """Read all that pages are made of; times are told in `zone`."""
    known, spoken = assets(), languages()
    made = {code: _environment(known, each) for code, each in spoken.items()}
    return Shell(known, spoken, made, zone)


def _environment(known: Assets, language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader("aggregator.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined] # the extension adds it
        language.gettext, language.ngettext, newstyle=True
    )
    made.policies["ext.i18n.trimmed"] = True
    made.globals |= {
        "static": known.url,
        "styles": known.styles,
        "outside": outside,
        "keys": KEYS,
        "drawn": ICONS,
    }
    # The same on every page: drawn once.
    macros: Any = made.get_template("macros.html").module
    made.globals["key_table"] = macros.key_table()
    return made


def outside(url: object) -> str | None:
    """An address that leads to the web, or None for any other."""
    text = str(url or "").strip()
    return text if _OUTSIDE.fullmatch(text) else None


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """A whole page, with the policy that allows its own styles and nothing else."""
    found, known = _shell(request), _context(request, context)
    made = found.environments[_language(request).code].get_template(template)
    flash = flashes.read(request)
    body = made.render(known | {"flash": flash})
    allowed = policy(style.allowed for style in found.assets.styles.values() if style.text in body)
    security = {"Content-Security-Policy": allowed, "Cache-Control": "private, no-cache"}
    answer = HTMLResponse(body, status, security | {"Vary": "Cookie"} | dict(headers or {}))
    if flash:
        flashes.forget(answer)
    return answer


def fragment(
    request: Request,
    template: str,
    *,
    block: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """One block of a template by itself, for a script that puts it into the page."""
    made: Template = _shell(request).environments[_language(request).code].get_template(template)
    filled = made.new_context(_context(request, context))
    body = "".join(made.blocks[block](filled))
    kept = {"Cache-Control": "private, no-store"} | dict(headers or {})
    return HTMLResponse(body, status, kept)


def telling(request: Request) -> Telling:
    """How numbers and times are told to who asks; `telling(request).language` translates."""
    return Telling(_language(request), _shell(request).zone, request.app.state.desk.clock())


def by_script(request: Request) -> bool:
    """Whether a script of ours asks, which wants a part of a page."""
    return request.headers.get("hx-request") == "true"


def way_back(path: str, query: str) -> str:
    """An address of ours to come back to: without what is asked where no form would take it all."""
    whole = f"{path}?{query}" if query else path
    return next((each for each in (whole, path) if len(each) <= _LONGEST), "/")


def _shell(request: Request) -> Shell:
    found: Shell = request.app.state.shell
    return found


def _language(request: Request) -> Language:
    spoken = _shell(request).languages
    chosen = spoken.get(request.cookies.get("language", ""))
    return chosen or spoken[preferred(request.headers.get("accept-language", ""))]


def _context(request: Request, more: Mapping[str, object]) -> dict[str, Any]:
    show, theme = telling(request), request.cookies.get("theme")
    viewer: Viewer = getattr(request.state, "viewer", _UNKNOWN)
    ports: Ports = request.app.state.desk.ports
    known = {
        "viewer": viewer,
        "csrf": viewer.csrf,
        "now": show.now,
        "language": show.language.code,
        "theme": theme if theme in _THEMES else "auto",
        "with_keys": request.cookies.get("keys") != "off",
        "path": request.url.path,
        "here": way_back(request.url.path, request.url.query),
        "show": show,
        "pictures": ports.pictures is not None,
        "may_edit": ports.editing is not None and viewer.role == "editor",
        "flash": None,
        **more,
    }
    macros = _shell(request).environments[show.language.code].get_template("macros.html")
    return known | {"ui": macros.make_module(known)}
