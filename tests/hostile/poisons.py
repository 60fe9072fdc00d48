"""Feeds and pages made to stall, bloat or break whatever reads them: a name for each, and bytes."""

import gzip
import json
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["FEEDS", "HEAVY_FEEDS", "HEAVY_PAGES", "PAGES", "Maker"]

Maker = Callable[[], bytes]
_MILLION: Final = 1_000_000
_WORDS: Final = "The council of the town by the river met again and decided on the bridge. "
_BARS: Final = " | \u2013" * 125_000
_PROSE: Final = "".join(f"<p>{_WORDS * 4}</p>" for _ in range(4))


# --- feeds -----------------------------------------------------------------------------------


def _rss(inside: str, *, head: str = "", title: str = "Bad") -> bytes:
    """An RSS feed with one item that has `inside`, and a plain one."""
    plain = "<item><title>Plain</title><guid>plain</guid></item>"
    return (
        f'{head}<rss version="2.0"><channel><title>{title}</title>'
        f"<item><title>One</title><guid>one</guid>{inside}</item>{plain}</channel></rss>"
    ).encode("utf-8", "surrogatepass")


def _in(name: str, text: str) -> Maker:
    return lambda: _rss(f"<{name}>{text}</{name}>")


def _described(markup: str) -> Maker:
    escaped = markup.replace("&", "&amp;").replace("<", "&lt;")
    return _in("description", escaped)


def _many_attributes(value: str, count: int = 200_000) -> str:
    return " ".join(f'a{n}="{value}"' for n in range(count))


def _laughs() -> bytes:
    entities = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]>'
    return _rss("<description>&l11;</description>", head=head)


def _quadratic_entities() -> bytes:
    head = f"<!DOCTYPE rss [<!ENTITY a '{'a' * 100_000}'>]>"
    return _rss(f"<description>{'&a;' * 50_000}</description>", head=head)


def _outside_entities() -> bytes:
    head = (
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd" [<!ENTITY f SYSTEM "file:///etc/passwd">'
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/evil">%p;]>'
    )
    return _rss("<description>&f;</description>", head=head)


def _json_feed(items: object) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


def _json_deep() -> bytes:
    return b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * _MILLION


def _json_digits() -> bytes:
    return _json_feed([]).replace(b"[]", b"[" + b"9" * 5 * _MILLION + b"]")


def _atom_nested() -> bytes:
    deep = "<div>" * 100_000
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>1</id><title>x</title>'
        f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{deep}</div></content>'
        "</entry></feed>"
    ).encode()


def _bomb() -> bytes:
    """A gigabyte of one letter."""
    return gzip.compress(b"a" * 100 * _MILLION, 1) * 10


