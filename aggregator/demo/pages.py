"""Renders an outlet's pages: the article's blocks with boilerplate planted, in page furniture."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from html import escape
from html.parser import HTMLParser
from itertools import cycle, islice
from string import Template
from unicodedata import normalize
from zlib import crc32

from aggregator.demo.content import Outlet, Piece, Plant
from aggregator.demo.texts import Block, Composed
from aggregator.errors import ConfigError

__all__ = [
    "Body",
    "Headlines",
    "Meta",
    "article_path",
    "body",
    "credit",
    "furniture",
    "number",
    "page",
]

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_SLUG_LENGTH = 60
_FURNITURE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Body:
    """The inside of an article page, and every boilerplate string that stands in it."""

    html: str
    planted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meta:
    """What a page says of its article; times are UTC."""

    url: str
    home: str
    title: str
    lead: str
    published: datetime
    modified: datetime
    authors: tuple[str, ...]
    agency: str | None


class Headlines:
    """An outlet's other headlines, turned so that each article shows different ones first."""

    def __init__(self, outlet: Outlet, ordinal: int) -> None:
        """Begin at a place that depends on the article's `ordinal` within the outlet."""
        self._outlet = outlet
        start = 2 * ordinal % len(outlet.headlines)
        self._pool = cycle(outlet.headlines[start:] + outlet.headlines[:start])

    def take(self, count: int, item: str) -> tuple[str, tuple[str, ...]]:
        """The next `count` headlines, each set in the markup `item`, and their texts."""
        texts = tuple(islice(self._pool, count))
        return "".join(self._markup(text, item) for text in texts), texts

    def _markup(self, text: str, item: str) -> str:
        href = f"/archiv/{slug(text)}"
        return Template(item).substitute(href=href, text=escape(text))


def slug(title: str) -> str:
    """A title as it stands in a URL: ASCII words joined by hyphens, cut at a word."""
    folded = normalize("NFKD", title.lower().translate(_UMLAUTS)).encode("ascii", "ignore")
    joined = "-".join(re.findall(r"[a-z0-9]+", folded.decode()))
    return joined if len(joined) <= _SLUG_LENGTH else joined[:_SLUG_LENGTH].rpartition("-")[0]


def number(outlet: Outlet, title: str) -> int:
    """A stable six-digit number for an article."""
    return 100_000 + crc32(f"{outlet.id}/{title}".encode()) % 900_000


def article_path(outlet: Outlet, title: str, published: datetime) -> str:
    """The path of an article's URL, by the outlet's pattern."""
    return outlet.path.format(
        slug=slug(title), number=number(outlet, title), date=f"{published:%Y/%m/%d}"
    )


def body(outlet: Outlet, piece: Piece, text: Composed, headlines: Headlines) -> Body:
    """Mark up the blocks of `text`, with the piece's boilerplate and sign-off in their places.

    Raises ConfigError when the piece plants what its outlet does not have, or behind a block
    that is not there.
    """
    plants = _placed(outlet, piece, len(text.blocks))
    parts: list[str] = []
    planted: list[str] = []
    for place, block in enumerate(text.blocks, 1):
        signoff = text.signoff if place == len(text.blocks) else ""
        parts.append(_signed(outlet, block, signoff))
        for plant in plants.get(place, ()):
            html, strings = _plant(plant, headlines)
            parts.append(html)
            planted += strings
    signoffs = (text.signoff,) if text.signoff else ()
    return Body("\n".join(parts), (*planted, *signoffs))


def _placed(outlet: Outlet, piece: Piece, count: int) -> Mapping[int, list[Plant]]:
    placed: dict[int, list[Plant]] = {}
    for spec in piece.plant:
        place, _, name = spec.partition(" ")
        after = count if place == "end" else int(place)
        if after > count or name not in outlet.plants:
            message = f"outlet {outlet.id}, {piece.title!r}: cannot plant {spec!r}"
            raise ConfigError(message)
        placed.setdefault(after, []).append(outlet.plants[name])
    return placed


