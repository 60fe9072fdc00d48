"""Files that are replaced in one step: whoever reads one has the former or the new one, whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from aggregator.errors import UsageError

__all__ = ["atomically", "renewed", "require_folder"]


@contextmanager
def atomically(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `path` at the end, unless something went wrong.

    It is on the disk before it does. A symbolic link stays one, permissions stay as they are; what
    is no regular file (a pipe, a terminal) is written to as it is. Raises UsageError where its
    folder is not there.
    """
    require_folder(path)
    target = path.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
        _keep_name(target.parent)
    except OSError as error:
        # A write that fails has no name, and that of the file beside says nothing to anyone.
        if error.errno is not None and error.filename in {None, str(temporary)}:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def renewed(path: Path, content: bytes) -> bool:
    """Whether `path` had another content, which it then has not: what is the same stays untouched.

    So a file's time says when it changed, which web servers tell those who ask again.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomically(path) as file:
        file.write(content)
    return True


def require_folder(path: Path) -> None:
    """Raise UsageError where the folder in which `path` is to be is not there."""
    folder = path.resolve().parent
    if not folder.is_dir():
        message = f"{path}: there is no folder {folder}"
        raise UsageError(message)


def _keep_name(folder: Path) -> None:
    """Have the folder itself on the disk, without which a power cut may take a new name back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
