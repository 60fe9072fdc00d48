"""The command that writes what there is to files for other programs: export."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from aggregator.cli.files import atomically, renewed
from aggregator.cli.opml import export_feeds
from aggregator.cli.options import (
    database_option,
    examples,
    feeds_option,
    filter_options,
    reading,
)
from aggregator.cli.text import complain, counted
from aggregator.errors import UsageError
from aggregator.storage.readers import Filter

if TYPE_CHECKING:
    from aggregator.model.contract import Value, View
    from aggregator.storage.database import Database

__all__ = ["export"]

_FORMATS: Final = ("jsonl", "csv", "parquet")
_STANDARD_OUTPUT: Final = Path("-")


@dataclass(frozen=True, slots=True)
class _Place:
    """Behind which change to begin: a number, or the file that keeps one for the next time."""

    behind: int | None = None
    bookmark: Path | None = None

    def require_new(self, target: Path | None) -> None:
        """Raise UsageError for what would lose what came before.

        A file that has what was new then, and nothing else has, is not replaced by what is now.
        """
        if None not in {self.bookmark, self.behind}:
            message = "--bookmark keeps the number for --from-seq: give one of them"
            raise UsageError(message)
        if self != _Place() and target is not None and target.is_file():
            message = f"{target} is there already, with what was new then: name another file"
            raise UsageError(message)

    def found(self, db: "Database", view: str) -> int | None:
        """The number to begin behind; None to begin at the beginning.

        Raises UsageError for a bookmark of another view: what was new in this one would be missed.
        """
        from aggregator.storage import exporting

        if self.bookmark is None or not self.bookmark.exists():
            return self.behind
        line, _, kept = self.bookmark.read_text("utf-8", "replace").strip().partition("\n")
        behind = exporting.found_again(db, line)
        if kept not in {"", view}:
            message = f"{self.bookmark} is the bookmark of {kept}: name another file for {view}"
            raise UsageError(message)
        return behind

    def keep(self, db: "Database", view: str) -> None:
        """Where the next time begins, once all is written."""
        from aggregator.storage import exporting
        from aggregator.storage.wal import settle

        if self.bookmark is not None:
            settle(db.path)
            renewed(self.bookmark, f"{exporting.bookmark(db)}\n{view}\n".encode())


def _resuming(command: Callable[..., None]) -> Callable[..., None]:
    """Add --from-seq and --bookmark, and hand them over as `place`."""

    @wraps(command)
    def resumed(*, behind: int | None, bookmark: Path | None, **others: object) -> None:
        command(place=_Place(behind, bookmark), **others)

    number = click.option(
        "--from-seq",
        "behind",
        metavar="SEQ",
        type=click.IntRange(0),
        help="Only what a change behind this number names.",
    )
    file = click.option(
        "--bookmark",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The file that keeps the number for --from-seq from one time to the next.",
    )
    return number(file(resumed))


@click.command(
    epilog=examples(
        "aggregator export > feeds.opml",
        "aggregator export articles --to articles.parquet",
        "aggregator export stories --since 7d --language de --to stories.csv",
        "aggregator export articles --outlet Tagesschau | jq .title",
        "aggregator export articles --bookmark last.seq --to articles-$(date +%F).parquet",
    )
)
@click.argument("what", required=False)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=lambda _context, _option, value: None if value == _STANDARD_OUTPUT else value,
    help="The file to write, replaced in one step at the end. Default: standard output (-).",
)
@click.option(
    "--format",
    "named",
    type=click.Choice(_FORMATS),
    help="What to write. Default: what the file's name ends in, else jsonl.",
)
@_resuming
@filter_options
@feeds_option
@database_option
def export(
    *,
    what: str | None,
    target: Path | None,
    named: str | None,
    place: "_Place",
    chosen: Filter,
    feeds: Path,
    db: Path,
) -> None:
    """Write a view of the database as JSON Lines, CSV or Parquet; without WHAT, the feeds as OPML.

    WHAT is the name of a view, as "aggregator schema" lists them: articles, stories, copy_groups,
    article_versions, changes and others. All of it is of one moment, whatever a run writes
    meanwhile, and it takes no more memory for a larger database. With a filter come the rows of
    articles that pass, and the stories and copy groups that have one.

    In CSV a text that a spreadsheet would run as a formula has an apostrophe before it. Parquet
    needs an extra: pip install 'aggregator[parquet]'.
    """
    if what is None:
        if target or named or place != _Place() or chosen != Filter():
            message = "the list of feeds has no format, filter or file: aggregator export > FILE"
            raise UsageError(message)
        export_feeds(feeds, db)
        return
    form = named or _by_name(target)
    place.require_new(target)
    from aggregator.storage import changes, exporting

    view = exporting.view(what)
    if place != _Place():
        exporting.require_followed(view)
    with reading(db) as database, database.snapshot():
        newest = changes.last(database)
        found = exporting.rows(database, view, chosen, behind=place.found(database, what))
        with closing(found):
            rows = _Counted(found)
            _write(_encoder(form)(view, rows), target)
        place.keep(database, what)
    if target is not None:
        complain(f"{target}: {counted(rows.number, 'row')} of {view.name}, up to change {newest}")


def _by_name(target: Path | None) -> str:
    ending = "" if target is None else target.suffix.removeprefix(".").lower()
    return ending if ending in _FORMATS else "jsonl"


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: "Iterable[Sequence[Value]]") -> None:
        """Begin at none."""
        self._rows = rows
        self.number = 0

    def __iter__(self) -> "Iterator[Sequence[Value]]":
        """Give each."""
        for row in self._rows:
            self.number += 1
            yield row


def _encoder(form: str) -> "Callable[[View, Iterable[Sequence[Value]]], Iterator[bytes]]":
    """What makes bytes of rows; each home is imported by need."""
    if form == "parquet":
        from aggregator.output.parquet import parquet

        return lambda view, rows: parquet(view.columns, rows, {"view": view.name})
    from aggregator.output import tables

    encode = tables.csv if form == "csv" else tables.jsonl
    return lambda view, rows: encode(view.columns, rows)


def _write(pieces: Iterable[bytes], target: Path | None) -> None:
    with _opened(target) as file:
        for piece in pieces:
            file.write(piece)


@contextmanager
def _opened(target: Path | None) -> Iterator[BinaryIO]:
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    with atomically(target) as file:
        yield file
