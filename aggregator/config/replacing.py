"""The file of feeds put in another's place: in one step, and only once it has been read back."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from aggregator.config.loading import Config, parse, read
from aggregator.errors import ConfigError

__all__ = ["BOM", "put", "says"]

BOM = "\ufeff"


def says(result: bytes, wanted: Config) -> bool:
    """Whether a file of the bytes `result` would say just what `wanted` does."""
    try:
        found = parse(result, wanted.path)
    except ConfigError:
        return False
    return replace(found, warnings=(), lines=()) == replace(wanted, warnings=(), lines=())


def put(path: Path, old: bytes, new: bytes) -> None:
    """Put `new` in the place of `old` in one step, keeping permissions and a symbolic link.

    Raises ConfigError where the file cannot be written, or holds something else by now.
    """
    target = path.resolve()
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".feeds-", delete=False) as file:
            temporary = Path(file.name)
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(error, path) from error
    try:
        temporary.chmod(target.stat().st_mode & 0o7777)
        if read(path) != old:
            message = "the file was changed by somebody else just now; it was left as it is"
            raise ConfigError(message, path=path)
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(error: OSError, path: Path) -> ConfigError:
    return ConfigError(f"the file cannot be written: {error.strerror}", path=path)
