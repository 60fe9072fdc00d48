"""Signs people in and out, and knows again who is: over the accounts of one database.

Lookups have a reader of their own, so that no slow page keeps others from being let in; writes
are short, and wait for a run's. Digests of passwords are made two at a time.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, Self, TypeVar

from aggregator.core.guessable import guessable
from aggregator.errors import DatabaseError, NotFound
from aggregator.storage import accounts, sessions
from aggregator.storage.accounts import Account
from aggregator.storage.database import Database, SqliteError, open_database
from aggregator.storage.pool import ReaderPool
from aggregator.storage.sessions import Lasting, Session
from aggregator.web import passwords
from aggregator.web.guessing import Caller, Tries
from aggregator.web.marking import marked
from aggregator.web.problems import BUSY, Problem

__all__ = ["Accounts", "Refused", "SignedIn", "digest", "new_token"]

Result = TypeVar("Result")

_SECONDS_TO_READ: Final = 5.0
_MOST_WAITING: Final = 16
# So often at most it is noted that a session is used.
_NOTED_AFTER: Final = timedelta(minutes=1)
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who gave the right password: `token` is what their browser is to keep.

    By `device` it is known again where somebody wants to sign in.
    """

    token: str
    name: str
    device: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody who is not let in, and how long they are to wait where they tried too often."""

    wait: timedelta = timedelta()


def new_token() -> str:
    """What nobody can guess: 256 random bits, as text that fits into a cookie or an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a token; of so much chance a plain digest is enough."""
    return sha256(token.encode()).digest()


@dataclass(slots=True)
class Accounts:
    """The accounts of the database at `path`; times are by `clock`, and `key` is secret."""

    path: Path
    clock: Callable[[], datetime]
    key: bytes
    lasting: Lasting = field(default_factory=Lasting)
    _tries: Tries = field(init=False)
    _waiting: int = 0
    _readers: ReaderPool = field(init=False)
    _writer: ThreadPoolExecutor = field(init=False)
    _hashing: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        """Open the database for reading; raises DatabaseError."""
        self._tries = Tries(self.key)
        self._readers = ReaderPool(self.path, size=1, seconds=_SECONDS_TO_READ)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="accounts")
        self._hashing = ThreadPoolExecutor(2, thread_name_prefix="passwords")

    def __enter__(self) -> Self:
        """Use as a context manager that closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let what is at work end."""
        self._hashing.shutdown(cancel_futures=True)
        self._writer.shutdown()
        self._readers.close()

    # --- who is let in ---------------------------------------------------------------------------

    async def session(self, token: str, *, is_used: bool = True) -> Session | None:
        """Whose session this is, where it is not over; notes that it is used, where it is."""
        now, key = self.clock(), digest(token)
        found = await self._read(lambda db: sessions.find(db, key, now, self.lasting))
        if found is not None and is_used and now - found.used_at >= _NOTED_AFTER:
            self._writer.submit(self._noted, key, now)
        return found

    async def by_token(self, token: str) -> Account | None:
        """Whose token this is."""
        key = digest(token)
        return await self._read(lambda db: accounts.by_token(db, key))

    async def named(self, name: str) -> Account | None:
        """The account of this name."""
        return await self._read(lambda db: accounts.find(db, name))

    # --- signing in and out ----------------------------------------------------------------------

    async def sign_in(
        self, name: str, password: str, caller: Caller, *, former: str = ""
    ) -> SignedIn | Refused:
        """Let somebody in by a password, or not; takes as long where there is no such account.

        The session of the token `former` ends, which the browser had until then.
        """
        now = self.clock()
        if wait := self._tries.wait(name, caller, now):
            return Refused(wait)
        self._tries.tried(name, caller, now)
        if not await self._is_password(name, password, caller):
            return Refused()
        self._tries.succeeded(name, caller)
        let_in = await self._begun(name, password, self._tries.device(name, caller), former)
        if isinstance(let_in, SignedIn):
            _log.info("%s signed in, from %s", let_in.name, caller.address)
        return let_in

    async def _is_password(self, name: str, password: str, caller: Caller) -> bool:
        account = await self.named(name)
        kept = await self._read(lambda db: accounts.password(db, name))
        fits = await self._hashed(lambda: passwords.fits(kept, password))
        if not fits:
            # Whoever slips types a password for a name: that is not to be read in a log.
            who = "nobody we know" if account is None else account.name
            _log.warning("%s was not signed in, from %s: wrong password", who, caller.address)
        return fits

    async def _begun(
        self, name: str, password: str, device: str, former: str
    ) -> SignedIn | Refused:
        token, now = new_token(), self.clock()
        kept = await self._read(lambda db: accounts.password(db, name))
        anew = None
        if kept is not None and passwords.outdated(kept):
            anew = await self._hashed(lambda: passwords.digest(password))

        def begin(db: Database) -> SignedIn | Refused:
            account = accounts.find(db, name)
            if account is None or accounts.password(db, name) != kept:
                return Refused()  # was removed or changed this moment
            if anew is not None:
                accounts.renew_password(db, account.id, anew)
            sessions.end(db, digest(former))
            sessions.begin(db, account.id, digest(token), now, self.lasting)
            return SignedIn(token, account.name, device)

        return await self._written(begin)

    async def sign_out(self, name: str, token: str) -> None:
        """End a session of somebody's."""
        await self._written(lambda db: sessions.end(db, digest(token)))
        _log.info("%s signed out", name)

    async def change_password(
        self, name: str, former: str, wanted: str, caller: Caller
    ) -> SignedIn | Refused | str:
        """Give oneself another password: all sessions end, and a new one begins.

        A text says why the wanted one is not taken: "short", "long", "common".
        """
        if why := guessable(wanted, name):
            return why
        let_in = await self.sign_in(name, former, caller)
        if isinstance(let_in, Refused):
            return let_in
        kept = await self._hashed(lambda: passwords.digest(wanted))
        mine = digest(let_in.token)
        await self._written(lambda db: accounts.set_password(db, name, kept, keeping=mine))
        _log.info("%s has another password, and is signed out elsewhere", name)
        return let_in

    # --- threads ---------------------------------------------------------------------------------

    async def _read(self, what: Callable[[Database], Result]) -> Result:
        return await asyncio.wrap_future(self._readers.submit(what))

    async def _written(self, what: Callable[[Database], Result]) -> Result:
        def write() -> Result:
            with (
                open_database(self.path, create=False, clock=self.clock) as db,
                db.write(durable=True),
            ):
                return what(db)

        return await asyncio.wrap_future(self._writer.submit(write))

    def _noted(self, key: bytes, now: datetime) -> None:
        try:
            with (
                open_database(self.path, create=False, patience=1, clock=self.clock) as db,
                db.write(),
            ):
                sessions.touch(db, key, now)
        except (DatabaseError, SqliteError, NotFound, OSError) as error:
            # It is noted at the next request, or nobody is signed out too late.
            _log.warning("a session's use was not noted: %s", error)

    async def _hashed(self, what: Callable[[], Result]) -> Result:
        if self._waiting >= _MOST_WAITING:
            detail = marked("too many sign in at once")
            raise Problem(BUSY, detail, headers={"Retry-After": "5"})
        self._waiting += 1
        try:
            return await asyncio.wrap_future(self._hashing.submit(what))
        finally:
            self._waiting -= 1
