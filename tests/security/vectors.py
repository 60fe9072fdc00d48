"""The hostile inputs of the corpora, and feeds that carry each of them in every field."""

import gzip
import json
import re
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

__all__ = ["FEEDS", "article_page", "load"]

_FENCED: Final = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SENTENCE: Final = "The council of the town by the river met again and decided on the bridge. "
_NAMESPACES: Final = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)


def load(corpora: Path) -> list[str]:
    """Every input once: the collected vectors first, then what the lists hold beside them."""
    security = corpora / "security"
    with gzip.open(security / "vectors.jsonl.gz", "rt", encoding="utf-8") as lines:
        collected = [json.loads(line)["html"] for line in lines]
    payloads = _member(security / "xss-payload-list.zip", "xss-payload-list.txt").splitlines()
    sheet = _member(security / "owasp.zip", "XSS_Filter_Evasion_Cheat_Sheet.md")
    tests = json.loads(_member(security / "html5lib-sanitizer.zip", "tests1.dat"))
    others = [*payloads, *_FENCED.findall(sheet), *(test["input"] for test in tests)]
    return list(dict.fromkeys((*collected, *(each for each in others if each.strip()))))


def _member(archive: Path, name: str) -> str:
    with zipfile.ZipFile(archive) as opened:
        path = next(each for each in opened.namelist() if each.endswith(name))
        return opened.read(path).decode("utf-8")


def _rss(vectors: Sequence[str]) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{at}</guid><title>{_cdata(each)}</title>"
        f"<link>{escape(each)}</link><dc:creator>{_cdata(each)}</dc:creator>"
        f"<category>{escape(each)}</category><description>{escape(each)} </description>"
        f'<content:encoded>{_cdata(each)}</content:encoded><media:thumbnail url="{escape(each)}"/>'
        f"</item>"
        for at, each in enumerate(vectors)
    )
    feed = f'<rss version="2.0" {_NAMESPACES}><channel>{items}</channel></rss>'
    return feed.encode("utf-8", "surrogatepass")


def _cdata(vector: str) -> str:
    return f"<![CDATA[{vector.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _atom(vectors: Sequence[str]) -> bytes:
    entries = "".join(
        f'<entry><id>{at}</id><title type="html">{escape(each)}</title>'
        f'<link rel="alternate" href="{escape(each)}"/><author><name>{escape(each)}</name></author>'
        f'<category term="{escape(each)}"/><summary type="html">{escape(each)} </summary>'
        f'<content type="html">{escape(each)}</content>'
        f'<link rel="enclosure" type="image/png" href="{escape(each)}"/></entry>'
        for at, each in enumerate(vectors)
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
    return feed.encode("utf-8", "surrogatepass")


def _json(vectors: Sequence[str]) -> bytes:
    items = [
        {
            "id": str(at),
            "title": each,
            "url": each,
            "image": each,
            "authors": [{"name": each}],
            "tags": [each],
            "summary": each,
            "content_html": each,
        }
        for at, each in enumerate(vectors)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


def article_page(vector: str) -> bytes:
    """A page with the vector in its text and in all that it says of itself."""
    quoted = escape(vector)
    said = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": vector,
            "author": {"@type": "Person", "name": vector},
            "image": vector,
            "publisher": {"name": vector},
        }
    ).replace("</", "<\\/")
    prose = "".join(f"<p>{_SENTENCE * 4}</p>" for _ in range(3))
    names = ("author", "description", "og:title", "og:image")
    meta = "".join(f'<meta name="{name}" property="{name}" content="{quoted}">' for name in names)
    return (
        f'<html lang="en"><head><title>{quoted}</title><link rel="canonical" href="{quoted}">{meta}'
        f'<script type="application/ld+json">{said}</script></head><body><article><h1>{quoted}</h1>'
        f'<p class="byline">By {quoted}</p>{prose}<p>{vector} {_SENTENCE}</p><p>{quoted}</p>{prose}'
        f'<img src="{quoted}" alt="{quoted}"></article></body></html>'
    ).encode("utf-8", "surrogatepass")


FEEDS: Final = {"rss": _rss, "atom": _atom, "json": _json}