FEEDS: Final[Mapping[str, Maker]] = {
    "author of 100 KB": _in("author", "a" * 100_000),
    "author of 100 KB with signs": _in("author", "a.@(" * 25_000),
    "author of 1 MB": _in("author", "a@" * 500_000),
    "a hundred authors of 10 KB": lambda: _rss(f"<author>{'x' * 10_000}</author>" * 100),
    "200,000 attributes": lambda: _rss(f"<description {_many_attributes('x')}>t</description>"),
    "200,000 attributes that hold >": lambda: _rss(
        f"<description {_many_attributes('<>')}>t</description>"
    ),
    "200,000 attributes of the root": lambda: _rss("").replace(
        b"<rss", b"<rss " + _many_attributes("x").encode()
    ),
    "100,000 namespaces": lambda: _rss(
        "<description " + " ".join(f"xmlns:n{n}='u'" for n in range(100_000)) + ">t</description>"
    ),
    "100,000 nested elements": lambda: _rss("<a>" * 100_000 + "</a>" * 100_000),
    "100,000 nested elements with bases": lambda: _rss('<a xml:base="b/">' * 100_000),
    "100,000 nested elements, xhtml": _atom_nested,
    "100,000 nested elements, escaped": _described("<div>" * 100_000),
    "100,000 nested formats, escaped": _described("<b><i><a href=x>" * 33_000),
    "200,000 attributes, escaped": _described(f"<p {_many_attributes('x')}>t</p>"),
    "200,000 attributes that hold >, escaped": _described(f"<p {_many_attributes('<>')}>t</p>"),
    "tables in tables, escaped": _described("<table><tr><td>" * 600 + "x" * 100),
    "misnested tables, escaped": _described("<table>" + "<a>x" * 100_000),
    "100,000 categories": lambda: _rss(
        "".join(f"<category>c{n}</category>" for n in range(100_000))
    ),
    "100,000 links": lambda: _rss("<link>http://a.example/b</link>" * 100_000),
    "100,000 items": lambda: _rss("</item><item>" * 100_000),
    "100,000 items of one id": lambda: _rss("</item><item><guid>1</guid>" * 100_000),
    "a billion laughs": _laughs,
    "quadratic entities": _quadratic_entities,
    "entities from outside": _outside_entities,
    "100,000 entities declared": lambda: _rss(
        "", head="<!DOCTYPE rss [" + "".join(f"<!ENTITY e{n} 'x'>" for n in range(100_000)) + "]>"
    ),
    "a comment before the feed that never ends": lambda: b"<!--" + b"- " * 2 * _MILLION,
    "a declaration that never ends": lambda: b"<?xml " + b"a='b' " * 800_000,
    "an instruction that never ends": lambda: b"<?" + b"? " * 2 * _MILLION,
    "a doctype that never ends": lambda: b"<!DOCTYPE rss [" + b"<!ELEMENT a (b)> " * 200_000,
    "9 MB in one line": _in("description", _WORDS * 120_000),
    "millions of <": lambda: _rss("<" * 5 * _MILLION),
    "millions of < before the feed": lambda: b"<" * 5 * _MILLION + _rss(""),
    "millions of </": lambda: _rss("</" * 2 * _MILLION),
    "millions of <!": lambda: _rss("<!" * 2 * _MILLION),
    "millions of <a": lambda: _rss("<a" * 2 * _MILLION),
    "millions of &lt;": _in("description", "&lt;" * 2 * _MILLION),
    "millions of &lt;a": _in("description", "&lt;a " * 1 * _MILLION),
    "millions of tags that are not closed": lambda: _rss("<p><br>" * 500_000),
    "millions of line ends": lambda: b"\n" * 5 * _MILLION + _rss("\n" * _MILLION),
    "a title of 5 MB of blanks": _in("title", "x" + " " * 5 * _MILLION + "x"),
    "a title of 2 MB of dashes": _in("title", " \u2013 -" * 400_000),
    "a date of 1 MB of digits": _in("pubDate", "1" * _MILLION),
    "a date of 1 MB of blanks": _in("pubDate", "Mon, 1" + " " * _MILLION + "x"),
    "a date of 1 MB of colons": _in("pubDate", "12:" * 300_000),
    "a date of 100 KB of letters": lambda: _rss(
        f"<pubDate>{'a' * 100_000}</pubDate><dc:date>{'2-' * 50_000}</dc:date>"
    ),
    "a link of 1 MB": _in("link", "http://a.example/" + "%41/../" * 150_000),
    "a link with 50,000 labels": _in("link", f"http://{'a.' * 50_000}example/"),
    "a link with 100,000 parameters": _in("link", f"http://a.example/?{'a=b&amp;' * 100_000}"),
    "an international host of 100 KB": _in("link", "http://" + "\u00fc" * 100_000 + ".example/"),
    "positions of 1 MB": lambda: _rss(
        f"<g:polygon xmlns:g='http://www.georss.org/georss'>{'1 2 ' * 250_000}</g:polygon>"
    ),
    "an id of 5 MB": _in("guid", "x" * 5 * _MILLION),
    "UTF-16, 4 MB of one letter": lambda: (
        "<rss><channel><item><title>".encode("utf-16") + "\u4e00".encode("utf-16-le") * 2 * _MILLION
    ),
    "UTF-7": lambda: b"<?xml version='1.0' encoding='utf-7'?><rss>" + b"+ADw-" * 500_000,
    "NUL for every letter": lambda: _rss("<description>" + "\0" * 5 * _MILLION + "</description>"),
    "undeclared gzip of 1 GB": _bomb,
    "JSON, a million levels": _json_deep,
    "JSON, five million digits": _json_digits,
    "JSON, a million items": lambda: _json_feed([{}] * _MILLION),
    "JSON, an author of 1 MB": lambda: _json_feed(
        [{"id": "1", "authors": [{"name": "a@" * 500_000}]}]
    ),
    "JSON, 100,000 tags": lambda: _json_feed(
        [{"id": "1", "tags": [f"t{n}" for n in range(100_000)]}]
    ),
    "JSON, 100,000 nested elements": lambda: _json_feed(
        [{"id": "1", "content_html": "<div>" * 100_000}]
    ),
}

