"""What a page says of itself: headline candidates, authors, times, language, picture, identity."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from itertools import islice
from urllib.parse import urlsplit

from htmldate import find_date

from aggregator.core import agency, bylines, clean, jsonld, naming, people, times, urls, zones
from aggregator.core.page import Tree

__all__ = ["Metadata", "canonical", "day", "read"]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of itself, in its head and its JSON-LD; times in UTC.

    `declared` are the headlines meant for machines (og:title, JSON-LD, twitter:title), `shown`
    those a reader sees (h1), `window` the document's title; `cores` pairs what is shown with what
    is left of it without a kicker, a date or a second line in it; `sites` are names of the outlet;
    `languages` are tags, the likeliest first; `descriptions` may be a lead or written for search
    engines; `authors` are names as given, agencies among them; `kinds` are og:type and the types
    in its JSON-LD, lower-case; `free` is whether all of it can be read without paying, if told;
    `zone` is the one in which it tells times without any.
    """

    declared: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    window: str = ""
    cores: tuple[tuple[str, str], ...] = ()
    sites: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image: str | None = None
    kinds: frozenset[str] = frozenset()
    free: bool | None = None
    zone: tzinfo | None = None


_Meta = Mapping[str, tuple[str, ...]]

_TITLES = ("og:title", "twitter:title", "headline", "dc.title", "parsely-title", "sailthru.title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_SITES = ("og:site_name", "application-name", "twitter:site", "publisher", "dc.publisher")
_AUTHORS = (
    "author", "article:author", "og:article:author", "dc.creator", "dcterms.creator",
    "parsely-author", "sailthru.author", "citation_author", "byl", "dc:creator", "creator",
    "cxenseparse:author", "shareaholic:article_author_name",
)  # fmt: skip
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.issued", "pubdate",
    "publishdate", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date",
    "article.published", "last-published", "cxenseparse:recs:publishtime", "rnews:datepublished",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified",
    "last-modified", "dcterms.modified", "dc.date.modified", "lastmod", "article.updated",
)  # fmt: skip
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_TIERS = ("article:content_tier", "og:article:content_tier")
# A metered article may be read by whoever comes first: that tells nothing.
_FREE = {"free": True, "locked": False, "true": True, "false": False}
_PARTS = frozenset({"WebPage", "WebPageElement", "CreativeWork", "WebContent"})
_MAX_TITLES = 4
_MOST_TIMES = 50
# No page says the same thing in so many ways; each is compared with all of its lines.
_MOST_LINES = 50
# What stands in the same heading as a headline and is none of it, by tag and by class.
_BESIDE_TAGS = frozenset({"time", "small", "h2", "h3", "h4", "h5", "h6"})
_BESIDE = frozenset(
    """
    kicker overline roofline topline toptitle supertitle pretitle dachzeile spitzmarke eyebrow
    subtitle subheadline subline subheading undertitle untertitel date datetime byline author
    """.split()
)
_OPENS_GLUED = re.compile(r"[\s:,.;!?…’”“»)\]]")


def read(tree: Tree, url: str, *, latest: datetime | None = None) -> Metadata:
    """Return what `tree`, found at `url`, says of itself; times after `latest` are not believed.

    JSON-LD first, since it is the one made for the purpose, then meta elements, then microdata.
    """
    meta = _meta(tree)
    found = tuple(jsonld.nodes(tree))
    node = jsonld.article(iter(found))
    microdata = _microdata(tree)
    languages = _languages(tree, meta, node)
    zone = zones.of_page(url, languages)
    sites = _lines((*_of(meta, _SITES), *jsonld.names(node.get("publisher")), _host(url)))
    published = (
        *jsonld.strings(node.get("datePublished")),
        *_of(meta, _PUBLISHED),
        *microdata.get("datepublished", ()),
        *jsonld.strings(node.get("dateCreated")),
    )
    updated = (
        *jsonld.strings(node.get("dateModified")),
        *_of(meta, _UPDATED),
        *microdata.get("datemodified", ()),
    )
    return Metadata(
        declared=_lines((*_of(meta, _TITLES), *jsonld.strings(node.get("headline")))),
        shown=_shown(tree),
        window=clean.line(tree.findtext(".//title") or ""),
        cores=tuple(_cores(tree)),
        sites=sites,
        descriptions=_lines((*jsonld.strings(node.get("description")), *_of(meta, _DESCRIPTIONS))),
        authors=_authors(node, jsonld.identified(found), meta, microdata, tree, sites),
        languages=languages,
        published_at=times.first(published, latest=latest, zone=zone),
        updated_at=times.first(updated, latest=latest, zone=zone),
        zone=zone,
        image=_image(url, (*_of(meta, _IMAGES), *jsonld.strings(node.get("image")))),
        kinds=_kinds(found, meta),
        free=_free(node, found, (*_of(meta, _TIERS), *microdata.get("isaccessibleforfree", ()))),
    )


