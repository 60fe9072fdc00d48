"""Bounds the entries of any kind of feed, then gives each its key and its content hash."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from xxhash import xxh3_64_hexdigest, xxh3_128_hexdigest

from aggregator.core import clean
from aggregator.core.urls import as_base, identity, is_front_page, without_twins
from aggregator.model import Entry, Rejected

__all__ = ["MOST_ENTRIES", "Bounded", "Draft", "bounded", "finish"]

MOST_ENTRIES: Final = 10_000
_LONGEST_TITLE: Final = 5_000
_MOST_NAMES: Final = 200
# Twice what a feed may weigh by default, and of a larger one twice its own length: resolved links
# make a text longer, but not by that much.
_MOST_CHARACTERS: Final = 20_000_000
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


class Bounded(NamedTuple):
    """A feed's title and drafts, none of them beyond measure, and what was cut or left out."""

    title: str
    drafts: tuple[Draft, ...]
    warnings: tuple[str, ...]


def bounded(title: str, drafts: Iterable[Draft], url: str, size: int) -> Bounded | Rejected:
    """Cut what no title, list of tags or list of authors is, of a feed at `url`.

    `size` is its own length. A feed that would be kept as far more than was sent is Rejected,
    before the rest of it is made.
    """
    most, sum_of_all = max(_MOST_CHARACTERS, 2 * size), 0
    kept: list[Draft] = []
    cuts: Counter[str] = Counter()
    for draft in drafts:
        fitting = _cut(draft, cuts)
        kept.append(fitting)
        sum_of_all += _size(fitting)
        if sum_of_all > most:
            detail = f"its {size:,} characters would be kept as more than {most:,}"
            return Rejected("parse", "overloaded", f"{detail}: nobody writes feeds so")
    cuts["feed"] += len(title) > _LONGEST_TITLE
    return Bounded(_short(title), tuple(kept), tuple(_told(cuts, url)))


def _cut(draft: Draft, cuts: Counter[str]) -> Draft:
    fits = len(draft.title) <= _LONGEST_TITLE
    if fits and len(draft.tags) <= _MOST_NAMES and len(draft.authors) <= _MOST_NAMES:
        return draft
    cuts["title"] += not fits
    cuts["tags"] += len(draft.tags) > _MOST_NAMES
    cuts["authors"] += len(draft.authors) > _MOST_NAMES
    return replace(
        draft,
        title=_short(draft.title),
        tags=draft.tags[:_MOST_NAMES],
        authors=draft.authors[:_MOST_NAMES],
    )


def _short(title: str) -> str:
    return title[:_LONGEST_TITLE].rstrip()


def _told(cuts: Counter[str], url: str) -> Iterator[str]:
    if not as_base(url):
        yield "its address is too long to stand before relative links: those are left out"
    if cuts["feed"]:
        yield f"cut to {_LONGEST_TITLE:,} characters: its own title"
    if times := cuts["title"]:
        yield f"cut to {_LONGEST_TITLE:,} characters: the title of {times} entries"
    for name in ("tags", "authors"):
        if times := cuts[name]:
            yield f"cut to the first {_MOST_NAMES}: the {name} of {times} entries"


def _size(draft: Draft) -> int:
    """What is kept of it in characters; the link stands there in its canonical form too."""
    texts = (draft.title, draft.summary, draft.content, draft.image or "")
    links = 2 * len(draft.link or "")
    return sum(map(len, (*texts, *draft.authors, *draft.tags)), links)


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
