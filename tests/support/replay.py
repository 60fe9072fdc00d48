"""Real captured feeds and real article pages of the corpora, served from loopback."""

import json
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

from tests.support.runs import write_feeds
from tests.support.server import Answer, Server

__all__ = ["serve_captures", "serve_pages", "write_replayed"]


def write_replayed(server: Server, corpora: Path, path: Path, *, every: int = 1) -> Path:
    """Serve all pages and each so manyth captured feed, and write their feeds.yaml.

    Captures are read as text, since their links lead outside.
    """
    captures = serve_captures(server, corpora / "feeds" / "fastfeedparser.zip")[::every]
    pages = serve_pages(server, corpora / "extraction" / "fundus-dev.zip")
    write_feeds(
        path, [(server.url(each), each.rpartition("/")[2]) for each in captures], text="feed"
    )
    listed = "".join(f"  - {{url: '{server.url(p)}', outlet: {p[1:-4]}}}\n" for p in pages)
    path.write_text(path.read_text() + listed)
    return path


def serve_pages(server: Server, archive: Path) -> list[str]:
    """Serve every page, and a feed for each country with entries that link to its pages."""
    with zipfile.ZipFile(archive) as opened:
        known = [json.loads(line) for line in opened.read("gt.jsonl").decode().splitlines()]
        bodies = {row["id"]: opened.read(f"html/{Path(row['file']).name}") for row in known}
    headers = {"Content-Type": "text/html; charset=utf-8"}
    server.routes.update(
        {f"/page/{k}": Answer(body, headers=headers) for k, body in bodies.items()}
    )
    for country in {row["cc"] for row in known}:
        items = "".join(
            f"<item><title>{escape(row['title'] or row['id'])}</title>"
            f"<link>{server.url('/page/' + row['id'])}</link></item>"
            for row in known
            if row["cc"] == country
        )
        rss = f'<rss version="2.0"><channel><title>{country}</title>{items}</channel></rss>'
        server.routes[f"/pages-{country}.xml"] = Answer(rss.encode(), headers={"ETag": '"1"'})
    return sorted(path for path in server.routes if path.startswith("/pages-"))


def serve_captures(server: Server, archive: Path) -> list[str]:
    """Serve every captured feed as it was captured."""
    captured = _files(archive, "data/")
    server.routes.update({f"/capture/{name}": Answer(body) for name, body in captured.items()})
    return [f"/capture/{name}" for name in captured]


def _files(archive: Path, under: str) -> Mapping[str, bytes]:
    """The files below a folder of a zip, by name."""
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if under in name and not name.endswith("/")]
        return {name: opened.read(name) for name in names}
