"""An archive of somebody's own articles, clustered in a database in memory."""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aggregator.cli.lines import BadLine, Fields, WrongType, parse
from aggregator.cli.text import line
from aggregator.executors.protocol import WorkerFailed
from aggregator.model import Article
from aggregator.pipeline.collection import prepare

if TYPE_CHECKING:
    from aggregator.executors.protocol import Executor
    from aggregator.pipeline.collection import Collection
    from aggregator.storage.articles import Extracted

__all__ = ["Archive", "Kept", "Readable", "fingerprinted"]

# Before this year a time's text no longer sorts as the time does.
_FIRST_YEAR: Final = 1000


@dataclass(frozen=True, slots=True)
class Readable:
    """A line that can be used; its id is kept, as JSON, in the article's url."""

    fields: Fields
    article: Article
    outlet: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A line with all that clustering needs of it."""

    extracted: "Extracted"
    outlet: str


# --- from lines to fingerprints --------------------------------------------------------------


def read(number: int, raw: bytes | None) -> Readable | BadLine:
    """Understand one line of an archive."""
    fields = parse(number, raw)
    if isinstance(fields, BadLine):
        return fields
    try:
        return _readable(fields)
    except WrongType as error:
        return fields.bad("bad_field", str(error))


def _readable(fields: Fields) -> Readable | BadLine:
    title, lead, text = (fields.text(name) for name in ("title", "lead", "text"))
    if fields.id is None:
        return fields.bad("bad_id", "id is missing")
    if not title.strip() and not text.strip():
        return fields.bad("no_text", "title and text are missing or empty")
    article = Article(
        url=json.dumps(fields.id),
        canonical_url=f"line:{fields.number:012}",
        title=title,
        lead=lead,
        text=text,
        language=fields.text("language") or None,
        published_at=_time(fields.text("published_at")),
    )
    return Readable(fields, article, line(fields.text("outlet")))


def _time(written: str) -> datetime | None:
    """A time in UTC, where no offset is given taken to be in UTC; raises WrongType."""
    from aggregator.core import times

    if not written.strip():
        return None
    moment = times.parse(written)
    try:
        if moment is not None and moment.year > _FIRST_YEAR:
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        pass
    message = "published_at is no time"
    raise WrongType(message)


async def fingerprinted(
    pool: "Executor", batch: Sequence[tuple[int, bytes | None]]
) -> list[Kept | BadLine]:
    """Read and fingerprint numbered lines in a worker, one by one where that fails for all."""
    lines = [read(*numbered) for numbered in batch]
    usable = [each for each in lines if isinstance(each, Readable)]
    made = await pool.run(prepare, tuple(each.article for each in usable))
    if isinstance(made, WorkerFailed) and len(batch) > 1:
        return [one for numbered in batch for one in await fingerprinted(pool, [numbered])]
    if isinstance(made, WorkerFailed):
        return [each.fields.bad(f"worker_{made.reason}", made.detail) for each in usable]
    done = iter(made)
    return [each if isinstance(each, BadLine) else Kept(next(done), each.outlet) for each in lines]


# --- in the database -------------------------------------------------------------------------


@dataclass(slots=True)
class Archive:
    """What was read, in the order of the lines; the texts are in the collection alone.

    `placed` has each line's article id, 0 for one that could not be used.
    """

    collection: "Collection"
    placed: "array[int]" = field(default_factory=lambda: array("q"))
    bad: list[BadLine] = field(default_factory=list)

    def keep(self, batch: Sequence[Kept | BadLine]) -> None:
        """Keep one batch in one transaction."""
        with self.collection.db.write():
            for each in batch:
                if isinstance(each, BadLine):
                    self.placed.append(0)
                    self.bad.append(each)
                else:
                    self.placed.append(self.collection.add(each.extracted, each.outlet))

    def results(self) -> Iterator[dict[str, object]]:
        """The documented line of output for every line; groups and stories count from 1."""
        rows, bad = self.collection.placements(), iter(self.bad)
        groups: dict[int, int] = {}
        stories: dict[int, int] = {}
        for article_id in self.placed:
            if article_id:
                row = next(rows)
                yield {
                    "id": json.loads(row.url),
                    "copy_group": groups.setdefault(row.copy_group_id, len(groups) + 1),
                    "story": stories.setdefault(row.story_id, len(stories) + 1),
                }
            else:
                yield _as_error(next(bad))


def _as_error(bad: BadLine) -> dict[str, object]:
    error = {"line": bad.number, "reason": bad.reason, "detail": bad.detail}
    return {"id": bad.id, "error": error}
