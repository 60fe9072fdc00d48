"""Stories as an Atom feed (RFC 4287)."""

import html
from collections.abc import Iterator
from typing import Final

from aggregator.output.story_text import as_html, figures
from aggregator.output.syndication import (
    StoryItem,
    Syndication,
    printable,
    timestamp,
    web_address,
)

__all__ = ["NAMESPACE", "atom"]

NAMESPACE: Final = "urn:aggregator:stories"
"""The namespace of what Atom has no element for: a story's number and its figures."""

_GENERATOR: Final = "aggregator"


def atom(feed: Syndication) -> bytes:
    """An Atom document in UTF-8; the same feed always gives the same bytes.

    The outlets of a story are its authors; each of its reports is a link of relation "related".
    """
    language = "" if feed.language is None else f' xml:lang="{_escaped(feed.language)}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:aggregator="{NAMESPACE}"{language}>',
        _element("id", feed.id),
        _element("title", feed.title),
        _element("updated", timestamp(feed.updated_at)),
        f"<author>{_element('name', feed.title)}</author>",
        _element("generator", _GENERATOR),
        *_addresses(feed),
        *(line for item in feed.items for line in _entry(item)),
        "</feed>\n",
    ]
    return "\n".join(lines).encode()


def _addresses(feed: Syndication) -> Iterator[str]:
    if feed.self_url:
        yield _link("self", feed.self_url, type="application/atom+xml")
    if feed.home_url:
        yield _link("alternate", feed.home_url, type="text/html")


def _entry(item: StoryItem) -> Iterator[str]:
    language = "" if item.language is None else f' xml:lang="{_escaped(item.language)}"'
    yield f"<entry{language}>"
    yield _element("id", item.id)
    yield _element("title", item.title)
    yield _element("updated", timestamp(item.updated_at))
    if item.published_at is not None:
        yield _element("published", timestamp(item.published_at))
    yield from (f"<author>{_element('name', each)}</author>" for each in item.outlets)
    if address := web_address(item.url):
        yield _link("alternate", address, type="text/html")
    yield from _reports(item)
    yield from (f'<category term="{_escaped(tag)}"/>' for tag in item.tags)
    yield _element("summary", figures(item))
    yield f'<content type="html">{_escaped(as_html(item))}</content>'
    yield _element("aggregator:story", str(item.story_id))
    yield _element("aggregator:outlets", str(item.outlet_count))
    yield _element("aggregator:articles", str(item.article_count))
    yield _element("aggregator:texts", str(item.text_count))
    yield "</entry>"


def _reports(item: StoryItem) -> Iterator[str]:
    for report in item.reports:
        if address := web_address(report.url):
            yield _link("related", address, title=f"{report.outlet}: {report.title}")


def _link(relation: str, address: str, **attributes: str) -> str:
    values = {"rel": relation, **attributes, "href": address}
    written = "".join(f' {name}="{_escaped(value)}"' for name, value in values.items())
    return f"<link{written}/>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{_escaped(text)}</{name}>"


def _escaped(text: str) -> str:
    """Fit for elements and attributes; line breaks too, which an attribute would lose."""
    return html.escape(printable(text), quote=True).replace("\n", "&#10;").replace("\t", "&#9;")
