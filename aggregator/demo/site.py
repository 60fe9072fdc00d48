"""Builds the whole newsroom for a time: what every address answers, the feeds, the truth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from string import Template

from aggregator.demo import pages, texts
from aggregator.demo.content import BadEntry, BadFeed, Content, FeedSpec, FeedTrouble
from aggregator.demo.feed_formats import Channel, Item, write
from aggregator.demo.press import Desk, Printed, prepare
from aggregator.demo.server import Resource
from aggregator.demo.truth import BadEntryTruth, FeedTruth, Truth
from aggregator.model import FeedSource

__all__ = ["EDITIONS", "Paths", "Site", "build", "hosts"]

EDITIONS = (1, 2)

Paths = Mapping[tuple[str, str], Resource]

_PICTURE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9">
<rect width="16" height="9" fill="#bcd"/><circle cx="12" cy="3" r="1.5" fill="#fe9"/>
<path d="M0 9 5 4 9 7 12 5 16 9Z" fill="#576"/></svg>"""
_STATUS: Mapping[FeedTrouble, int] = {
    "html": 200,
    "slow": 200,
    "gone": 410,
    "missing": 404,
    "error": 500,
}


@dataclass(frozen=True, slots=True)
class Site:
    """`editions` gives, for edition 1 and 2, the resource of each host and path."""

    editions: tuple[Paths, ...]
    feeds: tuple[FeedSource, ...]
    truth: Truth


def hosts(content: Content) -> tuple[str, ...]:
    """The names of all hosts: the outlets' ids, then the outlets whose only feed is bad."""
    good = tuple(outlet.id for outlet in content.outlets)
    return (*good, *(feed.outlet for feed in content.bad_feeds))


def build(content: Content, homes: Mapping[str, str], now: datetime, slow: float) -> Site:
    """Build the newsroom as of `now`.

    `homes` gives the address of each host, ending in a slash; `slow` is how many seconds the slow
    feed takes. Raises ConfigError where the content contradicts itself.
    """
    desks = [Desk(outlet, homes[outlet.id], now) for outlet in content.outlets]
    booths = [_booth(content, desk) for desk in desks]
    bad = [_bad_feed(content, feed, slow) for feed in content.bad_feeds]
    editions = [dict(_answers(booths, edition)) for edition in EDITIONS]
    for resources in editions:
        resources.update(bad)
    truth = Truth(
        articles=tuple(printed.truth for booth in booths for printed in booth.printed),
        feeds=(
            *(truth for booth in booths for truth in _feed_truths(booth, editions)),
            *(_bad_feed_truth(feed, homes) for feed in content.bad_feeds),
        ),
        bad_entries=tuple(
            BadEntryTruth(booth.url(entry), booth.desk.outlet.name, entry.trouble)
            for booth in booths
            for entry in booth.bad_entries
        ),
        furniture={outlet.name: pages.furniture(outlet) for outlet in content.outlets},
    )
    good = (source for booth in booths for source in _sources(booth.desk))
    sources = (*good, *(_bad_source(feed, homes) for feed in content.bad_feeds))
    return Site(tuple(editions), sources, truth)


@dataclass(frozen=True, slots=True)
class _Booth:
    """One outlet with all that it prints, in both editions."""

    desk: Desk
    printed: tuple[Printed, ...]
    bad_entries: tuple[BadEntry, ...]
    section: str

    def in_edition(self, edition: int) -> tuple[Printed, ...]:
        """What is out in `edition`, newest first."""
        out = [printed for printed in self.printed if printed.truth.edition <= edition]
        return tuple(sorted(out, key=lambda printed: printed.truth.published_at, reverse=True))

    def url(self, entry: BadEntry) -> str:
        """Where the bad `entry` leads."""
        return f"{self.desk.home}{'rubrik' if entry.trouble == 'section' else 'artikel'}/" + (
            pages.slug(entry.title)
        )


def _booth(content: Content, desk: Desk) -> _Booth:
    pieces = (
        (story, piece)
        for story in content.stories
        for piece in story.pieces
        if piece.outlet == desk.outlet.id
    )
    return _Booth(
        desk=desk,
        printed=tuple(
            prepare(desk, story, piece, ordinal) for ordinal, (story, piece) in enumerate(pieces)
        ),
        bad_entries=tuple(entry for entry in content.bad_entries if entry.outlet == desk.outlet.id),
        section=content.section,
    )


