"""What several commands share: their options, and how they open the database and the feeds."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from aggregator.core.since import moment
from aggregator.errors import DatabaseError
from aggregator.settings import Settings
from aggregator.storage.readers import Filter

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.storage.database import Database

__all__ = [
    "Since",
    "as_json",
    "database_option",
    "elsewhere",
    "examples",
    "feeds_option",
    "filter_options",
    "limit_option",
    "load_config",
    "missing",
    "optional_config",
    "optional_settings",
    "present",
    "program",
    "reading",
]

Command = TypeVar("Command", bound=Callable[..., Any])


def present() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)


def examples(*lines: str) -> str:
    """The examples at the end of a command's help."""
    shown = "\n".join(f"  {line}" for line in lines)
    # The backspace tells click to leave the lines as they are.
    return f"\b\nExample{'s' if len(lines) > 1 else ''}:\n{shown}"


# --- paths -----------------------------------------------------------------------------------


def _default(name: str) -> Callable[[click.Context, click.Parameter, Path | None], Path]:
    """Fill in a path that was not given from the environment or the default."""

    def fill(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> Path:
        from aggregator.config import default_paths

        default: Path = getattr(default_paths(), name)
        return default if value is None else value

    return fill


database_option = click.option(
    "--db",
    type=click.Path(path_type=Path),
    callback=_default("db"),
    help="The SQLite file. Default: AGGREGATOR_DB, else news.db.",
)
feeds_option = click.option(
    "--feeds",
    type=click.Path(path_type=Path),
    callback=_default("feeds"),
    help="The file with feeds and settings. Default: AGGREGATOR_FEEDS, else feeds.yaml.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, times in UTC.")


def limit_option(default: int) -> Callable[[Command], Command]:
    """How many rows at most."""
    return click.option(
        "--limit",
        type=click.IntRange(1, 100_000),
        default=default,
        show_default=True,
        help="Show so many at most.",
    )


def program() -> str:
    """How the user can call us again: "aggregator", or its path where it is on no PATH."""
    import os
    import shutil
    import sys

    called = Path(sys.argv[0]).absolute()
    if called.name != "aggregator" or shutil.which("aggregator"):
        return "aggregator"
    return min(str(called), os.path.relpath(called), key=len)


def elsewhere(database: Path | None = None, *, feeds: Path | None = None) -> str:
    """The options by which another command finds these files, "" where it does so by itself."""
    from aggregator.config import default_paths

    default = default_paths()
    db = "" if database in {None, default.db} else f" --db {shlex.quote(str(database))}"
    return db + ("" if feeds in {None, default.feeds} else f" --feeds {shlex.quote(str(feeds))}")


# --- filters ---------------------------------------------------------------------------------


class Since(click.ParamType[datetime]):
    """A time: ISO 8601, or how long ago (90m, 24h, 3d, 2w)."""

    name = "time"

    def convert(
        self,
        value: str | datetime,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Read what was typed; without an offset it is in the local time zone."""
        if isinstance(value, datetime):
            return value
        try:
            return moment(str(value), present()).astimezone(UTC)
        except (ValueError, OverflowError):
            message = f"{value!r} is neither a time (2026-03-01T12:00) nor an age (24h, 3d)."
            self.fail(message, param, ctx)


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --since, --outlet, --language and --tag, and hand them over as `chosen`, a Filter."""

    @wraps(command)
    def filtered(
        *,
        since: datetime | None,
        outlet: str | None,
        language: str | None,
        tag: str | None,
        **others: object,
    ) -> None:
        variant = language and language.replace("_", "-")
        command(chosen=Filter(since, outlet, variant, tag), **others)

    for option in (
        click.option("--tag", metavar="TAG", help="Only from feeds with this tag."),
        click.option("--language", metavar="CODE", help="Only in this language (de, en, ...)."),
        click.option("--outlet", metavar="NAME", help="Only with a report by this outlet."),
        click.option(
            "--since", type=Since(), help="Only what is newer: 24h, 3d, or an ISO 8601 time."
        ),
    ):
        filtered = option(filtered)
    return filtered


# --- files -----------------------------------------------------------------------------------


def load_config(path: Path) -> "Config":
    """The settings and feeds; what is odd in the file is told on standard error."""
    from aggregator.cli.text import complain
    from aggregator.config import load

    config = load(path)
    for warning in config.warnings:
        complain(f"{path}: {warning}")
    return config


def optional_config(path: Path) -> "Config | None":
    """The same, or None where the file was not named and is not there."""
    named = click.get_current_context().get_parameter_source("feeds")
    if named is not ParameterSource.COMMANDLINE and not path.exists():
        return None
    return load_config(path)


def optional_settings(path: Path) -> Settings:
    """The settings of the file, or the defaults where it was not named and is not there."""
    config = optional_config(path)
    return Settings() if config is None else config.settings


def missing(path: Path) -> DatabaseError:
    """The error that says how to begin."""
    message = (
        f"{path}: there is no such database yet. Begin with '{program()} poll', which makes it "
        f"from feeds.yaml, or '{program()} demo', which needs no network; or name another "
        "with --db."
    )
    return DatabaseError(message)


@contextmanager
def reading(path: Path) -> Iterator["Database"]:
    """The database at `path`, for reading; says how to begin where there is none."""
    if not path.exists():
        raise missing(path)
    from aggregator.storage.database import SqliteError, open_database
    from aggregator.storage.soundness import require_current

    with open_database(path, readonly=True) as db:
        try:
            require_current(db)
            yield db
        except SqliteError as error:
            message = f"{path}: cannot be read: {error}. '{program()} check' tells more."
            raise DatabaseError(message) from error
