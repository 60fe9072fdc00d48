"""Changes feeds at random, to find where two ways of reading them differ."""

import random
import re
from collections.abc import Callable

from aggregator.core.feeds.fast_names import HANDLED, TAKEN

__all__ = ["NAMESPACES", "mutated"]

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "a3": "http://purl.org/atom/ns#",
    "cc": "http://web.resource.org/cc/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "creativecommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "gml": "http://www.opengis.net/gml",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "psc": "http://podlove.org/simple-chapters",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xlink": "http://www.w3.org/1999/xlink",
    "own": "https://own.example/ns",
    "title": "https://title.example/ns",
}
_UNKNOWN = ["own:note", "own:title", "slash:comments", "thr:total", "niceDate", "p", "div", "b",
            "title:detail", "subject", "skipHours", "docs", "icon", "rdf:Seq", "xhtml:body",
            "atom:link", "atom:author", "atom:id", "rss:title", "a3:link", "links", "Title",
            "media:text", "itunes:title", "content:items"]  # fmt: skip
_TEXTS = [
    "", " ", "\n", "a", "Ein Titel", " zwei\n Zeilen ", "AT&amp;T", "if a &lt; b",
    "&lt;b&gt;x&lt;/b&gt;",
    "<![CDATA[<p>Absatz &amp; <a href='/x'>mehr</a></p>]]>", "<![CDATA[a &#8211; b]]>",
    "<![CDATA[ ]]>", "&amp;nbsp;", "&amp;lt;", "&lt;/abbr&gt;", "&lt;/unknown&gt;", "&amp;foo;",
    "a<!-- c -->b", "a<?pi x?>b", "<i>x</i>", "a <b>c</b> d", "Größe", "Ã¤Ã¶", "\x96Strich",
    "&#150;", "&#195;&#164;", "à\u00a0la", "é»", "&#160;", "&#x85;", "Bundes\u00adkanzler",
    "https://a.example/1", "https://a.example/1?a=1&amp;b=2", "https://a.example/?a=1&amp;b;c=2",
    "/rel/a", "a", "//b.example/x", "http://[::1", "http://[x]/", "http:///x", "https://bücher.example/ä",
    "https://a.example/ä ö", " https://a.example/2 ", "mailto:x@y.example", "tag:a.example,2024:1",
    "urn:uuid:4711", "4711", "javascript:alert(1)", "http://a.example:99999/", "HTTP://A.EXAMPLE/",
    "Fri, 03 May 2024 12:00:00 GMT", "2024-05-03T10:00:00+02:00", "2024-05-03", "0000-00-00",
    "3. Mai 2024", "Mon, 01 Jan 0001 00:00:00 +0000", "gestern",
    "\u039a\u03c5\u03c1, 11 \u0399\u03bf\u03cd\u03bb 2004 12:00:00 EST",
    "1714730000", "Fri May  3 10:00:00 2024", "2004년 05월 28일  01:31:15",
    "-", "--05-03",
    "Thu, 01 Jan 1970 00:00:00 +0000", "Fri, 03 May 24 12:00:00 PST",
    "a@b.example (A. B.)", "a@b.example", "A. B. &lt;a@b.example&gt;", "a@b.museum (C)",
    "A (a@b.de)",
    "a@b.de ( )", "a@b.de (a@b.de)", "a, b,, c", "true", "yes", "de", "de-AT", "en_US", "-1", "60",
    "hourly", "Monday", "YWJj", "<name>N. N.</name>", "<name>A</name><email>a@b.de</email>",
    "<name/><uri>x</uri>", "x<name>A</name>", "<email>a@b.de</email>",
]  # fmt: skip
_ATTRIBUTES = [
    "type", "mode", "rel", "href", "url", "uri", "isPermaLink", "xml:lang", "lang", "xml:base",
    "base", "term", "label", "scheme", "domain", "medium", "src", "rdf:about", "rdf:resource",
    "text", "Type", "HREF", "xlink:href", "own:href", "own:type", "version", "x", "lastmod",
    "media:url", "xmlns:own", "xmlns", "xmlns:media", "length", "role",
]  # fmt: skip
_VALUES = [
    "", "html", "text", "xhtml", "plain", "text/html", "text/plain", "HTML", "image/jpeg",
    "application/xhtml+xml", "application/octet-stream", "base64", "escaped", "xml", "self",
    "alternate", "Alternate", "hub", "enclosure", "via", "true", "false", "TRUE", "de", "en_GB",
    "https://a.example/b", "https://a.example/b?x=1&amp;y=2", "/c", "d/", "http://[", "http:///e",
    "https://own.example/ns", "http://www.w3.org/2005/Atom", "http://purl.org/dc/terms/",
    "http://search.yahoo.com/mrss/", "ä", "Politik", "image", "audio", "2.0", "0.92", "1.0",
    " https://a.example/ ", "a b", "2024-05-03", "javascript:x",
]  # fmt: skip
_TOKEN = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>|<[^<>]*>|[^<]+", re.DOTALL)
_NAME = re.compile(r"</?([\w.:-]+)")
_ATTRIBUTE = re.compile(r"""\s[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*')""")

