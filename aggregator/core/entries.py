"""Finishes the entries of any kind of feed: gives each its key and its content hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xxhash import xxh3_128_hexdigest

from aggregator.core.urls import canonicalise
from aggregator.model import Entry

__all__ = ["Draft", "finish"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry as its feed gave it, before it has a key; `id` is "" where the feed gives none."""

    id: str
    link: str | None
    title: str
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None


def finish(drafts: Sequence[Draft], language: str | None) -> tuple[Entry, ...]:
    """Give each draft its key: its id, else its canonical link, else a hash of its words.

    Of entries with one key the first keeps it, if they are the same article; others are told
    apart by their link, so that a feed that gives all its entries one id loses none.
    """
    seen: dict[str, str | None] = {}
    entries: list[Entry] = []
    for draft in drafts:
        key = _key(draft)
        if key in seen:
            if _address(draft) == seen[key]:
                continue
            key = f"{key}#{_address(draft) or _words_hash(draft)}"
            if key in seen:
                continue
        seen[key] = _address(draft)
        entries.append(_entry(draft, key, language))
    return tuple(entries)


def _key(draft: Draft) -> str:
    return draft.id or _address(draft) or _words_hash(draft)


def _address(draft: Draft) -> str | None:
    return canonicalise(draft.link) if draft.link else None


def _words_hash(draft: Draft) -> str:
    return xxh3_128_hexdigest(f"{draft.title}\n{draft.summary}".encode())


def _entry(draft: Draft, key: str, language: str | None) -> Entry:
    parts = (draft.title, draft.summary, draft.content, _address(draft) or "")
    return Entry(
        key=key,
        link=draft.link,
        title=draft.title,
        content_hash=xxh3_128_hexdigest("\x00".join(parts).encode()),
        summary=draft.summary,
        content=draft.content,
        authors=draft.authors,
        tags=draft.tags,
        language=draft.language or language,
        image=draft.image,
        published_at=draft.published_at,
        updated_at=draft.updated_at,
    )