# What takes the longest to read, or to turn away: much of it is just within the limits.
HEAVY_FEEDS: Final[Mapping[str, Maker]] = {
    "formats that every paragraph opens anew": _described("<b><i><u><s>" * 450 + "<p>x" * 100_000),
    "a comment that never ends": lambda: _rss("<!--" + "- " * 2 * _MILLION),
    "1,000,000 items": lambda: _rss("</item>" + "<item/>" * _MILLION + "<item>"),
    "millions of <![CDATA[": lambda: _rss("<![CDATA[" * 500_000),
    "50,000 enclosures": lambda: _rss(
        '<enclosure url="http://a.example/b" type="image/png"/>' * 50_000
    ),
    "100,000 paragraphs, escaped": _described("<p>x</p>" * 100_000),
    "millions of &#": lambda: _rss("<description>" + "&#" * 2 * _MILLION + "</description>"),
    "a tag that never ends": lambda: b"<rss " + b"a " * 2 * _MILLION,
    "millions of &": lambda: _rss("<description>" + "&" * 5 * _MILLION + "</description>"),
    "millions of &#x41;": _in("description", "&#x41;" * _MILLION),
    "half a pair for every letter": lambda: _rss("<description>" + "\ud800" * _MILLION),
    "the same attribute 500,000 times": lambda: _rss(
        f"<description {'a=1 ' * 500_000}>t</description>"
    ),
    "49,000 categories": lambda: _rss("".join(f"<category>{n}</category>" for n in range(49_000))),
    "a million keywords": lambda: _rss(
        "<keywords>" + ",".join(f"{n}" for n in range(_MILLION)) + "</keywords>"
    ),
    "45,000 nested elements": lambda: _rss("<a>" * 45_000 + "</a>" * 45_000),
    "1,900 nested elements with bases": lambda: _rss('<a xml:base="b/">' * 1900 + "</a>" * 1900),
    "9,900 items": lambda: _rss("</item><item>" * 9_900),
    "a hundred tags of 990 attributes": lambda: _rss(
        f"<description {_many_attributes('x', 990)}>t</description>" * 100
    ),
    "490,000 references, broken": lambda: _rss(f"<description>{'&lt;a ' * 490_000}<x>"),
    "99,000 tags that are not closed": lambda: _rss("<p><br>" * 49_500),
    "CDATA that never ends": lambda: _rss("<description><![CDATA[" + "]] " * _MILLION),
    "millions of ]]>": _in("description", "]]>" * 2 * _MILLION),
    "JSON, a thousand crowded texts": lambda: _json_feed(
        [{"id": f"{n}", "content_html": "<b><i>" * 900 + "<p>x" * 900} for n in range(1000)]
    ),
}


# --- pages -----------------------------------------------------------------------------------


def _page(body: str, *, head: str = "") -> bytes:
    return (
        f"<html><head><title>One</title>{head}</head><body><article><h1>One</h1>"
        f"{body}</article></body></html>"
    ).encode("utf-8", "surrogatepass")


