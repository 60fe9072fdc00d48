"""Prints one piece: its address, its page in each edition, its feed entry and the truth of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.demo import pages, texts
from aggregator.demo.content import FeedSpec, Outlet, Piece, Story
from aggregator.demo.feed_formats import Item
from aggregator.demo.truth import ArticleTruth

__all__ = ["Desk", "Printed", "prepare"]

_RETITLED_AGO = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Desk:
    """An outlet at its address `home` (it ends in a slash), at the time `now`."""

    outlet: Outlet
    home: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Printed:
    """One piece as its outlet publishes it; of its `body`, the boilerplate is in the truth too."""

    desk: Desk
    ordinal: int
    body: pages.Body
    truth: ArticleTruth

    @property
    def path(self) -> str:
        """The path of its URL."""
        return "/" + self.truth.url.removeprefix(self.desk.home)

    def title(self, edition: int) -> str:
        """Its headline in `edition`."""
        return self.truth.title if edition == 1 else self.truth.title_after

    def modified(self, edition: int) -> datetime:
        """When it was last changed, seen in `edition`."""
        if self.title(edition) == self.truth.title:
            return self.truth.published_at
        return (self.desk.now - _RETITLED_AGO).replace(second=0, microsecond=0)

    def page(self, edition: int) -> bytes:
        """The article page as it is in `edition`."""
        meta = pages.Meta(
            url=self.truth.url,
            home=self.desk.home,
            title=self.title(edition),
            lead=self.truth.lead,
            published=self.truth.published_at,
            modified=self.modified(edition),
            authors=self.truth.authors,
            agency=self.truth.agency,
        )
        outlet = self.desk.outlet
        return pages.page(outlet, meta, self.body, pages.Headlines(outlet, self.ordinal + 2))

    def item(self, edition: int, feed: FeedSpec) -> Item:
        """The entry for it in one of the outlet's feeds."""
        outlet = self.desk.outlet
        number = pages.number(outlet, self.truth.title)
        return Item(
            id=f"tag:{outlet.id}.example,2020:{number}",
            link=f"{self.truth.url}?{feed.tracking}" if feed.tracking else self.truth.url,
            title=self.title(edition),
            summary=self.truth.lead,
            published=self.truth.published_at,
            modified=self.modified(edition),
            html=self.body.html,
            authors=self.truth.authors,
        )


def prepare(desk: Desk, story: Story, piece: Piece, ordinal: int) -> Printed:
    """Print `piece`, the outlet's article number `ordinal`."""
    text = texts.compose(story, piece, desk.outlet, desk.now)
    body = pages.body(desk.outlet, piece, text, pages.Headlines(desk.outlet, ordinal))
    return Printed(desk, ordinal, body, _truth(desk, story, piece, text, body))


def _truth(
    desk: Desk, story: Story, piece: Piece, text: texts.Composed, body: pages.Body
) -> ArticleTruth:
    outlet, wire = desk.outlet, piece.wire
    path = pages.article_path(outlet, text.title, text.published)
    agency = wire.agency if wire else None
    credit = pages.credit(outlet, agency)
    return ArticleTruth(
        url=desk.home.rstrip("/") + path,
        outlet=outlet.name,
        language=outlet.language,
        story=story.id,
        kind="wire copy" if wire else "independent",
        wire=wire.id if wire else None,
        share=_share(piece, text),
        title=text.title,
        title_after=text.new_title,
        lead=text.lead,
        paragraphs=tuple(block.text for block in text.blocks if block.kind == "paragraph"),
        kept=tuple(
            string for block in text.blocks if block.kind == "list" for string in block.strings
        ),
        planted=(*body.planted, credit) if credit else body.planted,
        agency=agency,
        authors=piece.authors,
        published_at=text.published,
        edition=piece.edition,
        series=story.series,
    )


def _share(piece: Piece, text: texts.Composed) -> float:
    """How much of its wire text, in words, the piece carries."""
    if piece.wire is None:
        return 1.0
    own = len(piece.intro.split()) + len(piece.dateline.split())
    return min(1.0, (texts.words(text.blocks) - own) / texts.words(texts.parse(piece.wire.text)))
