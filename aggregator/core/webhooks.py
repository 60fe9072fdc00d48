"""Webhooks decided: how a message is named and signed, and what follows from a receiver's answer.

Messages are signed as Standard Webhooks lays down (https://www.standardwebhooks.com): HMAC-SHA256
over id, timestamp and body. Chance and time are arguments.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Literal

from aggregator.model import Answer, HookEnding, HookEvent

__all__ = ["Attempted", "Next", "address_hash", "follows", "headers", "message_id", "secrets_in"]

_PREFIX: Final = "whsec_"
_SHORTEST_SECRET: Final = 24
_LONGEST_SECRET: Final = 64
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=3)
_MOST_DOUBLINGS: Final = 12
_PATIENCE: Final = 6
# Of these not the message is to blame but the receiver: a wrong key, a wrong address, haste.
_WHOLE_RECEIVER: Final = frozenset({401, 402, 403, 404, 405, 407, 408, 421, 425, 429})


# --- what is sent ----------------------------------------------------------------------------


def secrets_in(text: str) -> tuple[bytes, ...]:
    """The secrets in a variable or file, separated by space: each signs, so that one may change.

    Each is base64 of 24 to 64 bytes, `whsec_` before it or not. Raises ValueError, which says what
    is wrong and never quotes the secret.
    """
    found = tuple(_secret(each) for each in text.split())
    if not found:
        message = "it is empty"
        raise ValueError(message)
    return found


def _secret(text: str) -> bytes:
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "a secret is base64, with 'whsec_' before it or not"
        raise ValueError(message) from error
    if not _SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET:
        message = f"a secret has {_SHORTEST_SECRET} to {_LONGEST_SECRET} bytes, not {len(secret)}"
        raise ValueError(message)
    return secret


def message_id(webhook: str, kind: HookEvent, url: str, story_id: int | None = None) -> str:
    """The name of an event, which depends on nothing but what happened.

    `webhook` is the webhook's name, `url` the canonical address of the article that makes it new;
    `story_id` tells which story was told of, since one article may begin two one after the other.
    """
    said = json.dumps([webhook, kind, url, story_id], ensure_ascii=True)
    return f"msg_{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def address_hash(url: str) -> str:
    """What tells one address from another without holding it: addresses may be secrets."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def headers(
    message: str, body: bytes, secrets: Sequence[bytes], now: datetime
) -> Mapping[str, str]:
    """The three headers of Standard Webhooks for one attempt at `now`; one signature a secret."""
    timestamp = str(int(now.timestamp()))
    signed = b".".join((message.encode(), timestamp.encode(), body))
    signatures = (
        base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets
    )
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


# --- what follows ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempted:
    """A message that was just tried: for how long, how often, and how its webhook fares.

    `attempts` counts the one just made; `failures` are those of the webhook in a row before it,
    since `failing_since`.
    """

    created_at: datetime
    first_try_at: datetime
    attempts: int
    failures: int = 0
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a message, and of its webhook.

    `next_try_at` is the message's own turn where it is tried again. `aside`: those after it need
    not wait for it. `pause`: until when nothing at all is sent there. `gone`: nothing ever again.
    """

    ending: HookEnding
    error: str = ""
    next_try_at: datetime | None = None
    aside: bool = False
    pause: datetime | None = None
    gone: bool = False


def follows(
    tried: Attempted, answer: Answer, now: datetime, *, jitter: float, give_up: timedelta
) -> Next:
    """What follows from a receiver's answer; `jitter` is a number from 0 to below 1.

    A receiver that is out of order is left alone for a while, twice as long each time, or as long
    as it says; the order of its messages stays. One that refuses a message is sent the others.
    """
    status = answer.status
    if status is not None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Next("delivered")
    error = answer.detail or answer.reason
    if status == HTTPStatus.GONE:
        return Next("retry", error, next_try_at=now, gone=True)
    whose = _to_blame(status)
    since = tried.first_try_at if whose == "message" else tried.failing_since or now
    if now - max(since, tried.created_at) >= give_up:
        pause = None if whose == "message" else _later(tried.failures, answer, now, jitter)
        return Next("dead", error, pause=pause)
    if whose == "message":
        return Next("retry", error, _later(tried.attempts - 1, answer, now, jitter), aside=True)
    pause = _later(tried.failures, answer, now, jitter)
    # A message that a receiver stumbles over time and again may be what breaks it.
    aside = status is not None and tried.attempts >= _PATIENCE
    return Next("retry", error, pause, aside=aside, pause=pause)


def _to_blame(status: int | None) -> Literal["message", "receiver"]:
    refused = status is not None and (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
    return "message" if refused and status not in _WHOLE_RECEIVER else "receiver"


def _later(before: int, answer: Answer, now: datetime, jitter: float) -> datetime:
    """Half a minute, doubled with each failure `before`, up to three hours; a fifth is chance."""
    wait = min(_FIRST_WAIT * int(2 ** min(before, _MOST_DOUBLINGS)), _LONGEST_WAIT)
    ours = now + wait * (0.8 + 0.4 * jitter)
    return max(ours, answer.retry_after or ours)
