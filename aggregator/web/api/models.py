"""The JSON that is answered: what `readers` gives, field by field as the commands name it.

Fields are never taken away or given another meaning within v1; others may be added.
"""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Article",
    "ArticleSummary",
    "CopyGroup",
    "CopyMember",
    "Decision",
    "Listing",
    "Page",
    "Removed",
    "SearchHit",
    "Shape",
    "Story",
    "StorySummary",
    "Version",
]

Item = TypeVar("Item")


class Shape(BaseModel):
    """What all have in common: made from a value's fields, and never changed."""

    model_config = ConfigDict(from_attributes=True, frozen=True, extra="ignore")


class _Items(Shape):
    """What is named after what it has: a page of stories is a StorySummaryPage."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The name in the description of the API."""
        return f"{params[0].__name__}{cls.__name__}"


class Listing(_Items, Generic[Item]):
    """A whole list."""

    items: tuple[Item, ...] = Field(description="All there is, in its order.")
    seq: int = Field(description="The last change that this list knows.")


class Page(_Items, Generic[Item]):
    """One page of a list."""

    items: tuple[Item, ...] = Field(description="What is on this page, in its order.")
    next: str | None = Field(
        description="The `cursor` with which to ask for the next page; null on the last one."
    )
    seq: int = Field(
        description="The last change that this page knows: follow `changes` from the `seq` of the "
        "first page, and you miss nothing."
    )


# --- stories ---------------------------------------------------------------------------------


class StorySummary(Shape):
    """All that is reported on one event, without its articles."""

    id: int = Field(description="The story's number; it keeps it, and it is never given again.")
    title: str = Field(description="An editor's title where one gave it, else the computed one.")
    first_published_at: datetime | None = Field(description="When its first article was published.")
    last_published_at: datetime | None = Field(description="When its newest article was published.")
    article_count: int = Field(description="How many articles it has.")
    outlet_count: int = Field(description="How many outlets report it.")
    copy_group_count: int = Field(description="How many independent texts it has.")
    computed_title: str = Field(description="The title that was computed.")
    pinned: bool = Field(description="Whether an editor pinned it to the top.")
    hidden: bool = Field(description="Whether an editor hid it from lists.")


class ArticleSummary(Shape):
    """One outlet's report, without its text."""

    id: int = Field(description="The article's number.")
    title: str = Field(description="Its headline.")
    url: str = Field(description="Where it was fetched.")
    outlet: str = Field(description="Who published it.")
    agency: str | None = Field(description="The agency or agencies that it credits.")
    language: str | None = Field(description="Its language, a BCP 47 tag.")
    published_at: datetime | None = Field(description="When it was published.")
    fetched_at: datetime = Field(description="When its text was fetched.")
    word_count: int = Field(description="Words in lead and text.")
    copy_group_id: int | None = Field(description="Its copy group; null until it is compared.")
    story_id: int | None = Field(description="Its story; null until it is compared.")


class CopyMember(Shape):
    """What one article of a copy group of several took over from those before it."""

    article_id: int = Field(description="The article.")
    earliest: bool = Field(description="Whether it was the first of its group.")
    taken: float | None = Field(
        description="The share of its words that stand in those before it too (0 to 1)."
    )
    added_words: int | None = Field(description="Words that stand in none before it.")
    cut_words: int | None = Field(description="Words of `reference_id` that it leaves out.")
    reference_id: int | None = Field(description="The fullest article before it.")
    partner_id: int | None = Field(description="The article that it resembles most.")
    rule: str | None = Field(description="Why the two are copies.")
    jaccard: float | None = Field(description="Of all their word triples, how many both have.")
    containment: float | None = Field(
        description="Of the shorter one's word triples, how many the longer one has."
    )


