"""A house with webhooks: a database, a clock, and what is waiting to be sent to a receiver."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aggregator.core.webhooks import message_id
from aggregator.model import Webhook
from aggregator.net.webhooks import Sender
from aggregator.pipeline.events import Event, HookDone
from aggregator.pipeline.webhooks import Deliveries, Post
from aggregator.settings import NetworkSettings, WebhookSettings
from aggregator.storage import outbox, webhooks
from aggregator.storage.database import Database
from aggregator.storage.outbox import Waiting
from tests.webhooks.receiver import SECRET

__all__ = ["BEGIN", "House", "never"]

BEGIN = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def never() -> bool:
    """Do not stop."""
    return False


@dataclass
class House:
    """Sends to webhooks by a clock that stands still unless it is moved."""

    db: Database
    hooks: Sequence[Webhook] = ()
    now: datetime = BEGIN
    settings: WebhookSettings = field(default_factory=lambda: WebhookSettings(timeout=0.5))
    secrets: Callable[[Webhook], Sequence[bytes]] = lambda _hook: (SECRET,)
    events: list[Event] = field(default_factory=list)

    def sync(self, *hooks: Webhook) -> None:
        """Have these webhooks in feeds.yaml."""
        self.hooks = hooks
        webhooks.sync(self.db, hooks, self.now)

    def put(self, hook: str, *numbers: int) -> list[str]:
        """Let events happen; returns the ids of their messages."""
        names = [message_id(hook, "story", f"https://example.org/{n}", n) for n in numbers]
        waiting = [
            Waiting(name, "story", n, None, n, f'{{"data": {{"n": {n}}}}}')
            for name, n in zip(names, numbers, strict=True)
        ]
        with self.db.write():
            outbox.put(self.db, webhooks.kept(self.db)[hook].id, waiting, self.now)
        return names

    def deliveries(self, stop: Callable[[], bool] = never) -> Deliveries:
        """Make what sends."""
        network = NetworkSettings()

        def sender(hook: Webhook) -> Sender:
            timeout = self.settings.timeout
            return Sender(network, timeout, lambda: self.now, internal=hook.internal)

        post = Post(sender, self.secrets)
        return Deliveries(
            db=self.db,
            hooks=self.hooks,
            post=post,
            settings=self.settings,
            clock=lambda: self.now,
            jitter=lambda: 0.5,
            stop=stop,
            tell=self.events.append,
        )

    def deliver(self, seconds: float = 60) -> list[HookDone]:
        """Send what may be sent now; what was told of it."""
        self.events.clear()
        asyncio.run(self.deliveries().run(seconds))
        return [each for each in self.events if isinstance(each, HookDone)]

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def states(self, hook: str | None = None) -> list[str]:
        """The states of all messages, by age."""
        found = outbox.deliveries(self.db, webhook=hook, limit=10_000)
        return [each.state for each in reversed(found)]