_Tokens = list[str]


def mutated(feed: str, chance: random.Random, changes: int) -> str:
    """Give `feed` with some changes; mostly it stays well formed."""
    tokens: _Tokens = _TOKEN.findall(feed)
    for _ in range(changes):
        change = chance.choice(_CHANGES)
        tokens = change(tokens, chance) or tokens
    return "".join(tokens)


def element(chance: random.Random) -> str:
    """Give a new element of some name, with some attributes and some text."""
    name = _name(chance)
    attributes = "".join(_attribute(chance) for _ in range(chance.choice((0, 0, 0, 1, 1, 2))))
    inside = chance.choice(_TEXTS)
    if chance.random() < 0.1:
        inside += element(chance)
    return f"<{name}{attributes}>{inside}</{name}>"


def _name(chance: random.Random) -> str:
    name = chance.choice([*HANDLED, *HANDLED, *TAKEN, *_UNKNOWN])
    prefix, _, local = name.partition("_")
    return f"{prefix}:{local}" if local and prefix in NAMESPACES else name


def _attribute(chance: random.Random) -> str:
    return f' {chance.choice(_ATTRIBUTES)}="{chance.choice(_VALUES)}"'


def _starts(tokens: _Tokens) -> list[int]:
    """Places of start tags below the root."""
    found = [i for i, token in enumerate(tokens) if token[0] == "<" and token[1] not in "/!?"]
    return found[1:]


def _end(tokens: _Tokens, start: int) -> int:
    """Give the place behind the element that starts at `start`."""
    depth = 0
    for place in range(start, len(tokens)):
        token = tokens[place]
        if token[0] == "<" and token[1] not in "!?":
            depth += -1 if token[1] == "/" else not token.endswith("/>")
        if depth <= 0:
            return place + 1
    return len(tokens)


def _pick(tokens: _Tokens, chance: random.Random) -> tuple[int, int] | None:
    starts = _starts(tokens)
    if not starts:
        return None
    start = chance.choice(starts)
    return start, _end(tokens, start)


