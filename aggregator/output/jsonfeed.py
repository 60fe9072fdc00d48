"""Stories as a JSON Feed (version 1.1)."""

import json
from typing import Final

from aggregator.output.story_text import as_html, as_plain, figures
from aggregator.output.syndication import (
    StoryItem,
    Syndication,
    Text,
    printable,
    timestamp,
    web_address,
)

__all__ = ["json_feed"]

_VERSION: Final = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Syndication) -> bytes:
    """A JSON Feed in UTF-8; the same feed always gives the same bytes.

    What the format has no place for stands in each item's `_aggregator`: the story's number, its
    figures, and the reports of each text.
    """
    document = _filled(
        version=_VERSION,
        title=feed.title,
        home_page_url=feed.home_url,
        feed_url=feed.self_url,
        language=feed.language,
        _aggregator={"id": feed.id, "updated_at": timestamp(feed.updated_at)},
        items=[_item(each) for each in feed.items],
    )
    return printable(json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _item(item: StoryItem) -> dict[str, object]:
    published = item.published_at
    return _filled(
        id=item.id,
        url=web_address(item.url),
        title=item.title,
        summary=figures(item),
        content_html=as_html(item),
        content_text=as_plain(item),
        date_published=None if published is None else timestamp(published),
        date_modified=timestamp(item.updated_at),
        authors=[{"name": name} for name in item.outlets],
        tags=list(item.tags),
        language=item.language,
        _aggregator={
            "story": item.story_id,
            "outlets": item.outlet_count,
            "articles": item.article_count,
            "texts": item.text_count,
            "copies": [_text(each) for each in item.texts],
        },
    )


def _text(text: Text) -> dict[str, object]:
    return {
        "copy_group": text.copy_group_id,
        "agency": text.agency,
        "more": text.more,
        "reports": [
            {
                "article": each.article_id,
                "outlet": each.outlet,
                "title": each.title,
                "url": each.url,
                "published_at": None if each.published_at is None else timestamp(each.published_at),
            }
            for each in text.reports
        ],
    }


def _filled(**fields: object) -> dict[str, object]:
    """An object without the optional fields that have nothing in them."""
    return {
        name: value
        for name, value in fields.items()
        if value not in (None, [], "") or name == "items"
    }
