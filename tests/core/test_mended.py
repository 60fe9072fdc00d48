"""Whatever letters come in, what comes out can be kept by SQLite and sent as JSON."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from string import Template

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import extract
from aggregator.core.feeds import parse
from aggregator.model import Article, ParsedFeed, Rejected
from aggregator.settings import ExtractSettings

URL = "https://paper.example/feed"
# What XML, HTML or JSON may be made to hold, and SQLite or JSON cannot, or only by halves.
ODD = (
    "\x00", "\x1b", "\x85", "\ud800", "\udfff", "\ud83d\ude00", "\ufeff", "\ufffe", "\U0001ffff",
    "&#0;", "&#x0;", "&#xD800;", "&#57343;", "&#55357;&#56832;", "&#x1F600;", "&#xFFFF;",
    "&#9999999999;", "&amp;#0;", "&amp;#xD800;", "%00", "%ED%A0%80", "\\ud800", "\\u0000", "a", "ä",
)  # fmt: skip
odd = st.lists(st.sampled_from(ODD) | st.characters(), max_size=6).map("".join)

RSS = Template("""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>T$x</title><link>https://a.example/$x</link><language>de$x</language><ttl>$x</ttl>
<item><title>$x</title><link>https://a.example/?$x</link><guid>$x</guid><author>$x</author>
<dc:creator>$x</dc:creator><category>$x</category><description>$x</description>
<content:encoded><![CDATA[<p title="$x">$x</p>]]></content:encoded><pubDate>$x</pubDate>
<media:content url="https://a.example/$x.jpg" medium="image"/></item></channel></rss>""")
ATOM = Template("""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>$x</title>
<link rel="hub" href="https://hub.example/$x"/><link rel="self" href="https://a.example/$x"/>
<entry><id>$x</id><title type="html">$x</title><link href="https://a.example/$x"/>
<author><name>$x</name></author><category term="$x"/><updated>$x</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>$x</p></div></content></entry>
</feed>""")
RDF = Template("""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/"><channel><title>$x</title></channel><item rdf:about="$x">
<title>$x</title><link>https://a.example/$x</link><description>$x</description></item></rdf:RDF>""")
PAGE = Template("""<html lang="de"><head><title>$x</title><meta property="og:title" content="$x">
<meta name="author" content="$x"><meta name="description" content="$x">
<link rel="canonical" href="https://a.example/$x"><meta property="og:image" content="/$x.jpg">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "$x", "author":
{"name": "$x"}}</script></head><body><article><h1>Titel $x</h1>
<p>Der Rat der Stadt hat am Montagabend $x nach langer Debatte den Haushalt beschlossen.</p>
<p>Der Kämmerer warnte vor steigenden Zinsen und sprach am Ende $x von einem Kraftakt.</p>
</article></body></html>""")


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in texts(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in texts(each))


def hold(found: ParsedFeed | Article | Rejected) -> None:
    """Keep every text in SQLite and in JSON, and get it back as it is."""
    fields = asdict(found)
    assert json.loads(json.dumps(fields, default=datetime.isoformat, ensure_ascii=False).encode())
    db = sqlite3.connect(":memory:")
    try:
        for text in texts(fields):
            (back, length), *_ = db.execute("SELECT ?1, length(?1)", (text,))
            # SQLite counts up to the first NUL.
            assert (back, length) == (text, len(text))
    finally:
        db.close()


@pytest.mark.parametrize("template", [RSS, ATOM, RDF], ids=["rss", "atom", "rdf"])
@given(odd)
def test_feeds(template: Template, x: str) -> None:
    found = parse(raw(template.substitute(x=x)), {"content-type": f"text/xml; {x}"}, URL)
    assert isinstance(found, Rejected) or found.entries
    hold(found)


@given(odd)
def test_json_feeds(x: str) -> None:
    item = dict.fromkeys(
        ("id", "title", "summary", "content_html", "date_published", "language"), x
    )
    lists = {
        "authors": [{"name": x}],
        "tags": [x],
        "image": f"/{x}",
        "url": f"https://a.example/{x}",
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": x, "items": [item | lists]}
    written = json.dumps(feed | {"home_page_url": f"/{x}", "feed_url": f"/{x}"})
    found = parse(written.encode(), {}, URL)
    assert isinstance(found, ParsedFeed)
    hold(found)
    hold(parse(raw(json.dumps(feed, ensure_ascii=False)), {}, URL))


@given(
    odd, st.sampled_from(["<html><title>{}</title>", "{}", "<x>{}", "[{}", "\x1f\x8b{}", '{{"a{}'])
)
def test_what_is_no_feed(x: str, form: str) -> None:
    hold(parse(raw(form.format(x)), {}, URL))


@given(odd)
def test_pages(x: str) -> None:
    body = raw(PAGE.substitute(x=x))
    hold(
        extract.article(
            body,
            "https://paper.example/rat",
            entry=None,
            rules=(),
            settings=ExtractSettings(min_words=5),
            content_type=f"text/html; {x}",
        )
    )


@given(odd)
def test_texts_in_feeds(x: str) -> None:
    long = "Der Rat der Stadt hat am Montagabend nach langer Debatte den Haushalt beschlossen."
    item = RSS.substitute(x=x).replace("<description>", f"<description>{long}")
    found = parse(raw(item), {}, URL)
    for entry in found.entries if isinstance(found, ParsedFeed) else ():
        hold(
            extract.from_entry(
                entry, entry.link or URL, rules=(), settings=ExtractSettings(min_words=5)
            )
        )
