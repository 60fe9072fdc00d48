"""Lets people try passwords, and lets who guesses wait without keeping out whose password it is.

After OWASP's "Slow down online guessing attacks with device cookies": a browser in which somebody
signed in before has tries of its own, so that nobody elsewhere can use them up. All other tries
are counted by account and address together, by address, and of an account altogether.
"""

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final, NamedTuple

from aggregator.storage.accounts import key_of
from aggregator.web.throttle import Backoff, Throttle, network
from aggregator.web.viewers import form_token

__all__ = ["REMEMBERED", "Caller", "Tries"]

REMEMBERED: Final = timedelta(days=180)
"""So long a browser is known as one in which somebody signed in."""

_OF_ONE: Final = Backoff(5, timedelta(minutes=15))
# A whole newsroom may have one address.
_OF_AN_ADDRESS: Final = Backoff(20, timedelta(minutes=15))
# Whoever comes from many addresses is slowed down here; so is the owner in a new browser then.
_OF_AN_ACCOUNT: Final = Backoff(50, timedelta(minutes=1))
_DEVICE: Final = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


class Caller(NamedTuple):
    """Who tries: from which address, and in which browser, as its cookie has it."""

    address: str
    device: str = ""


@dataclass(slots=True)
class Tries:
    """What each one tried; `key` is the desk's secret, by which it knows cookies of its own."""

    key: bytes
    by_device: Throttle = field(default_factory=lambda: Throttle(_OF_ONE))
    by_pair: Throttle = field(default_factory=lambda: Throttle(_OF_ONE))
    by_address: Throttle = field(default_factory=lambda: Throttle(_OF_AN_ADDRESS))
    by_account: Throttle = field(default_factory=lambda: Throttle(_OF_AN_ACCOUNT))

    def wait(self, name: str, caller: Caller, now: datetime) -> timedelta:
        """How long somebody is to wait before they try an account's password."""
        return max(each.wait(who, now) for each, who in self._counted(name, caller))

    def tried(self, name: str, caller: Caller, now: datetime) -> None:
        """Count a try, before it is known how it ends."""
        for each, who in self._counted(name, caller):
            each.tried(who, now)

    def succeeded(self, name: str, caller: Caller) -> None:
        """It was no guess: one's own tries begin anew, and from what others share one is taken."""
        (own, which), *shared = self._counted(name, caller)
        own.forget(which)
        for each, who in shared:
            each.succeeded(who)

    def device(self, name: str, caller: Caller) -> str:
        """The cookie by which a browser is known again as one in which `name` signed in."""
        nonce = self._known(name, caller.device) or token_urlsafe(16)
        return f"{nonce}.{self._sealed(name, nonce)}"

    def _counted(self, name: str, caller: Caller) -> list[tuple[Throttle, str]]:
        """Where tries are counted: first those of one alone, then what others share."""
        if (nonce := self._known(name, caller.device)) is not None:
            return [(self.by_device, nonce)]
        who, where = key_of(name)[:100], network(caller.address)
        pair = f"{where} {who}"
        return [(self.by_pair, pair), (self.by_address, where), (self.by_account, who)]

    def _known(self, name: str, device: str) -> str | None:
        """What a browser is known by, where it is for this name, and its cookie from us."""
        found = _DEVICE.fullmatch(device)
        if found is None or not hmac.compare_digest(found[2], self._sealed(name, found[1])):
            return None
        return found[1]

    def _sealed(self, name: str, nonce: str) -> str:
        return form_token(self.key, f"device\0{nonce}\0{key_of(name)}")
