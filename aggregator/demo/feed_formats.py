"""Writes one outlet's entries as RSS 2.0, RSS 0.91, RSS 1.0 (RDF), Atom 1.0 or JSON Feed 1.1."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from types import MappingProxyType

from aggregator.demo.content import FeedFormat

__all__ = ["Channel", "Item", "write"]


@dataclass(frozen=True, slots=True)
class Channel:
    """The feed itself."""

    title: str
    home: str
    url: str
    language: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; `html` is the full text, used where the format carries it."""

    id: str
    link: str
    title: str
    summary: str
    published: datetime
    modified: datetime
    html: str = ""
    authors: tuple[str, ...] = ()


def write(format_: FeedFormat, channel: Channel, items: tuple[Item, ...]) -> tuple[bytes, str]:
    """The feed's body and its content type."""
    writer, content_type, charset = _FORMATS[format_]
    return writer(channel, items).encode(charset, "xmlcharrefreplace"), content_type


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _head(channel: Channel) -> str:
    return (
        _element("title", channel.title)
        + _element("link", channel.home)
        + _element("description", channel.title)
        + _element("language", channel.language)
    )


def _rss2(channel: Channel, items: tuple[Item, ...]) -> str:
    return _rss2_document(channel, "\n".join(_rss2_item(item, "") for item in items))


def _rss2_full(channel: Channel, items: tuple[Item, ...]) -> str:
    full = "\n".join(
        _rss2_item(item, f"<content:encoded><![CDATA[{item.html}]]></content:encoded>")
        for item in items
    )
    return _rss2_document(channel, full)


def _rss2_document(channel: Channel, items: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>{_head(channel)}
<atom:link href="{escape(channel.url)}" rel="self" type="application/rss+xml"/>
{_element("lastBuildDate", format_datetime(channel.updated))}
{items}
</channel>
</rss>
"""


def _rss2_item(item: Item, extra: str) -> str:
    authors = "".join(_element("dc:creator", name) for name in item.authors)
    return f"""<item>{_element("title", item.title)}{_element("link", item.link)}
<guid isPermaLink="false">{escape(item.id)}</guid>
{_element("pubDate", format_datetime(item.published))}{authors}
{_element("description", item.summary)}{extra}</item>"""


def _rss091(channel: Channel, items: tuple[Item, ...]) -> str:
    lines = "\n".join(
        "<item>"
        + _element("title", item.title)
        + _element("link", item.link)
        + _element("description", item.summary)
        + "</item>"
        for item in items
    )
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="0.91"><channel>{_head(channel)}
{lines}
</channel></rss>
"""


def _rdf(channel: Channel, items: tuple[Item, ...]) -> str:
    contents = "".join(f'<rdf:li rdf:resource="{escape(item.link)}"/>' for item in items)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{escape(channel.url)}">{_element("title", channel.title)}
{_element("link", channel.home)}{_element("description", channel.title)}
{_element("dc:language", channel.language)}
<items><rdf:Seq>{contents}</rdf:Seq></items></channel>
{"".join(_rdf_item(item) for item in items)}</rdf:RDF>
"""


def _rdf_item(item: Item) -> str:
    authors = "".join(_element("dc:creator", name) for name in item.authors)
    return f"""<item rdf:about="{escape(item.link)}">{_element("title", item.title)}
{_element("link", item.link)}{_element("description", item.summary)}
{_element("dc:date", item.published.isoformat())}{authors}</item>
"""


def _atom(channel: Channel, items: tuple[Item, ...]) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{channel.language}">
{_element("title", channel.title)}{_element("id", channel.home)}
{_element("updated", channel.updated.isoformat())}
<link href="{escape(channel.home)}"/><link rel="self" href="{escape(channel.url)}"/>
{"".join(_atom_entry(item, channel) for item in items)}</feed>
"""


def _atom_entry(item: Item, channel: Channel) -> str:
    names = item.authors or (channel.title,)
    authors = "".join(f"<author>{_element('name', name)}</author>" for name in names)
    return f"""<entry>{_element("title", item.title)}<id>{escape(item.id)}</id>
<link rel="alternate" type="text/html" href="{escape(item.link)}"/>
{_element("published", item.published.isoformat())}
{_element("updated", item.modified.isoformat())}
{authors}<summary type="html">{escape(f"<p>{escape(item.summary)}</p>")}</summary></entry>
"""


def _json(channel: Channel, items: tuple[Item, ...]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.url,
        "language": channel.language,
        "items": [_json_item(item) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _json_item(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "url": item.link,
        "title": item.title,
        "content_text": item.summary,
        "date_published": item.published.isoformat(),
        "date_modified": item.modified.isoformat(),
        "authors": [{"name": name} for name in item.authors],
    }


_Writer = Callable[[Channel, tuple[Item, ...]], str]

_FORMATS: Mapping[FeedFormat, tuple[_Writer, str, str]] = MappingProxyType(
    {
        "rss2": (_rss2, "application/rss+xml; charset=utf-8", "utf-8"),
        "rss2-full": (_rss2_full, "application/rss+xml; charset=utf-8", "utf-8"),
        "rss091": (_rss091, "text/xml", "iso-8859-1"),
        "rdf": (_rdf, "application/rdf+xml", "utf-8"),
        "atom": (_atom, "application/atom+xml; charset=utf-8", "utf-8"),
        "json": (_json, "application/feed+json; charset=utf-8", "utf-8"),
    }
)
