"""From a page, or the text in a feed, to a clean article: the one home of trafilatura."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from itertools import accumulate
from typing import Final

import trafilatura
from lxml import html as lxml_html

from aggregator.core import (
    agency,
    clean,
    dateline,
    headline,
    language,
    lead,
    leftout,
    metadata,
    nonarticle,
    page,
    people,
    phrases,
    scripted,
    siterules,
    times,
    urls,
    writers,
)
from aggregator.core.agency import Credit
from aggregator.core.blocks import Block, Line, lines, render
from aggregator.core.boilerplate import Stripped, strip
from aggregator.core.initials import join_initials
from aggregator.core.metadata import Metadata
from aggregator.core.nonarticle import Seen
from aggregator.core.page import Tree
from aggregator.core.region import Placed, flatten, layout_tables, place
from aggregator.core.runon import parted
from aggregator.core.siterules import Dropped
from aggregator.model import Article, Entry, PhraseRule, Rejected, Removed, SiteRule
from aggregator.settings import ExtractSettings

__all__ = ["article", "from_entry"]

_LETTERS_PER_WORD: Final = 8
_PARAGRAPH_LETTERS: Final = 60
_FEW_LINES: Final = 3
_HALF: Final = 0.5
# From here on stand the scripts that say with one letter what others do with three.
_WIDE: Final = "\u2e80"
_MUCH: Final = 0.2
_ANY_SITE: Final = SiteRule()


@dataclass(frozen=True, slots=True)
class _Source:
    """What an article is made from, besides its blocks."""

    url: str
    canonical_url: str
    meta: Metadata
    entry: Entry | None
    site: SiteRule = _ANY_SITE
    title: str = ""
    page: Sequence[Line] = ()
    dropped: Dropped = field(default_factory=Dropped)


def article(
    html: bytes | str,
    url: str,
    *,
    entry: Entry | None,
    rules: Sequence[PhraseRule],
    settings: ExtractSettings,
    content_type: str = "",
    site: SiteRule = _ANY_SITE,
) -> Article | Rejected:
    """Extract the article on a page at `url`; Rejected (stage "extract") says why there is none.

    `entry` fills in what the page does not say; `site` is what is known of its outlet's pages.
    """
    try:
        opened = _opened(html, content_type, site)
        if isinstance(opened, Rejected):
            return opened
        return _article(opened, _Source(url, url, Metadata(), entry, site), rules, settings)
    # Pages can make the libraries raise nearly anything: that is this page's failure.
    except Exception as error:  # noqa: BLE001
        return _broken(error)


def from_entry(
    entry: Entry,
    url: str,
    *,
    rules: Sequence[PhraseRule],
    settings: ExtractSettings,
    site: SiteRule = _ANY_SITE,
    identity: str | None = None,
) -> Article | Rejected:
    """Make the article from the text that the entry itself carries.

    `identity` is what it goes by where that is not its link.
    """
    try:
        carried = page.fit_for_xml(entry.content or entry.summary)
        if too_much := page.overload(carried):
            return Rejected("extract", "overloaded", f"{too_much}: no text of one article has them")
        root = lxml_html.fragment_fromstring(carried or "<p></p>", create_parent="body")
        shown = lines(root)
        summary = clean.words(entry.summary) if entry.content else ""
        meta = Metadata(declared=(entry.title,), descriptions=(summary,) if summary else ())
        # A summary beside the full text is its lead, unless it is only how the text begins.
        above = (Line(Block("paragraph", summary, -1), root),) if summary else ()
        source = _Source(
            url, identity or urls.canonicalise(url), meta, entry, site, page=(*above, *shown)
        )
        return _finished([Placed(line.block) for line in shown], source, rules, settings)
    except Exception as error:  # noqa: BLE001 - as above
        return _broken(error)


def _broken(error: Exception) -> Rejected:
    detail = clean.line(f"{type(error).__name__}: {error}"[:300])
    return Rejected("extract", "extractor_error", detail)


def _opened(html: bytes | str, content_type: str, site: SiteRule) -> Tree | Rejected:
    """The page as a tree, or why it is none."""
    said = clean.line(content_type)
    if isinstance(html, bytes) and page.looks_binary(html):
        return Rejected("extract", "not_html", f"no HTML but {said or 'other content'}")
    text = page.decode(html, content_type) if isinstance(html, bytes) else html
    if text.strip() and "<" not in text:
        return Rejected("extract", "not_html", f"no markup: {said or 'type not told'}")
    text = siterules.replaced(text, site)
    if too_much := page.overload(text):
        return Rejected("extract", "overloaded", f"{too_much}: no page of one article has them")
    tree = page.parse(text)
    return Rejected("extract", "empty", "the page has no content") if tree is None else tree


def _article(
    tree: Tree, source: _Source, rules: Sequence[PhraseRule], settings: ExtractSettings
) -> Article | Rejected:
    meta = _told(metadata.read(tree, source.url), tree, source.site)
    title = next(iter(siterules.texts(source.site.titles, tree)), "")
    canonical_url = metadata.canonical(tree, source.url)
    dropped = siterules.drop(tree, source.site)
    kept = siterules.keep(tree, source.site)
    join_initials(tree)
    _flatten(tree)
    shown = lines(tree)
    if scripted.is_bare(shown) and scripted.unfold(tree):
        shown = lines(tree)
    if source.entry is None or source.entry.published_at is None:
        meta = _dated(meta, tree, source.url, shown)
    placed = _body(tree, shown) if kept is None else _kept(kept)
    known = replace(
        source, canonical_url=canonical_url, meta=meta, title=title, page=shown, dropped=dropped
    )
    return _finished(placed, known, rules, settings)


def _told(meta: Metadata, tree: Tree, site: SiteRule) -> Metadata:
    """What the page says of itself, first of all in the places that a rule of its site names."""
    written = siterules.texts(site.authors, tree)
    said = siterules.texts(site.dates, tree) if site.dates else ()
    published = times.first(said, zone=meta.zone)
    return replace(
        meta,
        authors=people.authors(written) or meta.authors,
        published_at=_published(published, meta.published_at),
    )


def _dated(meta: Metadata, tree: Tree, url: str, shown: Sequence[Line]) -> Metadata:
    """What the page says, with the day that is told below the headline, or found by htmldate.

    Where machines are told the day alone, the hour is what a reader sees.
    """
    said = meta.published_at
    if said is not None and said.time() != time.min:
        return meta
    below = dateline.below_headline(
        [line.block.text for line in shown], (*meta.shown, *meta.declared), meta.zone
    )
    if said is None:
        return replace(meta, published_at=metadata.day(tree, url, below=below, zone=meta.zone))
    agrees = below is not None and below.astimezone(meta.zone or UTC).date() == said.date()
    return replace(meta, published_at=below) if agrees else meta


def _kept(tree: Tree) -> list[Placed]:
    """The blocks of what a rule of the site says is the article: all where nothing is found."""
    _flatten(tree)
    shown = lines(tree)
    return _body(tree, shown) or [Placed(line.block) for line in shown]


def _flatten(tree: Tree) -> None:
    """Turn tables that lay out the page into divisions, unless most of the text is lost so."""
    if not (tables := layout_tables(tree)):
        return
    before = sum(len(block.text) for block in _found(tree))
    changed = flatten(tables)
    if sum(len(block.text) for block in _found(tree)) < _HALF * before:
        for element, tag in changed:
            element.tag = tag


def _body(tree: Tree, raw: Sequence[Line]) -> list[Placed]:
    """The blocks of the article as trafilatura finds them, set right by what the page shows."""
    found = _found(tree)
    return place(parted(found, raw), raw) if found else []


def _found(tree: Tree) -> list[Block]:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found = trafilatura.bare_extraction(tree, include_comments=False, with_metadata=False)
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    return [line.block for line in lines(found.body)]


def _finished(
    placed: Sequence[Placed],
    source: _Source,
    rules: Sequence[PhraseRule],
    settings: ExtractSettings,
) -> Article | Rejected:
    """Clean the blocks and put the article together."""
    every, placed = placed, [each for each in placed if not each.left_out]
    whole = " ".join(each.block.text for each in placed)
    entry = source.entry
    tags = (*source.meta.languages, entry.language if entry else None, source.site.language)
    spoken = language.choose(tags, whole)
    if settings.languages and spoken not in settings.languages:
        return Rejected("extract", "wrong_language", f"its language is {spoken or 'unknown'}")
    title = headline.without_outlet(
        source.title, source.meta.sites, source.meta.shown
    ) or headline.choose(source.meta, entry.title if entry else "")
    rules = phrases.book(rules, source.site.phrases)
    titles = (title, *source.meta.shown, *source.meta.declared)
    stripped = strip(placed, rules, spoken, headlines=titles, authors=source.meta.authors)
    stripped = leftout.beside(stripped, every)
    blocks = [each.block for each in every]
    stripped = replace(
        stripped,
        removed=siterules.beside(stripped.removed, blocks, source.page, source.dropped),
        places=siterules.among_all(stripped.places, blocks, source.page, source.dropped),
    )
    above, kept = lead.part(
        stripped.kept,
        source.page,
        descriptions=_descriptions(source),
        titles=titles,
        is_text=lambda block: bool(strip((Placed(block),), rules, spoken).kept),
        authors=source.meta.authors,
    )
    stripped = replace(stripped, removed=leftout.without(stripped.removed, above))
    above = _credited(above, stripped, rules, spoken)
    made = _made(source, title, above, kept, stripped, spoken)
    lacking = _lacking(made, placed, kept, settings)
    seen = Seen(source.page, kept, (*titles, source.meta.window), source.meta.kinds, source.url)
    if found := nonarticle.judge(seen, rules, has_text=lacking is None) or lacking:
        return found
    paywalled = nonarticle.is_paywalled(free=source.meta.free, seen=seen, rules=rules)
    return replace(made, paywalled=paywalled)


def _lacking(
    made: Article, placed: Sequence[Placed], kept: Sequence[Block], settings: ExtractSettings
) -> Rejected | None:
    """What is missing for an article, or None."""
    if (len(placed) > _FEW_LINES or not kept) and not any(map(_is_paragraph, kept)):
        return Rejected("extract", "no_article", "there is no paragraph of running text on it")
    # Scripts without spaces have no words to count, but letters.
    words = max(made.word_count, len(made.lead + made.text) // _LETTERS_PER_WORD)
    if words < settings.min_words:
        detail = f"{words} words, fewer than {settings.min_words}"
        return Rejected("extract", "too_short", detail)
    return None


def _is_paragraph(block: Block) -> bool:
    wide = sum(sign >= _WIDE for sign in block.text[:_PARAGRAPH_LETTERS])
    return len(block.text) + 2 * wide >= _PARAGRAPH_LETTERS


def _credited(
    above: str, stripped: Stripped, rules: Sequence[PhraseRule], spoken: str | None
) -> str:
    """The lead without the agency's dateline or sign-off in it, which are remembered."""
    parted = strip([Placed(Block("paragraph", above, -1))] if above else (), rules, spoken)
    stripped.agencies[:0] = parted.agencies
    stripped.initials[:0] = parted.initials
    stripped.removed[:0] = parted.removed
    return " ".join(block.text for block in parted.kept)


