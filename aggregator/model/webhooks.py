"""Webhooks as values: what the operator wrote of one, and what a receiver answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["Answer", "HookEnding", "HookEvent", "Webhook"]

HookEvent = Literal["story", "article"]
HookEnding = Literal["delivered", "retry", "dead"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook as the operator wrote it in feeds.yaml.

    It waits either for stories that reach `outlets` outlets, narrowed by `language`, `outlet` and
    `tag`, or for articles that the saved search `search` finds; the other of the two is None.
    Its secrets stand in the variable `secret_env` or in the file `secret_file`. One that is
    `internal` may be in a private network. `formerly` is the name that it had before.
    """

    name: str
    url: str
    outlets: int | None = None
    search: str | None = None
    language: str | None = None
    outlet: str | None = None
    tag: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None
    internal: bool = False
    formerly: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt: a `status`, or None and the `reason` why there is none.

    `detail` says more in a sentence that holds no secret; `retry_after` is when the receiver wants
    to be asked again.
    """

    status: int | None
    reason: str = ""
    detail: str = ""
    retry_after: datetime | None = None