def _json_ld(data: str) -> Maker:
    return lambda: _page(_PROSE, head=f'<script type="application/ld+json">{data}</script>')


def _said(text: str, times: int = 1) -> Maker:
    """A page whose paragraphs, byline, heading and description all are `text`."""
    return lambda: _page(
        f"<h1>{text}</h1><p class='author'>{text}</p>{_PROSE}{f'<p>{text}</p>' * times}",
        head=f'<meta name="description" content="{text}"><meta name="author" content="{text}">',
    )


PAGES: Final[Mapping[str, Maker]] = {
    "100,000 paragraphs": lambda: _page("<p>x</p>" * 100_000),
    "100,000 paragraphs of words": lambda: _page(f"<p>{_WORDS}</p>" * 100_000),
    "20,000 different paragraphs": lambda: _page(
        "".join(f"<p>Report {n} from the town of {n * 7}. {_WORDS}</p>" for n in range(20_000))
    ),
    "100,000 nested elements": lambda: _page("<div>" * 100_000 + "x"),
    "100,000 nested formats": lambda: _page("<b><i>" * 50_000 + "x"),
    "100,000 nested spans, closed": lambda: _page("<span>" * 100_000 + "x" + "</span>" * 100_000),
    "2,000 nested elements with words": lambda: _page(f"<div>{_WORDS}" * 2000),
    "250 nested lists": lambda: _page(f"<ul><li>{_WORDS}" * 250),
    "200,000 attributes": lambda: _page(f"<p {_many_attributes('x')}>t</p>{_PROSE}"),
    "200,000 attributes that hold >": lambda: _page(f"<p {_many_attributes('<>')}>t</p>{_PROSE}"),
    "200,000 attributes that hold > once": lambda: _page(
        f"<p x='>' {_many_attributes('y')}>t</p>{_PROSE}"
    ),
    "200,000 attributes without values": lambda: _page(
        f"<p {' '.join(f'a{n}' for n in range(200_000))}>t</p>{_PROSE}"
    ),
    "200,000 attributes in a tag not closed": lambda: _page(f"{_PROSE}<p {_many_attributes('x')}"),
    "200,000 attributes of html": lambda: _page(_PROSE).replace(
        b"<html", b"<html " + _many_attributes("x").encode()
    ),
    "100,000 rows": lambda: _page(f"{_PROSE}<table>{'<tr><td>x<td>y' * 100_000}</table>"),
    "500 nested tables": lambda: _page(f"{_PROSE}{'<table><tr><td>x' * 500}"),
    "5,000 nested tables": lambda: _page(f"{_PROSE}{'<table><tr><td>x' * 5_000}"),
    "100,000 links": lambda: _page(f"{_PROSE}{'<a href=x>Read this</a> ' * 100_000}"),
    "100,000 images": lambda: _page(f"{_PROSE}{'<img src=x alt=y>' * 100_000}"),
    "100,000 items": lambda: _page(f"{_PROSE}<ul>{'<li>x' * 100_000}</ul>"),
    "100,000 headings": lambda: _page(f"{_PROSE}{'<h2>x</h2>' * 100_000}"),
    "100,000 scripts": lambda: _page(f"{_PROSE}{'<script>x</script>' * 100_000}"),
    "100,000 metas": lambda: _page(_PROSE, head="<meta name='author' content='A B'>" * 100_000),
    "a million line breaks": lambda: _page("x<br>" * _MILLION),
    "a million end tags": lambda: _page("</p></div>" * 500_000 + _PROSE),
    "a million unknown tags": lambda: _page("<x-y>" * 500_000 + _PROSE),
    "a comment that never ends": lambda: _page(_PROSE + "<!--" + "-- " * _MILLION),
    "a script that never ends": lambda: _page(_PROSE + "<script>" + "</scrip " * _MILLION),
    "9 MB in one line": lambda: _page(f"<p>{_WORDS * 120_000}</p>"),
    "5 MB without a blank": lambda: _page(f"<p>{'x' * 5 * _MILLION}</p>"),
    "3 MB of Chinese": lambda: _page("<p>" + "\u6a4b\u6881\u5173\u95ed" * 250_000 + "</p>"),
    "millions of <": lambda: _page(_PROSE + "<" * 5 * _MILLION),
    "millions of </": lambda: _page(_PROSE + "</" * 2 * _MILLION),
    "millions of <a": lambda: _page(_PROSE + "<a" * 2 * _MILLION),
    "millions of <!": lambda: _page(_PROSE + "<!" * 2 * _MILLION),
    "millions of &": lambda: _page(f"{_PROSE}<p>{'&' * 5 * _MILLION}</p>"),
    "millions of &#": lambda: _page(f"{_PROSE}<p>{'&#' * 2 * _MILLION}</p>"),
    "5 MB of JSON-LD": _json_ld(
        json.dumps({"@type": "NewsArticle", "headline": "One", "articleBody": _WORDS * 66_000})
    ),
    "JSON-LD, 900 levels": _json_ld('{"@graph":[' * 450 + "]}" * 450),
    "a title of 1 MB": lambda: _page(_PROSE, head=f"<title>{'Word ' * 200_000}</title>"),
    "a title of 500 KB of dashes": lambda: _page(_PROSE, head=f"<title>{' - x' * 125_000}</title>"),
    "a title of 500 KB of bars": lambda: _page(_PROSE, head=f"<title>{_BARS}</title>"),
    "500 KB of blanks": _said("x" + "\u00a0 " * 250_000 + "x"),
    "500 KB of commas": _said("A, " * 160_000),
    "500 KB of dashes": _said("A \u2013 " * 100_000),
    "500 KB of brackets": _said("(" * 250_000 + "dpa" + ")" * 250_000),
    "500 KB of agencies": _said("(dpa/AFP) " * 50_000),
    "500 KB of agencies and slashes": _said("dpa/" * 125_000),
    "500 KB of bylines": _said("Von Anna Beck und " * 28_000),
    "500 KB of dots": _said("." * 500_000),
    "500 KB of digits": _said("1" * 500_000),
    "500 KB of dates": _said("12.03.2026 14:05 Uhr " * 24_000),
    "500 KB of addresses": _said("a@b.example " * 40_000),
    "500 KB of links in words": _said("https://a.example/ " * 26_000),
    "500 KB of colons": _said("A: " * 166_000),
    "500 KB of capitals": _said("BERLIN " * 70_000),
    "500 KB of quotes": _said("\u201eA\u201c " * 100_000),
    "20,000 bylines": lambda: _page("<p class='byline'>Von Anna Beck</p>" * 20_000 + _PROSE),
    "20,000 credits": lambda: _page("<p>(dpa/AFP/Reuters)</p>" * 20_000 + _PROSE),
    "a canonical link of 1 MB": lambda: _page(
        _PROSE, head=f"<link rel='canonical' href='http://a.example/{'a/../' * 200_000}'>"
    ),
    "a base of 1 MB": lambda: _page(_PROSE, head=f"<base href='http://{'a.' * 500_000}'>"),
    "a drawing of 5 MB": lambda: _page(f"{_PROSE}<svg>{'<path d=M0 />' * 300_000}</svg>"),
    "UTF-16, 4 MB of one letter": lambda: (
        "<html><body><p>".encode("utf-16") + "\u4e00".encode("utf-16-le") * 2 * _MILLION
    ),
    "NUL for every letter": lambda: _page(_PROSE + "\0" * 5 * _MILLION),
    "half a pair for every letter": lambda: _page("<p>" + "\ud800 " * _MILLION + "</p>"),
    "numbers of halves": lambda: _page(f"<p>{'&#xD800;&#0;' * 300_000}</p>"),
    "frames in frames": lambda: _page("<iframe><frameset><noscript><template>" * 50_000),
}

