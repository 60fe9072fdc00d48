"""A desk that others reach: with accounts, behind a real server, at a clock that tests set."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
from fastapi import FastAPI

from aggregator.storage import accounts
from aggregator.storage.database import open_database
from aggregator.storage.pool import ReaderPool
from aggregator.web import passwords
from aggregator.web.accounts import Accounts, digest, new_token
from aggregator.web.app import create_app
from aggregator.web.doors import Registered
from aggregator.web.entry import Wanted, entry
from aggregator.web.ports import Ports
from tests.support.desk import Served

__all__ = [
    "EDITOR",
    "KEY",
    "PASSWORD",
    "VIEWER",
    "Clock",
    "Desk",
    "guarded",
    "signed_in",
    "token_of",
]

KEY: Final = b"a key of tests"
EDITOR: Final = "Eva"
VIEWER: Final = "Vic"
PASSWORD: Final = "sieben rote Elche"  # noqa: S105 - of people who are made up


@dataclass
class Clock:
    """Goes on when it is told to."""

    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


@dataclass(frozen=True)
class Desk:
    """A desk with an editor and a viewer, both with the same password."""

    path: Path
    app: FastAPI
    clock: Clock
    served: Served

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.served.url

    def anybody(self, **options: object) -> httpx.Client:
        """A browser without a past, that follows nothing by itself."""
        return httpx.Client(base_url=self.url, timeout=60, **options)  # type: ignore[arg-type]

    def token(self, name: str) -> str:
        """A new token of somebody's, as the command makes it."""
        made = new_token()
        with open_database(self.path) as db, db.write():
            accounts.set_token(db, name, digest(made))
        return made


@contextmanager
def guarded(path: Path, wanted: Wanted | None = None, ports: Ports | None = None) -> Iterator[Desk]:
    """Serve the file at `path`, made where there is none, with a login, as `wanted`."""
    way, clock = entry(wanted or Wanted("127.0.0.1", login=True)), Clock()
    kept = passwords.digest(PASSWORD)
    with open_database(path) as db, db.write():
        accounts.add(db, EDITOR, "editor", kept, clock.now)
        accounts.add(db, VIEWER, "viewer", kept, clock.now)
    with ReaderPool(path, size=2, seconds=10) as pool, Accounts(path, clock, KEY) as kept_accounts:
        doors = Registered(kept_accounts, way.secure, way.proxy)
        app = create_app(pool, clock, entry=replace(way), doors=doors, ports=ports)
        with Served(app) as served:
            yield Desk(path, app, clock, served)


def token_of(page: httpx.Response) -> str:
    """What the forms of a page carry."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text[:2000]
    return found[1]


def signed_in(
    browser: httpx.Client, name: str, password: str = PASSWORD, onwards: str = "/api"
) -> httpx.Response:
    """Sign in with a browser, as somebody does who opens the page first."""
    form = {"csrf": token_of(browser.get("/login")), "onwards": onwards}
    return browser.post("/login", data={**form, "name": name, "password": password})