class CopyGroup(Shape):
    """One text with all articles that carry it, the earliest first."""

    id: int = Field(description="The copy group's number; never given again.")
    agency: str | None = Field(description="The agency or agencies that the text is credited to.")
    article_count: int = Field(description="How many articles carry the text.")
    outlet_count: int = Field(description="How many outlets carry it.")
    first_article_id: int | None = Field(description="The article that was published first.")
    likeness: float | None = Field(
        description="Likeness (0 to 1) to the group that it resembles most in its story."
    )
    shared_terms: tuple[str, ...] = Field(description="Telling terms that it shares with that.")
    articles: tuple[ArticleSummary, ...] = Field(description="Its articles.")
    members: tuple[CopyMember, ...] = Field(
        description="What each took over; empty where there is but one."
    )


class Decision(Shape):
    """What an editor laid down."""

    id: int = Field(description="The decision's number; never given again.")
    at: datetime = Field(description="When it was made.")
    author: str = Field(description="Who made it.")
    kind: Literal["together", "apart", "pin", "rename", "hide"] = Field(description="What.")
    level: Literal["copies", "story"] | None = Field(
        description="Whether articles are together or apart as copies or in one story."
    )
    articles: tuple[int, ...] = Field(description="The articles it speaks of.")
    others: tuple[int, ...] = Field(description="What `articles` are apart from.")
    gone: tuple[str, ...] = Field(description="Addresses of articles that are no longer there.")
    story_id: int | None = Field(description="The story that is pinned, renamed or hidden.")
    title: str | None = Field(description="The title that a rename gives.")
    undone_at: datetime | None = Field(description="When it was taken back.")
    undone_by: str | None = Field(description="Who took it back.")
    outranked: bool = Field(description="Whether newer decisions hold instead.")


class Story(StorySummary):
    """A story with its copy groups, those with most articles first, and what was decided."""

    copy_groups: tuple[CopyGroup, ...] = Field(description="Its texts.")
    decisions: tuple[Decision, ...] = Field(description="What editors decided of it.")


# --- articles --------------------------------------------------------------------------------


class Removed(Shape):
    """A block that was stripped from an article's page."""

    text: str = Field(description="What it said.")
    reason: str = Field(description="Why it was stripped.")
    position: int = Field(description="Its place among all blocks from 0; -1 for the lead.")


class Article(ArticleSummary):
    """An article whole."""

    canonical_url: str = Field(description="The address that identifies it.")
    lead: str = Field(description="Its standfirst; empty where it has none.")
    text: str = Field(
        description="Its text: paragraphs parted by a newline, an item of a list begins with `- `."
    )
    authors: tuple[str, ...] = Field(description="The authors' names.")
    updated_at: datetime | None = Field(description="When the outlet says it was last changed.")
    image: str | None = Field(description="The address of its picture.")
    paywalled: bool | None = Field(
        description="Whether not all of it can be read without paying; null where nothing tells."
    )
    spared: str | None = Field(description="What of it looks like boilerplate but was kept.")
    text_from: Literal["page", "feed"] = Field(description="Where its text came from.")
    gone_at: datetime | None = Field(
        description="When its outlet had taken the page back (410); null while it is there."
    )
    removed: tuple[Removed, ...] = Field(description="What was stripped, in its order.")
    copies: tuple[ArticleSummary, ...] = Field(description="The others of its copy group.")


class Version(Shape):
    """What an article said from `seen_at` on."""

    article_id: int = Field(description="The article.")
    version: int = Field(description="Counts from 1; the highest is the present one.")
    title: str = Field(description="Its headline then.")
    lead: str = Field(description="Its standfirst then.")
    text: str = Field(description="Its text then.")
    seen_at: datetime = Field(description="When this was first seen.")
    updated_at: datetime | None = Field(description="When the outlet said it was changed.")
    cause: str = Field(
        description="Why there is this version: `first`, `revised` (by its outlet), `source` (its "
        "text comes from the page and not the feed, or the other way round) or `merged`."
    )


class SearchHit(ArticleSummary):
    """An article that a search found."""

    snippet: str = Field(description="Where it was found, the matches in square brackets.")
