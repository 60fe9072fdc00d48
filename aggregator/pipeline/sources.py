"""Where each article's text is taken from, and in whose queue it waits meanwhile."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from aggregator.core import fulltext
from aggregator.core.fulltext import Carrying, Plan
from aggregator.core.urls import host
from aggregator.model import Failed, Fetched, Hop, PhraseRule, Rejected, SiteRule
from aggregator.model import FetchResult as Page
from aggregator.pipeline.queues import by_host
from aggregator.pipeline.work import TextJob
from aggregator.settings import ExtractSettings
from aggregator.storage import fulltext as kept
from aggregator.storage.articles import Extracted
from aggregator.storage.database import Database
from aggregator.storage.entries import PendingEntry

__all__ = ["Brought", "learn", "planned", "queued", "text_job"]

_PAGES_PER_HOST: Final = 200
_HOSTS_OF_EACH_FEED: Final = 2


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of an entry: its text, or the reason for none; `page` is what that came from."""

    text: Extracted | Failed | Rejected
    page: Page | Rejected | None = None
    hops: Sequence[Hop] = ()


def planned(db: Database, waiting: Sequence[PendingEntry]) -> tuple[Plan, Carrying]:
    """Where to take the text of the article from that all of `waiting` lead to, and why.

    What is known of the feed is nothing where the operator decided for it.
    """
    known = _known(db, waiting[0])
    return _plan(waiting, known), known


def learn(db: Database, item: PendingEntry, plan: Plan, brought: Brought) -> None:
    """Keep what an article tells of its feed. Call inside `write()`."""
    text = brought.text
    if item.source.text != "auto" or plan == "page":
        return
    measured = text.measured if isinstance(text, Extracted) else None
    if measured is not None or plan == "measure":
        kept.keep(db, item.feed_id, fulltext.after_measure(_known(db, item), measured))
    elif isinstance(text, Extracted):
        kept.keep(db, item.feed_id, fulltext.after_taking(_known(db, item)))


def _known(db: Database, item: PendingEntry) -> Carrying:
    return kept.load(db, item.feed_id) if item.source.text == "auto" else Carrying()


def _plan(waiting: Sequence[PendingEntry], known: Carrying) -> Plan:
    first = waiting[0]
    shared = sum(item.feed_id == first.feed_id for item in waiting) > 1
    return fulltext.plan(first.entry, first.source.text, known, shared=shared)


def text_job(
    item: PendingEntry,
    page: Fetched | None,
    site: SiteRule,
    rules: Sequence[PhraseRule],
    settings: ExtractSettings,
) -> TextJob:
    """What a worker needs to make the article of an entry, with its page where that was fetched."""
    spoken = replace(site, language=item.entry.language or item.source.language)
    measured = page is not None and item.source.text == "auto"
    own = item.own_identity
    return TextJob(item.entry, item.url, page, spoken, rules, settings, own, measured)


# --- queues ----------------------------------------------------------------------------------


def queued(
    db: Database, waiting: Iterable[list[PendingEntry]]
) -> dict[str, deque[list[PendingEntry]]]:
    """Each item by the host that will be asked; by its feed where the feed's own text is enough.

    Of a long queue of pages the rest is left for the next run: no host may hold up the others.
    """
    every = kept.every(db)
    named = ((item, _plan(item, every[item[0].feed_id]) != "feed") for item in waiting)
    queues = by_host(_placed(named))
    return {name: _shortened(queue) for name, queue in queues.items()}


def _placed(
    waiting: Iterable[tuple[list[PendingEntry], bool]],
) -> Iterator[tuple[str, tuple[list[PendingEntry], bool]]]:
    """Name each item's queue; with it comes whether it will ask for a page.

    A feed that leads to ever other hosts has them asked one after the other but for the first few:
    by their number alone it would have all hands, and all workers, to itself.
    """
    side_by_side: dict[int, set[str]] = {}
    for item, asks in waiting:
        first = item[0]
        name, known = host(first.url), side_by_side.setdefault(first.feed_id, set())
        if asks and (name in known or len(known) < _HOSTS_OF_EACH_FEED):
            known.add(name)
            yield name, (item, asks)
        else:
            yield first.source.url, (item, asks)


def _shortened(queue: Iterable[tuple[list[PendingEntry], bool]]) -> deque[list[PendingEntry]]:
    queue = list(queue)
    pages = accumulate(asks for _, asks in queue)
    fits = ((item, n) for (item, _), n in zip(queue, pages, strict=True))
    return deque(item for item, n in fits if n <= _PAGES_PER_HOST)
