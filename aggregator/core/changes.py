"""Decides of each entry in a feed whether it is new, changed or the same as before."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from aggregator.core.dates import believable
from aggregator.core.urls import is_front_page
from aggregator.model import Change, Entry, EntryChange, ParsedFeed

__all__ = ["decide", "strangers"]

_NONE: Mapping[str, str] = MappingProxyType({})


def strangers(parsed: ParsedFeed, known: Mapping[str, str]) -> tuple[str, ...]:
    """Give the canonical links of entries under unknown keys, where no other entry leads there.

    An entry on file that led there may be the same one, come back under another id; but a front
    page tells none from another.
    """
    leading = Counter(map(_telling_link, parsed.entries))
    links = (_telling_link(entry) for entry in parsed.entries if entry.key not in known)
    return tuple(link for link in links if link is not None and leading[link] == 1)


def decide(
    parsed: ParsedFeed,
    known: Mapping[str, str],
    now: datetime,
    *,
    by_link: Mapping[str, str] = _NONE,
) -> tuple[EntryChange, ...]:
    """Compare every entry with `known` (entry key → content hash); the order stays.

    An entry is known by its key, so that one whose headline was edited is changed, not new. One
    under an unknown key is taken for one on file, and given back under the key it has there, if
    that one is no longer in the feed and leads to the same page (`by_link`: the `strangers` →
    key), or if neither has a link that tells anything and both say the same. A time more than a
    day in the future of `now` is not believed and left out.
    """
    keys = _keys(parsed, known, by_link)
    return tuple(
        EntryChange(
            _believed(entry if key == entry.key else replace(entry, key=key), now),
            _change(known.get(key), entry.content_hash),
            renamed=key != entry.key,
        )
        for entry, key in zip(parsed.entries, keys, strict=True)
    )


def _keys(
    parsed: ParsedFeed, known: Mapping[str, str], by_link: Mapping[str, str]
) -> Iterator[str]:
    """Give each entry's key, or the one on file that it was known by; none twice."""
    present = {entry.key for entry in parsed.entries}
    by_words = _missing_by_words(parsed, known, present)
    for entry in parsed.entries:
        key: str | None = entry.key
        if entry.key not in known:
            link = _telling_link(entry)
            key = by_words.get(entry.content_hash) if link is None else by_link.get(link)
        yield entry.key if key is None or key in present else key


def _missing_by_words(
    parsed: ParsedFeed, known: Mapping[str, str], present: set[str]
) -> dict[str, str]:
    """Content hash → key on file, of unknown entries without a link; unless it means several."""
    saying = Counter(
        entry.content_hash
        for entry in parsed.entries
        if entry.key not in known and _telling_link(entry) is None
    )
    if not saying:
        return {}
    missing = [(digest, key) for key, digest in known.items() if key not in present]
    uses = Counter(digest for digest, _ in missing)
    return {digest: key for digest, key in missing if saying[digest] == uses[digest] == 1}


def _telling_link(entry: Entry) -> str | None:
    link = entry.canonical_link
    return None if link is None or is_front_page(link) else link


def _believed(entry: Entry, now: datetime) -> Entry:
    published, updated = entry.published_at, entry.updated_at
    believed = believable(published, now), believable(updated, now)
    if believed == (published, updated):
        return entry
    return replace(entry, published_at=believed[0], updated_at=believed[1])


def _change(before: str | None, now: str) -> Change:
    if before is None:
        return Change.NEW
    return Change.SAME if before == now else Change.CHANGED
