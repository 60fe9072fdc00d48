"""What a document is by its first element, and what to tell the operator if it is no feed."""

import re
from enum import Enum
from typing import Final, NamedTuple

from aggregator.core import clean
from aggregator.core.urls import resolve
from aggregator.model import Rejected

__all__ = ["Kind", "Look", "challenge_in_data", "is_empty_feed", "look", "refusal"]

# What may stand before the first element; the parts of the pattern cannot match one another.
_PROLOGUE: Final = re.compile(
    r"(?:[\s\ufeff]++|<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->|<!DOCTYPE[^<>\[]*+(?:\[[^\]]*+\]\s*+)?>)*+",
    re.IGNORECASE,
)
_ELEMENT: Final = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_DOCTYPE: Final = re.compile(r"<!DOCTYPE\s+html", re.IGNORECASE)
_FEED_ROOT: Final = re.compile(r"<(?:rss|rdf:RDF|(?:atom|a10|ns0):feed|feed)\b", re.IGNORECASE)
# RSS 0.90 and CDF, whose names the parser does not tell where there is nothing in them.
_EMPTY_FEED: Final = re.compile(
    r"<(?:\w+:)?RDF\b[^<>]*(?:netscape\.com/rdf/simple/|purl\.org/(?:net/)?rss)|<channel\b",
    re.IGNORECASE,
)
_DECLARATION: Final = "<?xml "
_TITLE: Final = re.compile(r"<title[^>]*>([^<]{1,300})", re.IGNORECASE)
_LINK: Final = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_FEED_TYPE: Final = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE)
_HREF: Final = re.compile(r"""\bhref\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)
# Words of the pages that stand between a robot and what it asked for. Ordinary pages have some of
# them too, since the same services watch over those; but these pages have little else to say.
_CHALLENGE: Final = re.compile(
    r"captcha|cf-chl|challenge-platform|just a moment\.\.\.|checking your browser|datadome"
    r"|incapsula|imperva|perimeterx|px-captcha|awswaf|aws-waf|sucuri|akamai|cf-error|ddos-guard"
    r"|are you (?:a )?(?:human|robot)|(?:not|kein) (?:a )?robot|unusual traffic|bot detection"
    r"|attention required|pardon our interruption|request unsuccessful|verify(?:ing)? (?:that )?you"
    r"|ddos protection|access denied|zugriff verweigert|request blocked|zugriff blockiert"
    r"|(?:enable|aktivieren sie) (?:javascript|cookies)",
    re.IGNORECASE,
)
# A script that gives the browser a cookie and has it ask again.
_COOKIE: Final = re.compile(r"\bdocument\.cookie\s*=(?!=)")
_AGAIN: Final = re.compile(
    r"\blocation\.(?:reload|replace|assign)\s*\(|\blocation(?:\.href)?\s*=(?!=)"
)
_WORD: Final = re.compile(r"\w+")
_FEW_WORDS: Final = 250
_HARDLY_ANY_WORDS: Final = 50
_HEAD: Final = 65_536


class Kind(Enum):
    """What a document can be."""

    EMPTY = "empty"
    JSON = "json"
    FEED = "feed"
    HTML = "html"
    SITEMAP = "sitemap"
    OPML = "opml"
    OTHER_XML = "xml"
    NO_MARKUP = "text"


_HTML_ELEMENTS: Final = frozenset(
    "html head body title meta script style link base noscript div p h1 h2 h3 center table form"
    " main section article header nav ul iframe frameset".split()
)
_BY_ELEMENT: Final = (
    (Kind.FEED, frozenset({"rss", "rdf", "feed", "channel"})),
    (Kind.HTML, _HTML_ELEMENTS),
    (Kind.SITEMAP, frozenset({"urlset", "sitemapindex"})),
    (Kind.OPML, frozenset({"opml"})),
)
# Behind these a feed may follow: a server's warning is text, or begins with <br> or <b>.
_MAY_BE_SLIPPED: Final = frozenset({Kind.OTHER_XML, Kind.NO_MARKUP})


class Look(NamedTuple):
    """A document's kind, and where in it the feed begins, behind what a server let slip."""

    kind: Kind
    begin: int = 0


def look(text: str) -> Look:
    """Tell what a document is, by its first element; the time it takes grows with its length."""
    head = text[:_HEAD]
    first = head.lstrip("\ufeff \t\r\n")[:1]
    if not first:
        return Look(Kind.NO_MARKUP if text.strip() else Kind.EMPTY)
    if first in "{[":
        return Look(Kind.JSON)
    prologue = _PROLOGUE.match(text)
    end = prologue.end() if prologue else 0
    root = _ELEMENT.match(text, end)
    kind = _kind(root[1].lower()) if root else Kind.NO_MARKUP
    if kind is Kind.FEED:
        return Look(kind, _declaration(text, end, otherwise=0))
    if _HTML_DOCTYPE.search(text[: min(end, _HEAD)]):
        return Look(Kind.HTML)
    later = _FEED_ROOT.search(head) if kind in _MAY_BE_SLIPPED else None
    if later:
        return Look(Kind.FEED, _declaration(text, later.start(), otherwise=later.start()))
    return Look(kind)


def _kind(name: str) -> Kind:
    return next((kind for kind, names in _BY_ELEMENT if name in names), Kind.OTHER_XML)


def is_empty_feed(text: str) -> bool:
    """Whether the root of a document without entries names RSS 0.90, RSS 1.x or CDF."""
    prologue = _PROLOGUE.match(text)
    return bool(_EMPTY_FEED.match(text, prologue.end() if prologue else 0))


def _declaration(text: str, end: int, *, otherwise: int) -> int:
    """Give the place of the XML declaration before `end`: parsers want it first of all."""
    start = len(text) - len(text.lstrip())
    if text.startswith(_DECLARATION, start):
        return start
    found = text.rfind(_DECLARATION, 0, end)
    return otherwise if found < 0 else found


def refusal(kind: Kind, text: str, url: str) -> Rejected:
    """Say what came from `url` instead of a feed, and what to do about it."""
    if kind is Kind.EMPTY:
        return _rejected(
            "empty", "the answer has no content; if it stays so, look for a new address"
        )
    if kind is Kind.HTML:
        return _html(text[:_HEAD], url)
    if kind is Kind.SITEMAP:
        return _rejected("sitemap", "a sitemap came instead of a feed; use the address of the feed")
    if kind is Kind.OPML:
        return _rejected(
            "opml", "a list of feeds (OPML) came instead of a feed; add those it lists"
        )
    if kind is Kind.OTHER_XML:
        return _rejected(
            "not_a_feed", "this is XML, but neither RSS, RDF nor Atom; check the address"
        )
    began = clean.line(text[:60])
    return _rejected(
        "not_a_feed", f"no feed, but text or data that begins “{began}”; check the address"
    )


def _rejected(reason: str, detail: str) -> Rejected:
    return Rejected("parse", reason, detail)


def _html(head: str, url: str) -> Rejected:
    title = _TITLE.search(head)
    named = f" (“{clean.plain(title[1])[:100]}”)" if title else ""
    named_feed = _feed_named_in(head, url)
    if named_feed is None and _is_challenge(head):
        return _challenge(f"a page that tells people from robots came instead of a feed{named}")
    way_out = f"it names this one: {named_feed}" if named_feed else "look there for its feed"
    return _rejected("html", f"an HTML page came instead of a feed{named}; {way_out}")


def _challenge(what: str) -> Rejected:
    return _rejected("challenge", f"{what}; ask the publisher to let feed readers pass")


def _is_challenge(head: str) -> bool:
    named, scripted = _CHALLENGE.search(head), _COOKIE.search(head) and _AGAIN.search(head)
    if not named and not scripted:
        return False
    words = len(clean.plain(head).split())
    return words < (_FEW_WORDS if named else _HARDLY_ANY_WORDS)


def challenge_in_data(text: str) -> Rejected | None:
    """What JSON that is no feed says, if it is to tell people from robots; None if it is not."""
    head = text[:_HEAD]
    if not _CHALLENGE.search(head) or len(_WORD.findall(head)) >= _FEW_WORDS:
        return None
    return _challenge("data that tells people from robots came instead of a feed")


def _feed_named_in(head: str, url: str) -> str | None:
    for link in _LINK.findall(head):
        href = _HREF.search(link)
        if href and _FEED_TYPE.search(link):
            return resolve(url, href[1])
    return None
