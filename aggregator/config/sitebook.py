"""What is known of the site of a page: the operator's rules, and those in a folder of files."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from aggregator.core.siteconfig import SiteConfig, Unused, file_names, parse
from aggregator.core.siterules import names
from aggregator.core.urls import host
from aggregator.errors import ConfigError
from aggregator.model import SiteRule

__all__ = ["SiteBook"]

_ENDING: Final = ".txt"
_MOST_BYTES: Final = 100_000
_UNKNOWN: Final = SiteRule()


class SiteBook:
    """Looks up the rule for a page's address; files are read when a page first wants them."""

    def __init__(self, sites: Mapping[str, SiteRule], folder: Path | None = None) -> None:
        """Raises ConfigError where `folder` cannot be read."""
        self._sites = sites
        self._folder = folder
        self._files = frozenset(() if folder is None else _listed(folder))
        self._config = lru_cache(maxsize=256)(self._read)

    def rule(self, url: str) -> SiteRule:
        """The operator's rule for the nearest domain, with what a file says beside it.

        Of both it is the operator who says what to keep; what either drops is dropped.
        """
        name = host(url)
        own = next((self._sites[each] for each in names(name) if each in self._sites), _UNKNOWN)
        file = next((each for each in file_names(name) if each in self._files), None)
        if file is None:
            return own
        given = self._config(file).rule
        return replace(
            given, keep=own.keep or given.keep, drop=own.drop + given.drop, phrases=own.phrases
        )

    def unused(self) -> Iterator[tuple[str, Unused]]:
        """Yield each line of each file that is of no use, with the file's name."""
        for file in sorted(self._files):
            for line in self._read(file).unused:
                yield file, line

    @property
    def file_count(self) -> int:
        """How many files there are."""
        return len(self._files)

    def _read(self, file: str) -> SiteConfig:
        if self._folder is None:
            return SiteConfig(_UNKNOWN)
        try:
            raw = (self._folder / file).read_bytes()
        except OSError as error:
            return SiteConfig(_UNKNOWN, (Unused(1, f"cannot be read: {error.strerror}"),))
        if len(raw) > _MOST_BYTES:
            return SiteConfig(_UNKNOWN, (Unused(1, f"larger than {_MOST_BYTES:,} bytes"),))
        return parse(raw.decode("utf-8-sig", "replace"))


def _listed(folder: Path) -> Iterator[str]:
    try:
        yield from (each.name for each in folder.iterdir() if each.name.endswith(_ENDING))
    except OSError as error:
        message = f"the folder of site configs cannot be read: {error.strerror}"
        raise ConfigError(message, path=folder) from error
