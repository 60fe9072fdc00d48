"""The labelled sets for copies and stories: gzipped JSON lines, read in place, in two halves."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from aggregator.core import times, urls
from aggregator.errors import NotFound
from aggregator.evaluation.corpora import Half, digest, half_of

__all__ = ["Document", "LabelledSet", "documents", "find", "halves", "is_there", "rows"]

_END: Final = ".jsonl.gz"
_WIRE: Final = "provenance-wire-dev"


@dataclass(frozen=True, slots=True)
class Document:
    """One article of a set; `label` names its true group, and is "" where the set has none.

    `published_at` is in UTC, or None where nothing is known.
    """

    id: str
    half: Half
    label: str
    title: str
    text: str
    language: str | None
    published_at: datetime | None
    outlet: str


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """One file of gzipped JSON lines."""

    name: str
    path: Path

    def sha256(self) -> str:
        """The digest of the file, which says whether two figures are of the same data."""
        return digest(self.path)


def find(folder: Path, name: str) -> LabelledSet:
    """The set of this name in `folder`; raises NotFound where it is not there."""
    path = folder / f"{name}{_END}"
    if not is_there(folder, name):
        message = f"no data set {name} in {folder}: AGGREGATOR_CORPORA names the folder above it"
        raise NotFound(message)
    return LabelledSet(name, path)


def is_there(folder: Path, name: str) -> bool:
    """Whether the set of this name is in `folder`."""
    return (folder / f"{name}{_END}").is_file()


def rows(data: LabelledSet) -> list[dict[str, Any]]:
    """The rows of a set as they are."""
    with gzip.open(data.path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def documents(data: LabelledSet) -> list[Document]:
    """All articles of a set, in its order, each with the half that it is in."""
    found = rows(data)
    return [_document(row, half) for row, half in zip(found, halves(data.name, found), strict=True)]


def halves(name: str, found: Sequence[Mapping[str, Any]]) -> list[Half]:
    """Which half each row of the set `name` is in.

    By its group, so that none is torn; in ecbplus by its topic, so that events that look alike
    stay together; where there are no groups by its id. Of the two events of the wire copies, which
    would be in one half, the first is developed on.
    """
    if name == _WIRE:
        first = found[0]["cluster"] if found else ""
        return [list(Half)[int(row["cluster"] != first)] for row in found]
    key = _KEYS.get(name, _group)
    return [half_of(key(row)) for row in found]


def _group(row: Mapping[str, Any]) -> str:
    return str(row.get("cluster") or row.get("id") or row.get("pair_id"))


def _id(row: Mapping[str, Any]) -> str:
    return str(row["id"])


def _topic(row: Mapping[str, Any]) -> str:
    return str(row["id"]).partition("_")[0]


_KEYS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = MappingProxyType(
    {"ecbplus": _topic, "gnad10k-test": _id, "frontpages-de-2026": _id}
)


def _document(row: Mapping[str, Any], half: Half) -> Document:
    return Document(
        id=str(row["id"]),
        half=half,
        label=str(row.get("cluster") or ""),
        title=row.get("title") or "",
        text=row.get("text") or "",
        language=row.get("lang") or None,
        published_at=_moment(row.get("date")),
        outlet=row.get("source") or urls.host(row.get("url") or ""),
    )


def _moment(written: str | None) -> datetime | None:
    """A time in UTC; one without an offset is taken to be in UTC."""
    found = times.parse(written) if written else None
    return found and found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
