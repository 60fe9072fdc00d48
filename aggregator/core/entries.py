"""Finishes the entries of any kind of feed: gives each its key and its content hash."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xxhash import xxh3_64_hexdigest, xxh3_128_hexdigest

from aggregator.core import clean
from aggregator.core.urls import identity, is_front_page, without_twins
from aggregator.model import Entry

__all__ = ["MOST_ENTRIES", "Draft", "finish"]

MOST_ENTRIES = 10_000
_LONGEST_ID = 500
# So many words in a row are no chance: they name an entry without its headline.
_ENOUGH_WORDS = 8
# Clean text holds no control characters, so parts joined by one cannot run into each other.
_SEPARATOR = "\x1f"


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

    A link to a front page is none here: every entry may have it.

    Where several share a key, all of them are told apart by their links, or else their titles:
    never by their place, which shifts with every new entry. What then is still equal is the same
    entry given twice, and only its first is kept. `language` is the feed's.
    """
    addresses = [without_twins(draft.link) if draft.link else "" for draft in drafts]
    names = [_names(draft, address) for draft, address in zip(drafts, addresses, strict=True)]
    uses = [Counter(level) for level in zip(*names, strict=True)]
    finished: dict[str, Entry] = {}
    for draft, address, levels in zip(drafts, addresses, names, strict=True):
        unique = (name for name, used in zip(levels, uses, strict=True) if used[name] == 1)
        key = next(unique, levels[-1])
        if key not in finished:
            finished[key] = _entry(draft, key, address, language)
    return tuple(finished.values())


def _names(draft: Draft, address: str) -> tuple[str, str, str]:
    """Give keys for a draft, each telling more apart than the one before."""
    short = draft.id if len(draft.id) <= _LONGEST_ID else xxh3_128_hexdigest(draft.id.encode())
    key = short or ("" if is_front_page(address) else address) or _words_hash(draft)
    with_link = f"{key}#{xxh3_64_hexdigest(address.encode())}"
    title = draft.title or _words_hash(draft)
    return key, with_link, f"{with_link}#{xxh3_64_hexdigest(title.encode())}"


def _words_hash(draft: Draft) -> str:
    """Name what has neither id nor link by its text, so that its headline may be edited."""
    text = clean.words(draft.summary or draft.content)
    title = "" if len(text.split()) >= _ENOUGH_WORDS else draft.title
    return xxh3_128_hexdigest(_SEPARATOR.join((title, text)).encode())


def _content_hash(draft: Draft, address: str) -> str:
    """Name what an entry says: its words and where it leads.

    Markup does not count, since counting pixels and advertisements in it differ at every request;
    nor, where an id tells the entry from others, does the link's query, where sessions stand.
    """
    texts = (draft.title, clean.words(draft.summary), clean.words(draft.content))
    where = address.partition("?")[0] if draft.id else address
    return xxh3_128_hexdigest(_SEPARATOR.join((*texts, where)).encode())


def _entry(draft: Draft, key: str, address: str, language: str | None) -> Entry:
    return Entry(
        key=key,
        link=draft.link,
        title=draft.title,
        content_hash=_content_hash(draft, address),
        summary=draft.summary,
        content=draft.content,
        authors=draft.authors,
        tags=draft.tags,
        language=draft.language or language,
        image=draft.image,
        published_at=draft.published_at,
        updated_at=draft.updated_at,
        canonical_link=identity(address) if address else None,
    )
