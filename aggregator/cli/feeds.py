"""The command that shows how the feeds are."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import click

from aggregator.cli.causes import Trouble, show_troubles
from aggregator.cli.options import (
    as_json,
    database_option,
    examples,
    feeds_option,
    optional_config,
    present,
    reading,
)
from aggregator.cli.text import counted, local, say, say_json, screen_width, table
from aggregator.core.fulltext import Carrying, reason
from aggregator.core.health import Diagnosis, unknown
from aggregator.core.urls import without_credentials
from aggregator.model import FeedSource
from aggregator.storage import feed_health
from aggregator.storage.feed_health import FeedHealth
from aggregator.storage.readers import FeedRow

if TYPE_CHECKING:
    from aggregator.storage.subscriptions import Standing

__all__ = ["feeds"]

_HUB_WORDS: Final = MappingProxyType(
    {
        "asked": "polled as usual; asked to be told of news by",
        "active": "told of news by",
        "denied": "polled as usual; not told of news by",
        "lapsed": "polled as usual; no longer told of news by",
    }
)
_FROM: Final = MappingProxyType({"feed": "the feed, no page is fetched", "page": "pages"})


@click.command(epilog=examples("aggregator feeds"))
@feeds_option
@database_option
@as_json
def feeds(*, feeds: Path, db: Path, as_json: bool) -> None:
    """Show how each feed is, and what to do about those that are not well.

    When it last succeeded, when its turn is next, whether its texts are taken from its pages or
    from the feed itself and why, and a diagnosis: moved, gone, blocked, a page
    instead of a feed, silent against its rhythm, and more. A feed in the file that was never asked
    is "new"; one taken out of the file is "unlisted". Feeds that share a cause are shown together.
    """
    config = optional_config(feeds)
    with reading(db) as database:
        found = feed_health.every(database, present())
    found += _new(found, () if config is None else config.feeds)
    if as_json:
        say_json([_as_object(each) for each in found])
    else:
        _show(found)


def _new(found: Iterable[FeedHealth], sources: Iterable[FeedSource]) -> list[FeedHealth]:
    """Feeds in the file that no run has seen yet."""
    known = {each.feed.url for each in found if each.feed.listed}
    rows = (
        FeedRow(
            url=url,
            outlet=source.outlet,
            language=source.language,
            tags=source.tags,
            text_source=source.text,
            text_from="feed" if source.text == "feed" else "page",
            paused=source.paused,
        )
        for source in sources
        if (url := without_credentials(source.url)) not in known
    )
    return [
        FeedHealth(row, unknown(paused=row.paused), text_why=reason(row.text_source, Carrying()))
        for row in rows
    ]


def _as_object(each: FeedHealth) -> dict[str, object]:
    """The documented keys."""
    found = each.diagnosis
    return {
        **asdict(each.feed),
        "health": "unlisted" if found is None else found.code,
        "diagnosis": None if found is None else found.sentence,
        "detail": None if found is None else found.detail,
        "action": None if found is None else found.action,
        "until": None if found is None else found.until,
        "text_why": "; ".join(filter(None, (each.text_why.sentence, each.text_why.detail))),
        "subscription": None if each.hub is None else asdict(each.hub),
    }


# --- for people ------------------------------------------------------------------------------


def _show(found: Sequence[FeedHealth]) -> None:
    rows = [_row(each.feed, each.diagnosis) for each in found]
    headers = ("OUTLET", "STATE", "TEXT", "LAST SUCCESS", "NEXT TURN", "FEED")
    say(table(headers, rows, screen_width()))
    known = [(each.feed, each.diagnosis) for each in found if each.diagnosis]
    waiting = [pair for pair in known if pair[1].code == "waiting"]
    ill = [pair for pair in known if pair[1].code not in {"ok", "new", "paused", "waiting"}]
    _show_block("Not well", ill)
    _show_block("Paused", [pair for pair in known if pair[1].code == "paused"])
    _show_block("Waiting, since their publishers want it", waiting)
    _show_hubs([(each.feed, each.hub) for each in found if each.hub])
    _show_texts([each for each in found if each.feed.listed and each.feed.id])


def _row(feed: FeedRow, found: Diagnosis | None) -> tuple[str, ...]:
    return (
        feed.outlet,
        "unlisted" if found is None else found.code,
        feed.text_from,
        local(feed.last_success_at),
        local(feed.next_poll_at) if _has_turn(feed, found) else "-",
        feed.url,
    )


def _has_turn(feed: FeedRow, found: Diagnosis | None) -> bool:
    return found is not None and feed.status == "active" and not feed.paused


def _show_block(title: str, pairs: Sequence[tuple[FeedRow, Diagnosis]]) -> None:
    if not pairs:
        return
    say(f"\n{title} ({counted(len(pairs), 'feed')}):")
    show_troubles(
        Trouble(feed.outlet, feed.url, found.sentence, _detail(found), found.action)
        for feed, found in pairs
    )


def _show_hubs(pairs: Sequence[tuple[FeedRow, "Standing"]]) -> None:
    if not pairs:
        return
    say(f"\nHubs ({counted(len(pairs), 'feed')}):")
    show_troubles(
        Trouble(feed.outlet, feed.url, f"{_HUB_WORDS[hub.state]} {hub.hub}", _of_hub(hub))
        for feed, hub in pairs
    )


def _show_texts(found: Sequence[FeedHealth]) -> None:
    """Say of each feed where its articles' texts are taken from, and why."""
    if not found:
        return
    say("\nTexts are taken from:")
    show_troubles(
        Trouble(
            each.feed.outlet,
            each.feed.url,
            f"{_FROM[each.feed.text_from]}: {each.text_why.sentence}",
            each.text_why.detail,
        )
        for each in sorted(found, key=lambda each: each.feed.text_from)
    )


def _of_hub(hub: "Standing") -> str:
    bound = f"until {local(hub.expires_at)}" if hub.state == "active" else ""
    brought = f"last delivery {local(hub.last_delivery_at)}" if hub.deliveries else ""
    again = "" if hub.state == "active" else f"asked again {local(hub.next_try_at)}"
    return "; ".join(filter(None, (bound, brought, hub.error, again)))


def _detail(found: Diagnosis) -> str:
    until = f"not before {local(found.until)}" if found.until else ""
    return "; ".join(filter(None, (found.detail, until)))