def _made(
    source: _Source,
    title: str,
    above: str,
    kept: Sequence[Block],
    stripped: Stripped,
    spoken: str | None,
) -> Article:
    meta, entry = source.meta, source.entry
    signed = Credit(tuple(stripped.agencies), tuple(stripped.initials))
    places = writers.places(meta, stripped.bylines, (title, *meta.shown), source.page, entry)
    credit = writers.credited(places, signed, meta)
    return Article(
        url=source.url,
        canonical_url=source.canonical_url,
        title=title,
        text=render(kept),
        lead=above,
        authors=credit.initials,
        agency=agency.join(credit.agencies),
        language=spoken,
        published_at=_published(meta.published_at, _entry_time(entry)),
        updated_at=meta.updated_at or (entry.updated_at if entry else None),
        image=meta.image or (entry.image if entry else None),
        spared=_spared(stripped.spared, kept),
        removed=tuple(stripped.removed),
        places=_places(kept, stripped),
    )


def _spared(spared: Sequence[Removed], kept: Sequence[Block]) -> str | None:
    """What looks like boilerplate in the text, if that is much of it: how much, and why."""
    share = sum(len(each.text) for each in spared) / max(1, sum(len(each.text) for each in kept))
    if share < _MUCH:
        return None
    why = ", ".join(dict.fromkeys(each.reason for each in spared))
    return f"{len(spared)} blocks, {min(share, 1):.0%} of the text: {why}"


def _places(kept: Iterable[Block], stripped: Stripped) -> tuple[int, ...]:
    """Where the lines of the text stand among all blocks; the lead is no longer with them."""
    known = {id(block): at for block, at in zip(stripped.kept, stripped.places, strict=True)}
    # What was changed since stands where the block before it does.
    return tuple(accumulate(kept, lambda at, block: known.get(id(block), at), initial=0))[1:]


def _descriptions(source: _Source) -> tuple[str, ...]:
    """What the page and the feed say the article is about."""
    teaser = clean.words(source.entry.summary) if source.entry else ""
    return (*source.meta.descriptions, *([teaser] if teaser else ()))


def _published(said: datetime | None, by_feed: datetime | None) -> datetime | None:
    """When it was published as was said first; where that is but a day, the other has the hour."""
    if said is None or by_feed is None:
        return said or by_feed
    return by_feed if said.time() == time.min and times.near(said, by_feed) else said


def _entry_time(entry: Entry | None) -> datetime | None:
    return None if entry is None else entry.published_at or entry.updated_at
