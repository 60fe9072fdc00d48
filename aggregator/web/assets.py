"""The desk's own files for browsers: styles, scripts, fonts; held whole, since they are few."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from aggregator.web.problems import NOT_FOUND, Problem

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["Assets", "Style", "assets", "router"]

router = APIRouter(include_in_schema=False)

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Style:
    """A style sheet to be put into a page, and the hash by which the page's policy allows it."""

    text: str
    allowed: str

    def __html__(self) -> str:
        """The text as it is: it is ours."""
        return self.text


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by their path, and one digest of them all, which is part of their addresses."""

    held: Mapping[str, bytes]
    styles: Mapping[str, Style]
    digest: str

    def url(self, path: str) -> str:
        """The address of a file, another one whenever any file changes; KeyError for none."""
        return f"/static/{self.digest}/{path}" if self.held[path] else ""


def assets() -> Assets:
    """Read all files that are served."""
    held = dict(_walk(files("aggregator.web").joinpath("static"), ""))
    digest = blake2b(digest_size=8)
    for path, body in sorted(held.items()):
        digest.update(f"{path}\0{len(body)}\0".encode() + body)
    named = digest.hexdigest()
    styles = {
        path.removeprefix("css/").removesuffix(".css"): _style(body.decode(), named)
        for path, body in held.items()
        if path.startswith("css/")
    }
    return Assets(held, styles, named)


def _walk(folder: "Traversable", before: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _walk(each, f"{before}{each.name}/")
        elif each.name.rpartition(".")[2] in _TYPES:
            yield before + each.name, each.read_bytes()


def _style(text: str, digest: str) -> Style:
    # In a page its addresses have nothing to be relative to.
    text = text.replace("url(../", f"url(/static/{digest}/")
    hashed = base64.b64encode(sha256(text.encode()).digest()).decode()
    return Style(text, f"'sha256-{hashed}'")


@router.get("/static/{digest}/{path:path}")
async def static(request: Request, digest: str, path: str) -> Response:
    """Give one file, to be kept for ever where it is asked for under its present address."""
    known: Assets = request.app.state.shell.assets
    if path not in known.held:
        raise Problem(NOT_FOUND, "there is no such file")
    kept = _FOR_EVER if digest == known.digest else "no-cache"
    kind = _TYPES[path.rpartition(".")[2]]
    return Response(known.held[path], 200, {"Cache-Control": kept}, kind)
