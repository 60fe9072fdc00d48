"""A real headless Chromium for tests: where it is, and how it is started."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["UNPACKED", "installed", "of_this_machine", "opened"]

# Where tests/browser/set_up.py puts the one that a package registry gave.
UNPACKED: Final = Path(__file__).resolve().parent.parent / "browser" / "unpacked"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No page of a test leads beyond this machine: no other name, nor address, is ever found.
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.*",
)


def of_this_machine() -> Path | None:
    """The browser that AGGREGATOR_BROWSER names, else one that is on the PATH, else None."""
    named = os.environ.get("AGGREGATOR_BROWSER")
    if named:
        return Path(named)
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def installed() -> Path | None:
    """The browser to start, or None where none is set up."""
    own = UNPACKED / "chromium"
    return of_this_machine() or (own if own.is_file() else None)


@contextmanager
def opened(executable: Path) -> Iterator["Browser"]:
    """Start the browser, headless, and end it.

    Meanwhile this thread has a running event loop: asyncio.run() fails in it.
    """
    from playwright.sync_api import sync_playwright

    environment = dict(os.environ)
    if executable.is_relative_to(UNPACKED):
        environment |= {"LD_LIBRARY_PATH": str(UNPACKED / "lib"), "FONTCONFIG_PATH": str(UNPACKED)}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=executable, args=list(_ARGUMENTS), env={**environment}
        )
        try:
            yield running
        finally:
            running.close()
