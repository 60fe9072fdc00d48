"""The one hierarchy of errors; expected outcomes are values (see model), not exceptions.

AggregatorError
├── ConfigError         feeds.yaml or a rule file is wrong; names file and line     (exit 2)
├── UsageError          a command was called with words that make no sense          (exit 2)
├── DatabaseError       the database file cannot be used                            (exit 1)
│   ├── SchemaTooNew    it was written by a newer program                           (exit 1)
│   └── TookTooLong     a read was stopped at the limit of its time                 (exit 1)
├── Contradiction       a decision contradicts others that hold                     (exit 1)
├── ChangesGone         changes were asked for that are kept no longer, or never were  (exit 1)
├── NotFound            what was asked for by number or address is not there        (exit 1)
├── ExecutorError       no worker process can be had                                (exit 1)
├── LockHeld            another run works on the same database                      (exit 75)
├── ProfileMismatch     fingerprints of two profiles were about to be compared      (exit 1)
└── InputError          one line of somebody's input cannot be read; names the line (exit 2)
"""

from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "AggregatorError",
    "ChangesGone",
    "ConfigError",
    "Contradiction",
    "DatabaseError",
    "ExecutorError",
    "InputError",
    "LockHeld",
    "NotFound",
    "ProfileMismatch",
    "SchemaTooNew",
    "TookTooLong",
    "UsageError",
]


class AggregatorError(Exception):
    """Base of every error this program raises on purpose; its text is fit to be shown."""


class UsageError(AggregatorError):
    """A command was called in a way that makes no sense."""


class ConfigError(AggregatorError):
    """A configuration file is wrong; the text names the file, the line and the way out.

    `errors` lists all that was found as (1-based line or None, message); the text has a line each.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        errors: Sequence[tuple[int | None, str]] = (),
    ) -> None:
        """Keep `path` and 1-based `line` and put both in front of `message`."""
        self.path, self.line = path, line
        self.errors = tuple(errors) or ((line, message),)
        super().__init__("\n".join(_placed(what, path, at) for at, what in self.errors))


def _placed(message: str, path: Path | None, line: int | None) -> str:
    where = "" if path is None else f"{path}:" if line is None else f"{path}:{line}:"
    return f"{where} {message}".strip()


class InputError(AggregatorError):
    """One line of an input stream cannot be read."""

    def __init__(self, message: str, *, line: int) -> None:
        """Keep the 1-based `line` and put it in front of `message`."""
        self.line = line
        super().__init__(f"input line {line}: {message}")


class DatabaseError(AggregatorError):
    """The database file cannot be used."""


class SchemaTooNew(DatabaseError):
    """The database was written by a newer program than this one."""


class TookTooLong(DatabaseError):
    """A read was stopped since it took longer than it may."""


class Contradiction(AggregatorError):
    """What an editor decided contradicts decisions that hold; the text names them."""

    def __init__(self, message: str, *, against: Sequence[int]) -> None:
        """Keep the numbers of the decisions `against` which it goes."""
        self.against = tuple(against)
        super().__init__(message)


class ChangesGone(AggregatorError):
    """Changes cannot be followed from there: all is to be read anew."""


class NotFound(AggregatorError):
    """What was asked for by its number or address is not there."""


class ExecutorError(AggregatorError):
    """No worker process can be had, twice in a row."""


class ProfileMismatch(AggregatorError):
    """Fingerprints were made by different profiles and must not be compared."""


class LockHeld(AggregatorError):
    """Another run holds the lock on the same database."""

    def __init__(self, holder: str) -> None:
        """Keep who `holder` is (process id, host, since when), for the operator."""
        self.holder = holder
        super().__init__(f"another run holds the lock: {holder}")
