"""The doors of a desk that others reach: who is let in by session, token or proxy."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection

from aggregator.errors import UsageError
from aggregator.storage.accounts import Account, Role, usable_name
from aggregator.web.accounts import Accounts
from aggregator.web.peers import Network, is_from
from aggregator.web.viewers import Viewer, form_token

__all__ = ["BY_ITSELF", "Proxy", "Registered", "session_cookie"]


BY_ITSELF: Final = frozenset({"/live", "/searches/alerts"})
"""What an open page asks for by itself: that is no sign that somebody sits before it."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A web server that knows who asks: it says so in `header`, from one of `networks` alone.

    Who has no account is let in with `role`, where there is one, else not at all.
    """

    header: str
    networks: tuple[Network, ...]
    role: Role | None = None


def session_cookie(*, secure: bool) -> str:
    """The name of the cookie; with the prefix no other host of a domain can set it."""
    return "__Host-session" if secure else "session"


@dataclass(frozen=True, slots=True)
class Registered:
    """Lets in who has an account; `secure` where browsers come by HTTPS."""

    accounts: Accounts
    secure: bool = False
    proxy: Proxy | None = None

    @property
    def key(self) -> bytes:
        """What tokens of forms are made with for who is not signed in."""
        return self.accounts.key

    async def admit(self, asked: HTTPConnection, visitor: str) -> Viewer | None:
        """Who asks, as far as that is proven: by a proxy's word first, then by what they sent."""
        named = self._named_by_proxy(asked)
        if named is not None:
            return await self._sent_by_proxy(named, visitor)
        if (said := asked.headers.get("authorization")) is not None:
            return await self._by_token(said)
        token = asked.cookies.get(session_cookie(secure=self.secure))
        if not token:
            return None
        is_used = asked.url.path not in BY_ITSELF
        found = await self.accounts.session(token, is_used=is_used)
        if found is None:
            return None
        return Viewer(found.name, found.role, form_token(token.encode(), "form"), signed_in=True)

    def _named_by_proxy(self, asked: HTTPConnection) -> str | None:
        if self.proxy is None or not is_from(asked, self.proxy.networks):
            return None
        said = asked.headers.getlist(self.proxy.header)
        # Two names are one too many: a proxy that only adds its own would let anybody choose.
        return said[0].encode("latin-1").decode(errors="replace") if len(said) == 1 else None

    async def _sent_by_proxy(self, named: str, visitor: str) -> Viewer | None:
        assert self.proxy is not None
        try:
            name = usable_name(named)
        except UsageError:
            return None
        account = await self.accounts.named(name)
        role = self.proxy.role if account is None else account.role
        if role is None:
            return None
        shown = name if account is None else account.name
        return Viewer(shown, role, form_token(self.key, f"{visitor}\0{shown}"), signed_in=False)

    async def _by_token(self, said: str) -> Viewer | None:
        """Who a program reads for: it may read whatever its account may, and change nothing."""
        name, token = _credentials(said)
        account: Account | None = await self.accounts.by_token(token) if token else None
        if account is None or name not in {None, account.name}:
            return None
        return Viewer(account.name, "viewer", "", signed_in=False)


def _credentials(said: str) -> tuple[str | None, str]:
    """The name, where there is one, and the token in a header Authorization."""
    scheme, _, given = said.partition(" ")
    if scheme.lower() == "bearer":
        return None, given.strip()
    if scheme.lower() != "basic":
        return None, ""
    try:
        name, _, token = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, ""
    return name, token
