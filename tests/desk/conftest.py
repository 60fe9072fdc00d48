"""The editors' desk as editors have it: a real process over a real newsroom, in a real browser."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.axe import barriers
from tests.support.desks import Running, running
from tests.support.replay import write_replayed
from tests.support.runs import ROOT, once
from tests.support.server import Server
from tests.support.watching import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Another = Callable[..., AbstractContextManager["Page"]]
"""How further pages are opened: see `another`."""

_PATIENCE: Final = 30_000
"""Milliseconds that a page may take to do what it should, on a machine that is busy."""
_EVERY: Final = 24
"""Of so many captured feeds one is replayed: with the pages that is some hundred articles."""


@pytest.fixture(scope="session")
def newsroom_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo newsroom after both its editions; only to be copied (first.db: after one)."""
    return _made(tmp_path_factory, "newsroom", _publish)


@pytest.fixture(scope="session")
def real_db(tmp_path_factory: pytest.TempPathFactory, corpora: Path) -> Path:
    """Real pages and feeds of the corpora, replayed; only to be copied."""
    return _made(tmp_path_factory, "real", lambda path: _replay(corpora, path))


def _made(where: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A file that is made once, by whichever process of a run comes first."""
    folder = where.getbasetemp()
    # With pytest-xdist every worker's folder lies in that of the run.
    shared = folder.parent if folder.name.startswith("popen-") else folder
    path = shared / name / "news.db"
    path.parent.mkdir(exist_ok=True)
    with (path.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make(path.with_name("making.db"))
            path.with_name("making.db").rename(path)
    return path


def _publish(path: Path) -> None:
    """By processes: in this one the browser's event loop may be running."""
    for edition in ("1", "2"):
        line = [sys.executable, "-m", "aggregator.cli", "demo", "--edition", edition]
        subprocess.run([*line, "--db", str(path)], cwd=ROOT, check=True, capture_output=True)
        if edition == "1":
            shutil.copyfile(path, path.with_name("first.db"))


def _replay(corpora: Path, path: Path) -> None:
    with Server() as server:
        listed = write_replayed(server, corpora, path.with_name("feeds.yaml"), every=_EVERY)
        done = once(listed, path)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def copied(newsroom_db: Path, tmp_path: Path) -> Path:
    """A newsroom's file of one's own, to do with as one likes."""
    return shutil.copyfile(newsroom_db, tmp_path / "news.db")


@pytest.fixture
def desk(copied: Path) -> Iterator[Running]:
    """A desk over a newsroom of one's own: whatever is done there, no other test sees."""
    with running(copied) as desk:
        yield desk


@pytest.fixture(scope="module")
def shared_desk(newsroom_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk for all tests of a module that only look: starts once."""
    path = shutil.copyfile(newsroom_db, tmp_path_factory.mktemp("desk") / "news.db")
    with running(path) as desk:
        yield desk


@pytest.fixture(scope="module")
def real_desk(real_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk over real pages, for tests that only look."""
    path = shutil.copyfile(real_db, tmp_path_factory.mktemp("real") / "news.db")
    with running(path) as desk:
        yield desk


@pytest.fixture
def page(browser: "Browser", desk: Running) -> Iterator["Page"]:
    """A browser's page on `desk`, 1280 x 800; at the end nothing may have gone wrong there."""
    with opened(browser, desk.url) as page:
        yield page


@pytest.fixture
def shared_page(browser: "Browser", shared_desk: Running) -> Iterator["Page"]:
    """The same on `shared_desk`."""
    with opened(browser, shared_desk.url) as page:
        yield page


@pytest.fixture
def another(browser: "Browser") -> Another:
    """A way to open further pages, as other editors do.

    As in: with another(desk.url, locale="de-DE") as theirs.
    """
    return lambda url, **options: opened(browser, url, **options)


@contextmanager
def opened(browser: "Browser", url: str, **options: object) -> Iterator["Page"]:
    """A page of a browser without a past, whose relative addresses are those of `url`.

    Fails where a script threw, the policy of a page stopped something, or another host was asked.
    `options` are those of Playwright's new_context.
    """
    settings = {
        "base_url": url,
        "viewport": {"width": 1280, "height": 800},
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "reduced_motion": "reduce",
    }
    context = browser.new_context(**{**settings, **options})  # type: ignore[arg-type]
    context.set_default_timeout(_PATIENCE)
    watched = Watched(context, url)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert watched.trouble == []


@pytest.fixture
def axe() -> Callable[["Page"], list[str]]:
    """A way to find what stands in somebody's way on a page, told in lines."""
    return barriers