# --- what the addresses answer ---------------------------------------------------------------


def _answers(booths: list[_Booth], edition: int) -> Iterator[tuple[tuple[str, str], Resource]]:
    for booth in booths:
        host = booth.desk.outlet.id
        for printed in booth.in_edition(edition):
            yield (host, printed.path), _page(printed, edition)
        for feed in booth.desk.outlet.feeds:
            yield (host, feed.path), _feed(booth, feed, edition)
        for entry in booth.bad_entries:
            if entry.trouble == "section":
                path = "/" + booth.url(entry).removeprefix(booth.desk.home)
                yield (host, path), _section(booth, entry.title, edition)
        yield (host, "/"), _section(booth, booth.desk.outlet.name, edition)
        yield (host, "/bild/motiv.svg"), Resource(_PICTURE, "image/svg+xml")


def _page(printed: Printed, edition: int) -> Resource:
    outlet = printed.desk.outlet
    return Resource(
        printed.page(edition),
        f"text/html; charset={outlet.declared_charset or outlet.charset}",
        modified=printed.modified(edition),
    )


def _feed(booth: _Booth, feed: FeedSpec, edition: int) -> Resource:
    desk = booth.desk
    items = [printed.item(edition, feed) for printed in booth.in_edition(edition)]
    items += [_bad_item(booth, entry) for entry in booth.bad_entries]
    updated = max(item.modified for item in items)
    channel = Channel(
        title=feed.title or desk.outlet.name,
        home=desk.home,
        url=desk.home.rstrip("/") + feed.path,
        language=desk.outlet.language,
        updated=updated,
    )
    body, content_type = write(feed.format, channel, tuple(items))
    return Resource(body, content_type, validators=feed.validators, modified=updated)


def _bad_item(booth: _Booth, entry: BadEntry) -> Item:
    desk = booth.desk
    time = texts.moment(entry.begins, desk.now, desk.outlet.utc_offset).astimezone(UTC)
    url = booth.url(entry)
    return Item(
        id=url, link=url, title=entry.title, summary=entry.title, published=time, modified=time
    )


def _section(booth: _Booth, title: str, edition: int) -> Resource:
    """A page that only lists headlines."""
    desk = booth.desk
    teasers = "\n".join(
        f'<li><a href="{printed.path}">{escape(printed.title(edition))}</a></li>'
        for printed in booth.in_edition(edition)
    )
    html = Template(booth.section).substitute(
        language=desk.outlet.language,
        title=escape(title),
        name=escape(desk.outlet.name),
        canonical=desk.home,
        teasers=teasers,
    )
    return Resource(html.encode())


def _bad_feed(content: Content, feed: BadFeed, slow: float) -> tuple[tuple[str, str], Resource]:
    parked = Template(content.parked).substitute(name=feed.outlet, language=feed.language)
    resource = Resource(parked.encode(), status=_STATUS[feed.trouble], validators="none")
    if feed.trouble == "slow":
        resource = replace(resource, delay=slow)
    return (feed.outlet, feed.path), resource


# --- feeds and the truth of them -------------------------------------------------------------


def _sources(desk: Desk) -> Iterator[FeedSource]:
    outlet = desk.outlet
    for feed in outlet.feeds:
        url = desk.home.rstrip("/") + feed.path
        yield FeedSource(url, outlet.name, outlet.language, outlet.tags, outlet.text)


def _bad_source(feed: BadFeed, homes: Mapping[str, str]) -> FeedSource:
    url = homes[feed.outlet].rstrip("/") + feed.path
    return FeedSource(url, feed.outlet, feed.language)


def _feed_truths(
    booth: _Booth, editions: list[dict[tuple[str, str], Resource]]
) -> Iterator[FeedTruth]:
    outlet = booth.desk.outlet
    extra = len(booth.bad_entries)
    first, second = (len(booth.in_edition(edition)) + extra for edition in EDITIONS)
    for feed in outlet.feeds:
        before, after = (resources[outlet.id, feed.path].body for resources in editions)
        url = booth.desk.home.rstrip("/") + feed.path
        yield FeedTruth(url, outlet.name, feed.format, (first, second), changed=before != after)


def _bad_feed_truth(feed: BadFeed, homes: Mapping[str, str]) -> FeedTruth:
    url = homes[feed.outlet].rstrip("/") + feed.path
    return FeedTruth(url, feed.outlet, None, (0, 0), trouble=feed.trouble)
