"""Finds the addresses of feeds that a site's page names, and where feeds stand as a rule."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Literal
from urllib.parse import urlsplit

from aggregator.core import clean, page
from aggregator.core.urls import resolve, same_site

__all__ = ["Candidate", "candidates", "guesses", "plain_scheme"]

_MOST: Final = 100
_MOST_ANCHORS: Final = 20_000
_LONGEST_TITLE: Final = 200
_LONGEST_PATH: Final = 300
_TYPE: Final = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)", re.IGNORECASE)
# Types that also stand for other things; with them the address must look like a feed's.
_LOOSE_TYPE: Final = re.compile(r"(?:application|text)/(?:xml|json|rss|atom)", re.IGNORECASE)
_FILE: Final = re.compile(
    r"\.(?:rss|atom|rdf|xml)$|(?:^|[/._-])(?:rss|feeds?|atom)[\w-]*\.(?:json|php|aspx?|cfm)$"
    r"|(?:^|/)(?:index|news)\.json$",
    re.IGNORECASE,
)
_FOLDER: Final = re.compile(
    r"(?:^|[/._-])(?:rss|rdf|atom|feeds?)(?:[/._-]?[012]\.?\d*)?(?:[/._-]|$)", re.IGNORECASE
)
_QUERY: Final = re.compile(
    r"(?:^|&)(?:feed|rss|atom)(?:=|&|$)|=(?:rss|atom|feed|rdf)\w{0,3}(?:&|$)", re.IGNORECASE
)
_HOST: Final = re.compile(r"(?:rss|feeds?|feedproxy)\d?\.", re.IGNORECASE)
_TEXT: Final = re.compile(r"\b(?:rss|atom|feeds?|newsfeeds?)\b", re.IGNORECASE)
# What looks like a feed by its name and is none: maps of sites, styles, what embeds and searches.
_OTHER: Final = re.compile(
    r"sitemap|opensearch|osd\.xml|manifest|oembed|wp-json|xmlrpc|rsd|wlwmanifest|crossdomain"
    r"|browserconfig|\.(?:html?|css|js|png|jpe?g|gif|svg|ico|pdf|zip|mp3|m4a)$",
    re.IGNORECASE,
)
_COMMENTS: Final = re.compile(
    r"\b(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties|komentarze)\b"
    r"|replytocom",
    re.IGNORECASE,
)
_NAMES: Final = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
_NAMES_BELOW: Final = ("feed", "rss.xml", "feed.xml", "atom.xml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's, with how the page names it.

    `origin` is "link" for what the page declares as its feed, "anchor" for a link that looks like
    one, "overview" for a link that speaks of feeds and may lead to a list of them. `comments` says
    that it carries readers' comments.
    """

    url: str
    title: str = ""
    origin: Literal["link", "anchor", "overview"] = "link"
    comments: bool = False


def candidates(body: bytes, url: str, content_type: str = "") -> tuple[Candidate, ...]:
    """What the HTML page at `url` (after redirects) names as feeds, the likeliest first.

    Each address once, at most 100. Feeds of comments come last. () where there is no markup.
    """
    tree = page.parse(page.decode(body, content_type))
    if tree is None:
        return ()
    base = _base(tree, url)
    found: dict[str, Candidate] = {}
    for candidate in (*_links(tree, base), *_anchors(tree, base, url)):
        same = found.get(candidate.url)
        if same is None:
            found[candidate.url] = candidate
        elif not same.title:
            found[candidate.url] = replace(same, title=candidate.title)
    order = ("link", "anchor", "overview")
    ranked = sorted(found.values(), key=lambda each: (each.comments, order.index(each.origin)))
    return tuple(ranked[:_MOST])


def guesses(url: str) -> tuple[str, ...]:
    """Where a site that names no feed may have one: first below the path of `url`, then at its top.

    Eleven addresses at most.
    """
    folder, _, last = urlsplit(url).path.rstrip("/").rpartition("/")
    if "." not in last:
        folder = f"{folder}/{last}"
    paths = [f"{folder}/{name}" for name in _NAMES_BELOW] if folder.strip("/") else []
    paths += [f"/{name}" for name in _NAMES]
    return tuple(filter(None, (resolve(url, path) for path in paths)))


def plain_scheme(address: str) -> str:
    """The address with http or https where it is written as feed:, as some sites and readers do."""
    scheme, colon, rest = address.strip().partition(":")
    if scheme.lower() != "feed" or not colon:
        return address
    return f"http:{rest}" if rest.startswith("//") else rest


def _base(tree: page.Tree, url: str) -> str:
    for element in tree.iter("base"):
        if href := element.get("href"):
            return resolve(url, href) or url
    return url


def _links(tree: page.Tree, base: str) -> Iterator[Candidate]:
    """What the page declares: <link rel="alternate"> with a feed's type, or rel="feed"."""
    for element in tree.iter("link"):
        rel = element.get("rel", "").lower().split()
        kind = element.get("type", "").strip()
        url = _address(base, element.get("href"))
        if url is None or not {"alternate", "feed"} & set(rel) or _OTHER.search(url):
            continue
        declared = _TYPE.match(kind) or ("feed" in rel and not kind)
        if declared or (_LOOSE_TYPE.match(kind) and _looks_like_feed(url)):
            yield _candidate(url, element.get("title", ""), "link")


def _anchors(tree: page.Tree, base: str, url: str) -> Iterator[Candidate]:
    """Links for readers that lead to feeds, or to a list of them."""
    for element in islice(tree.iter("a"), _MOST_ANCHORS):
        address = _address(base, element.get("href"))
        if address is None or _without_fragment(address) == _without_fragment(url):
            continue
        text = _text(element)
        spoken = bool(_TEXT.search(f"{element.get('title', '')} {text}"))
        typed = bool(_TYPE.match(element.get("type", "").strip()))
        origin = _anchor_kind(address, spoken=spoken, typed=typed)
        if origin is not None and _is_theirs(address, url, spoken=spoken):
            yield _candidate(address, text or element.get("title", ""), origin)


def _anchor_kind(
    address: str, *, spoken: bool, typed: bool
) -> Literal["anchor", "overview"] | None:
    parts = urlsplit(address)
    looks = _looks_like_feed(address) or bool(spoken and _HOST.match(parts.hostname or ""))
    if typed or (looks and not _OTHER.search(parts.path)):
        return "anchor"
    return "overview" if spoken or _FOLDER.search(parts.path[-_LONGEST_PATH:]) else None


def _is_theirs(address: str, url: str, *, spoken: bool) -> bool:
    """Whether a link leads to a feed of the site itself; most links to others recommend them.

    Outlets have their feeds served by others, too: by hosts made for that.
    """
    if same_site(address, url):
        return True
    return spoken and bool(_HOST.match(urlsplit(address).hostname or ""))


def _address(base: str, href: str | None) -> str | None:
    return resolve(base, plain_scheme(href)) if href else None


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _text(element: page.Tree) -> str:
    return " ".join(element.itertext())[:_LONGEST_TITLE]


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    path = parts.path[-_LONGEST_PATH:].rstrip("/")
    return bool(
        _FILE.search(path)
        or (_FOLDER.search(path) and "." not in path.rpartition("/")[2])
        or _QUERY.search(parts.query[:_LONGEST_PATH])
    )


def _candidate(url: str, title: str, origin: Literal["link", "anchor", "overview"]) -> Candidate:
    title = clean.line(title[:_LONGEST_TITLE])
    comments = bool(_COMMENTS.search(title) or _COMMENTS.search(urlsplit(url).path))
    return Candidate(url, title, origin, comments)