HEAVY_PAGES: Final[Mapping[str, Maker]] = {
    "a thousand paragraphs of a KB of commas": lambda: _page(f"<p>{'A, ' * 320}</p>" * 1000),
    "a thousand tags of 900 attributes": lambda: _page(
        f"<p {' '.join(f'a{n}=1' for n in range(900))}>t</p>" * 1000 + _PROSE
    ),
    "190 KB of slashes": _said("dpa/" * 47_000, 2),
    "10,000 JSON-LDs": lambda: _page(
        _PROSE, head='<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 10_000
    ),
    "190 KB of bylines": _said("Von Anna Beck und " * 10_500, 2),
    "JSON-LD of 50,000 authors": _json_ld(
        json.dumps({"@type": "NewsArticle", "author": [{"name": f"A {n}"} for n in range(50_000)]})
    ),
    "190 KB of dots": _said("." * 190_000, 2),
    "190 KB of commas": _said("A, " * 63_000, 2),
    "20,000 dates": lambda: _page("<time datetime='2026-03-01'>1. M\u00e4rz 2026</time>" * 20_000),
    "11,900 paragraphs of words": lambda: _page(f"<p>{_WORDS}</p>" * 11_900),
    "11,900 different paragraphs": lambda: _page(
        "".join(f"<p>Report {n} from the town of {n * 7}. {_WORDS}</p>" for n in range(11_900))
    ),
    "11,900 bylines": lambda: _page("<p class='byline'>Von Anna Beck</p>" * 11_900 + _PROSE),
    "11,900 rows": lambda: _page(f"{_PROSE}<table>{'<tr><td>x' * 5_950}</table>"),
    "59,000 links": lambda: _page(f"{_PROSE}{'<a href=x>Read this ' * 59_000}"),
    "59,000 divisions of words": lambda: _page(f"<div>{_WORDS[:30]}</div>" * 29_500),
    "59,000 unknown tags": lambda: _page(f"{_PROSE}{'<x-y>x' * 59_000}"),
    "59,000 nested elements": lambda: _page("<div>" * 59_000 + "x"),
    "11,800 labels over lines": lambda: _page(
        f"{_PROSE}{'<p>Read also:</p><div>Short and well said</div>' * 11_800}"
    ),
    "9,900 linked headings": lambda: _page(
        f"{_PROSE}{f'<h2><a href=x>A report of today</a></h2><div>{_WORDS[:60]}</div>' * 9_900}"
    ),
    "14,000 teasers, each of another make": lambda: _page(
        f"<p>{_WORDS}</p>" * 2
        + "".join(
            f"<div class=c{n}><a href=/{n}>A report of today</a></div>" for n in range(14_000)
        )
        + "".join(f"<p>{n} {_WORDS}{_WORDS}</p>" for n in range(5))
    ),
    "29,000 drop caps": lambda: _page(
        f"{_PROSE}{('<p>' + '<span class=first>B</span> b' * 4) * 5_900}"
    ),
    "29,000 links to authors": lambda: _page(
        f"{_PROSE}{'<a rel=author class=author href=x>Anna Beck</a>' * 29_000}"
    ),
    "990 KB in one line": lambda: _page(f"<p>{_WORDS * 13_000}</p>"),
    "990 KB without a blank": lambda: _page(f"<p>{'x' * 990_000}</p>"),
    "990 KB of Chinese": lambda: _page("<p>" + "\u6a4b\u6881\u5173\u95ed" * 247_000 + "</p>"),
    "990 KB of &": lambda: _page(f"{_PROSE}<p>{'&' * 990_000}</p>"),
    "JSON-LD, a million levels": _json_ld('{"@graph":' * 500_000),
    "a broken JSON-LD of 5 MB": _json_ld('{"a":"' + "\\u00e4" * 800_000),
    "a picture of 5 MB in an attribute": lambda: _page(
        f"{_PROSE}<img src='data:image/png;base64,{'A' * 5 * _MILLION}'>"
    ),
}
