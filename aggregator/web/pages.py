"""The few pages for people: what there is here, and what each kind of problem means."""

import base64
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from aggregator.web.problems import KINDS, NOT_FOUND, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}"
    "td{padding:.1em 1.5em .1em 0;vertical-align:top}code{white-space:nowrap}"
    ":root{color-scheme:light dark}"
)
_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)
_BEGIN: Final = (
    "<p>The stories of this database as data, to be read only. "
    '<a href="/api/v1/openapi.json">/api/v1/openapi.json</a> describes it for programs.</p>'
)


@router.get("/")
async def index(request: Request) -> HTMLResponse:
    """Name what there is here."""
    paths = request.app.openapi()["paths"]
    described = ((path, _begin(found["get"]["description"])) for path, found in paths.items())
    return _page("aggregator", _BEGIN + _table(described))


@router.get("/problems/{name}")
async def problem(name: str) -> HTMLResponse:
    """Say what a kind of problem means."""
    for each in KINDS:
        if each.name == name:
            meaning = f"<p>{escape(each.meaning)}</p><p>Its status is {each.status}.</p>"
            return _page(each.title, meaning)
    raise Problem(NOT_FOUND, "there is no such kind of problem")


def _begin(description: str) -> str:
    """Its first sentence: the title that it has by its function's name would tell little."""
    return description.partition("\n\n")[0].replace("\n", " ")


def _table(described: "Iterable[tuple[str, str]]") -> str:
    rows = (f"<tr><td>{_link(path)}<td>{escape(summary)}" for path, summary in sorted(described))
    return f"<table>{''.join(rows)}</table>"


def _link(path: str) -> str:
    shown = f"<code>{escape(path)}</code>"
    return shown if "{" in path else f'<a href="{escape(path)}">{shown}</a>'


def _page(title: str, body: str) -> HTMLResponse:
    text = (
        f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        '<meta name=viewport content="width=device-width">'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(text, headers=headers)