def _plant(plant: Plant, headlines: Headlines) -> tuple[str, list[str]]:
    items, texts = headlines.take(plant.count, plant.item)
    html = Template(plant.html).substitute(
        label=escape(plant.label), text=escape(plant.text), items=items
    )
    return html, [string for string in (plant.label, plant.text, *texts) if string]


def _signed(outlet: Outlet, block: Block, signoff: str) -> str:
    """One block and behind it the sign-off, if any: in the paragraph, or in a block of its own."""
    inline = outlet.markup.signoff_place == "inline" and block.kind == "paragraph"
    if not signoff:
        return _block(outlet, block)
    if inline:
        return _block(outlet, replace(block, text=f"{block.text} {signoff}"))
    return f"{_block(outlet, block)}\n{_set(outlet.markup.signoff, text=signoff)}"


def _block(outlet: Outlet, block: Block) -> str:
    markup = outlet.markup
    if block.kind == "subhead":
        return _set(markup.subhead, text=block.text)
    if block.kind == "paragraph":
        return _set(markup.paragraph, text=block.text)
    return Template(markup.list).substitute(
        label=_set(markup.label, label=block.text),
        items="".join(_set(markup.item, text=item) for item in block.items),
    )


def _set(markup: str, **values: str) -> str:
    """Fill in `values`, escaped."""
    return Template(markup).substitute({key: escape(text) for key, text in values.items()})


def page(outlet: Outlet, meta: Meta, inside: Body, headlines: Headlines) -> bytes:
    """The whole article page, in the outlet's charset."""
    zone = timezone(timedelta(hours=outlet.utc_offset))
    published, modified = meta.published.astimezone(zone), meta.modified.astimezone(zone)
    values = {
        "title": meta.title,
        "lead": meta.lead,
        "description": meta.lead,
        "canonical": meta.url,
        "image": f"{meta.home}bild/motiv.svg",
        "section": outlet.section,
        "caption": outlet.caption,
        "date": published.strftime(outlet.date_format),
        "published": published.isoformat(),
        "modified": modified.isoformat(),
        "author": " und ".join(meta.authors) or meta.agency or outlet.name,
    }
    html = Template(outlet.page).substitute(
        {key: escape(text) for key, text in values.items()},
        body=inside.html,
        byline=byline(outlet, meta.authors, meta.agency),
        sidebar=headlines.take(5, outlet.markup.sidebar)[0],
        json_ld=_json_ld(outlet, meta, published, modified),
    )
    return html.encode(outlet.charset, "xmlcharrefreplace")


def byline(outlet: Outlet, authors: tuple[str, ...], agency: str | None) -> str:
    """The line that names the authors, or the agency where the outlet credits it there."""
    joint = " und " if outlet.language == "de" else " and "
    if authors:
        return _set(outlet.markup.byline, names=joint.join(authors))
    return _set(outlet.markup.credit, agency=agency) if agency else ""


def credit(outlet: Outlet, agency: str | None) -> str:
    """What the outlet's byline says of the agency, without markup; empty if nothing."""
    return " ".join(_strings(byline(outlet, (), agency)))


def _json_ld(outlet: Outlet, meta: Meta, published: datetime, modified: datetime) -> str:
    authors = [{"@type": "Person", "name": name} for name in meta.authors]
    agency = {"@type": "Organization", "name": meta.agency or outlet.name}
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": meta.title,
        "description": meta.lead,
        "datePublished": published.isoformat(),
        "dateModified": modified.isoformat(),
        "author": authors or [agency],
        "publisher": {"@type": "Organization", "name": outlet.name},
        "mainEntityOfPage": meta.url,
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


class _Strings(HTMLParser):
    """Collects the text a reader sees, script and style left out."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in {"script", "style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._hidden and "$" not in data:
            self.strings.append(" ".join(data.split()))


def furniture(outlet: Outlet) -> tuple[str, ...]:
    """What stands on each of the outlet's pages around the article, from four words on."""
    long = (text for text in _strings(outlet.page) if len(text.split()) >= _FURNITURE_WORDS)
    return (*long, outlet.caption)


def _strings(html: str) -> list[str]:
    parser = _Strings()
    parser.feed(html)
    parser.close()
    return parser.strings