def _delete(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    if (found := _pick(tokens, chance)) is None or found[1] - found[0] > len(tokens) // 2:
        return None
    return tokens[: found[0]] + tokens[found[1] :]


def _duplicate(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    if (found := _pick(tokens, chance)) is None or found[1] - found[0] > 200:
        return None
    return tokens[: found[1]] + tokens[found[0] :]


def _move(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    if (found := _pick(tokens, chance)) is None or found[1] - found[0] > 200:
        return None
    taken, rest = tokens[found[0] : found[1]], tokens[: found[0]] + tokens[found[1] :]
    places = _starts(rest)
    if not places:
        return None
    place = chance.choice(places)
    return rest[:place] + taken + rest[place:]


def _insert(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    if (found := _pick(tokens, chance)) is None:
        return None
    place = found[chance.randrange(2)]
    return [*tokens[:place], *_TOKEN.findall(element(chance)), *tokens[place:]]


def _rename(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    if (found := _pick(tokens, chance)) is None:
        return None
    start, end = found
    name = _name(chance)
    changed = list(tokens)
    for place in {start, end - 1}:
        changed[place] = _NAME.sub(lambda match: match[0].replace(match[1], name), tokens[place], 1)
    return changed


def _retext(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    if (found := _pick(tokens, chance)) is None or found[1] - found[0] != 3:
        return None
    inside = chance.choice(_TEXTS)
    return [*tokens[: found[0] + 1], *_TOKEN.findall(inside), *tokens[found[1] - 1 :]]


def _sprinkle(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    place = chance.randrange(1, len(tokens))
    return [
        *tokens[:place],
        *_TOKEN.findall(chance.choice([*_TEXTS, *["\n "] * 20])),
        *tokens[place:],
    ]


def _split(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    """Put something into the middle of a text, or wrap it."""
    texts = [i for i, token in enumerate(tokens) if token[0] != "<" and token.strip()]
    if not texts:
        return None
    place = chance.choice(texts)
    text = tokens[place]
    half = chance.randrange(len(text) + 1)
    plain = "&" not in text
    parts = chance.choice(
        [
            [text[:half], "<!-- x -->", text[half:]] if plain else ["<!-- x -->", text],
            [text, "<?x y?>"],
            [f"<![CDATA[{text}]]>"],
            [text[:half], f"<![CDATA[{text[half:]}]]>"] if plain else [text, "<![CDATA[]]>"],
            ["\n  ", text, "\t"],
            [text, "&#8211; &amp;amp; "],
            [text, chance.choice(_TEXTS)],
        ]
    )
    return [*tokens[:place], *filter(None, parts), *tokens[place + 1 :]]


def _attributes(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    starts = _starts(tokens)
    if chance.random() < 0.1:
        starts = [i for i, token in enumerate(tokens) if token[0] == "<" and token[1] not in "/!?"]
    if not starts:
        return None
    place = chance.choice(starts)
    tag = tokens[place]
    given = _ATTRIBUTE.findall(tag)
    if given and chance.random() < 0.5:
        old = chance.choice(given)
        name = old.split("=")[0]
        tag = tag.replace(old, chance.choice(["", f'{name}="{chance.choice(_VALUES)}"']), 1)
    else:
        cut = -2 if tag.endswith("/>") else -1
        tag = tag[:cut] + _attribute(chance) + tag[cut:]
    return [*tokens[:place], tag, *tokens[place + 1 :]]


def _prefixes(tokens: _Tokens, chance: random.Random) -> _Tokens | None:
    """Declare the namespaces otherwise: by another prefix, or another address."""
    prefix, other = chance.choice(list(NAMESPACES)), chance.choice([*NAMESPACES, "x", "Dc"])
    text = "".join(tokens)
    if chance.random() < 0.5:
        text = re.sub(rf"(</?|\sxmlns:){prefix}\b(?=[:=])", rf"\g<1>{other}", text)
    else:
        uri = chance.choice(
            [*NAMESPACES.values(), "https://other.example/ns", NAMESPACES[prefix].upper()]
        )
        text = re.sub(rf"""(\sxmlns:{prefix}=)["'][^"']*["']""", rf'\g<1>"{uri}"', text)
    return _TOKEN.findall(text)


_CHANGES: list[Callable[[_Tokens, random.Random], _Tokens | None]] = [
    _delete, _duplicate, _move, _move, _insert, _insert, _insert, _insert, _rename, _rename,
    _retext, _retext, _retext, _sprinkle, _split, _split, _attributes, _attributes, _attributes,
]  # fmt: skip
_CHANGES = _CHANGES * 3 + [_prefixes]