def _kinds(found: Iterable[jsonld.Node], meta: _Meta) -> frozenset[str]:
    types = (kind for node in found for kind in jsonld.types(node))
    return frozenset(kind.lower() for kind in (*types, *_of(meta, ("og:type",))))


def _free(node: jsonld.Node, found: Iterable[jsonld.Node], tiers: Iterable[str]) -> bool | None:
    """Whether all of the article is free: its own word, that of its parts, then the meta elements.

    Of several answers one "no" is enough: a part that is closed is why the whole is told to be.
    """
    parts = (each for each in found if _PARTS & set(jsonld.types(each)))
    said = [each.get("isAccessibleForFree") for each in (node, *parts)]
    for answers in (said, list(tiers)):
        known = [known for each in answers if (known := _answer(each)) is not None]
        if known:
            return all(known)
    return None


def _answer(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    text = next(iter(jsonld.strings(value)), "").rsplit("/", 1)[-1]
    return _FREE.get(text.strip().lower())


def _meta(tree: Tree) -> _Meta:
    """Return the contents of the meta elements by lower-case name, in order."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("http-equiv")
        if name and content and content.strip():
            found.setdefault(name.lower(), []).append(content)
    return {name: tuple(contents) for name, contents in found.items()}


def _of(meta: _Meta, wanted: Iterable[str]) -> Iterator[str]:
    for name in wanted:
        yield from meta.get(name, ())


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the first of `texts` as clean single lines, each once."""
    some = islice(texts, _MOST_LINES)
    return tuple(dict.fromkeys(line for text in some if (line := clean.single(text))))


def _microdata(tree: Tree) -> _Meta:
    """Return microdata of the article and its machine-readable times, by lower-case name."""
    found: dict[str, list[str]] = {}
    for element in tree.iterfind(".//*[@itemprop]"):
        value = element.get("content") or element.get("datetime")
        if value and value.strip():
            found.setdefault(element.get("itemprop", "").lower(), []).append(value)
    for element in tree.iterfind(".//time[@pubdate][@datetime]"):
        found.setdefault("datepublished", []).append(element.get("datetime", ""))
    return {name: tuple(values) for name, values in found.items()}


def _shown(tree: Tree) -> tuple[str, ...]:
    """Return the headings of first rank, as a reader sees them."""
    texts = (_joined(element.itertext()) for element in tree.iter("h1"))
    return _lines(list(texts)[:_MAX_TITLES])


def _cores(tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield the headings of first rank that hold more than a headline, with the headline."""
    for element in islice(tree.iter("h1"), _MAX_TITLES):
        beside = {each for each in element.iterdescendants() if _is_beside(each)}
        if beside:
            whole = clean.single(_joined(element.itertext()))
            yield whole, clean.single(_joined(_texts_without(element, beside)))


def _is_beside(element: Tree) -> bool:
    """Whether an element of a heading is a kicker, a date, a byline or a second line."""
    if element.tag in _BESIDE_TAGS:
        return True
    return not _BESIDE.isdisjoint(naming.parts(element.get("class") or ""))


def _texts_without(element: Tree, left_out: Container[Tree]) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if child not in left_out and isinstance(child.tag, str):
            yield from _texts_without(child, left_out)
        if child.tail:
            yield child.tail


def _joined(pieces: Iterable[str]) -> str:
    """Join the pieces of a headline: a kicker is parted from it, its colon is not."""
    whole = ""
    for piece in pieces:
        glued = not whole or whole[-1].isspace() or _OPENS_GLUED.match(piece)
        whole += piece if glued else f" {piece}"
    return whole


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _languages(tree: Tree, meta: _Meta, node: jsonld.Node) -> tuple[str, ...]:
    root = tree.getroottree().getroot()
    tags = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        *jsonld.strings(node.get("inLanguage")),
        *_of(meta, ("og:locale", "content-language", "language", "dc.language")),
    )
    return tuple(tag for tag in tags if tag)


def _image(url: str, candidates: Iterable[str]) -> str | None:
    resolved = (urls.resolve(url, candidate) for candidate in candidates)
    return next((link for link in resolved if link is not None), None)


def canonical(tree: Tree, url: str) -> str:
    """Return the URL that identifies the article found at `url`.

    The page's own rel=canonical is believed if it is on the same site and names more than the
    front page, as careless templates do. Where `url` is "", nobody knows better.
    """
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            link = urls.resolve(url, element.get("href") or "")
            near = not url or (link is not None and urls.same_site(link, url))
            if link and near and urlsplit(link).path not in {"", "/"}:
                return urls.canonicalise(link)
    return urls.canonicalise(url)


def day(
    tree: Tree,
    url: str,
    *,
    below: datetime | None = None,
    latest: datetime | None = None,
    zone: tzinfo | None = None,
) -> datetime | None:
    """Return when a page that tells no machine was published: a time, or midnight of the day, UTC.

    `below` is the day or time below its headline, if one is there; else htmldate finds the day,
    and leaves `tree` as it is. Where the page shows a time of that day, it is that time.
    """
    if below is not None and below.time() != time.min:
        return below
    found = below.date().isoformat() if below is not None else _by_htmldate(tree, url, latest)
    if found is None:
        return None
    shown = (each.get("datetime") for each in islice(tree.iter("time"), _MOST_TIMES))
    of_day = [text for text in shown if text and _is_on(text, found)]
    return times.first((found, *of_day[:1]), zone=zone)


_NEW_YEAR = "-01-01"
_NEW_YEAR_IN_URL = re.compile(r"\b0?1([/-])0?1\b")


def _by_htmldate(tree: Tree, url: str, latest: datetime | None) -> str | None:
    bound = "2100-01-01" if latest is None else latest.date().isoformat()
    found = find_date(tree, url=url, original_date=True, max_date=bound)
    # Of the copyright in a page's foot it makes the first of January.
    return (
        None if found and found.endswith(_NEW_YEAR) and not _NEW_YEAR_IN_URL.search(url) else found
    )


def _is_on(text: str, day: str) -> bool:
    """Whether a time names an hour of a day, by its own clock."""
    moment = times.parse(text)
    return moment is not None and moment.time() != time.min and moment.date().isoformat() == day


# --- authors ---------------------------------------------------------------------------------

# By whom Yoast's tags for Twitter say that it was written, in the languages of its labels.
_WRITTEN_BY = re.compile(
    r"(?:written by|verfasst von|geschrieben von|von|by|autore?|author|écrit par|escrito por|"
    r"scritto da|geschreven door|napisane przez|skrevet av|skriven av|författare)\s*:?",
    re.IGNORECASE,
)


def _authors(
    node: jsonld.Node,
    known: Mapping[str, jsonld.Node],
    meta: _Meta,
    microdata: _Meta,
    tree: Tree,
    sites: Iterable[str],
) -> tuple[str, ...]:
    """Return the names from the first place that gives a person's.

    Where none does, an agency, the outlet, its newsroom or the name of a login is all that is
    known.
    """
    places: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: jsonld.names(node.get("author"), known) or jsonld.names(node.get("creator"), known),
        lambda: (*_of(meta, _AUTHORS), *_labelled(meta)),
        lambda: microdata.get("author", ()),
    )
    outlets = {clean.line(site).casefold() for site in sites}
    rest: list[str] = []
    named: tuple[str, ...] = ()
    for place in places:
        given = tuple(place())
        found = people.authors(given)
        if any(_is_person(name, outlets) for name in found):
            # Some give the first author alone, and all of them elsewhere.
            more = set(named) <= set(found) and all(" " in name for name in found)
            named = found if not named or more else named
        rest += found or people.newsrooms(given)
    if named:
        return named
    return bylines.authors(tree) or tuple(dict.fromkeys(rest[:1]))


def _labelled(meta: _Meta) -> Iterator[str]:
    for label, said in (("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")):
        if any(_WRITTEN_BY.fullmatch(text.strip()) for text in meta.get(label, ())):
            yield from meta.get(said, ())


def _is_person(name: str, outlets: Container[str]) -> bool:
    """Whether a name is neither the outlet's, nor an agency's, nor that of a login."""
    if name.casefold() in outlets or agency.sign_off(name) or agency.is_filler(name):
        return False
    return not name.isascii() or " " in name or not (name.islower() or "_" in name)
