"""The data sets: zips of pages with what others say of them, read in place, split in two halves."""

import hashlib
import html
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from aggregator.core import urls
from aggregator.errors import NotFound

__all__ = ["DataSet", "Half", "Page", "Truth", "digest", "find", "half_of", "page", "pages"]

# Those we know come first, the nearest to our readers at the top; others follow by name.
_ORDER: Final = (
    "fundus-dev",
    "trafilatura-eval",
    "scrapinghub",
    "wcxb-dev-articles",
    "mozilla-readability",
    "cleanportaleval",
    "htmldate-default-rest",
    "htmldate-mediacloud",
)
# By what is said of the set its truth has neither lead nor title.
_WITHOUT_LEADS: Final = frozenset({"scrapinghub"})
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TWO: Final = 2


class Half(StrEnum):
    """Which half of a set a page belongs to: one may be looked at, the other is only measured.

    A figure may be of both together.
    """

    DEVELOPED = "developed on"
    HELD_BACK = "not developed on"
    BOTH = "both halves"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a page; None and empty where the set does not say.

    `text` is the whole body, with its lead where it `counts_lead`; `wanted` and `unwanted` are
    pieces of it and of the rest of the page. `published_at` is only known where its zone is.
    """

    text: str | None = None
    counts_lead: bool = True
    lead: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    day: date | None = None
    language: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a set."""

    of: str
    id: str
    url: str
    site: str
    half: Half
    html: bytes
    truth: Truth


@dataclass(frozen=True, slots=True)
class DataSet:
    """One zip: html/*.html, and gt.jsonl with a row for each page."""

    name: str
    path: Path

    def sha256(self) -> str:
        """The digest of the file, which says whether two figures are of the same data."""
        return digest(self.path)

    def rows(self) -> list[dict[str, Any]]:
        """What is said of each page."""
        with zipfile.ZipFile(self.path) as opened:
            return [json.loads(line) for line in opened.read("gt.jsonl").splitlines()]


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def find(folder: Path, names: Sequence[str] = ()) -> list[DataSet]:
    """The sets in `folder`, all or those with these names; raises NotFound where one is absent."""
    there = {path.stem: DataSet(path.stem, path) for path in folder.glob("*.zip")}
    known = [name for name in _ORDER if name in there]
    ordered = [*known, *sorted(set(there) - set(known))]
    if not ordered:
        message = f"no data sets in {folder}: set AGGREGATOR_CORPORA to the folder that holds them"
        raise NotFound(message)
    if strange := [name for name in names if name not in there]:
        message = f"no data set {', '.join(strange)} in {folder}; there are {', '.join(ordered)}"
        raise NotFound(message)
    return [there[name] for name in ordered if not names or name in names]


def half_of(site: str) -> Half:
    """The half that the pages of a site are in."""
    return list(Half)[hashlib.sha256(site.encode()).digest()[0] % _TWO]


def pages(data: DataSet) -> Iterator[Page]:
    """All pages of a set, in its order."""
    with zipfile.ZipFile(data.path) as opened:
        for row in data.rows():
            yield page(data.name, row, opened.read(row.get("file") or f"html/{row['id']}.html"))


def page(of: str, row: dict[str, Any], body: bytes) -> Page:
    """A page from its row in the set `of` and its bytes."""
    url = row.get("url") or ""
    # What is no address ("hard::...") stands for itself.
    host = urls.host(url)
    site = (urls.registrable(host) if host else url) or row["id"]
    return Page(of, row["id"], url, site, half_of(site), body, _truth(of, row))


def _truth(of: str, row: dict[str, Any]) -> Truth:
    text = row.get("text")
    language = row.get("lang")
    return Truth(
        text=html.unescape(text) if text else None,
        counts_lead=of not in _WITHOUT_LEADS,
        lead="\n".join(_list(row.get("summary"))),
        title=row.get("title") or "",
        authors=_list(row.get("authors") or row.get("author")),
        published_at=_moment(row.get("datetime")),
        day=_day(row.get("date")),
        language=language if language != "und" else None,
        wanted=_list(row.get("with")),
        unwanted=_list(row.get("without")),
    )


def _list(found: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(found, str):
        return (found,) if found.strip() else ()
    return tuple(each for each in found or () if isinstance(each, str) and each.strip())


def _moment(found: Any) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    """A time with its zone, or None."""
    try:
        moment = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _day(found: Any) -> date | None:  # noqa: ANN401 - whatever JSON holds
    """A whole day, or None: sets also hold months, and days that never were."""
    parts = _DAY.match(found) if isinstance(found, str) else None
    try:
        return date(*map(int, parts.groups())) if parts else None
    except ValueError:
        return None
