"""Webhooks in a run: events are put into the outbox, and what waits there is sent.

Each webhook's messages are sent one after the other, all webhooks side by side: one that is slow
holds up no other, and a place among the few goes to whoever waits longest.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from aggregator.core.webhooks import Attempted, follows, headers
from aggregator.model import Answer, Webhook
from aggregator.pipeline.events import HookDone, Listener
from aggregator.pipeline.words import take_up_words
from aggregator.settings import WebhookSettings
from aggregator.storage import outbox, webhook_events, webhooks
from aggregator.storage.database import Database
from aggregator.storage.outbox import Message
from aggregator.storage.webhooks import Kept

__all__ = ["Deliveries", "HookSender", "Post", "collect", "trial"]

# How long a message that was claimed is left alone beyond the time that an attempt may take.
_SPARE: Final = timedelta(seconds=30)
# How long a webhook rests that cannot be signed.
_UNSIGNED: Final = timedelta(minutes=5)


class HookSender(Protocol):
    """Sends to one webhook."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post a body; whatever comes of it is an Answer."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """How messages leave the house: who sends for a webhook, and the secrets that sign.

    `secrets` raises ValueError where they cannot be had, with a sentence that quotes none.
    """

    sender: Callable[[Webhook], AbstractAsyncContextManager[HookSender]]
    secrets: Callable[[Webhook], Sequence[bytes]]


async def collect(
    db: Database, hooks: Sequence[Webhook], clock: Callable[[], datetime], stop: Callable[[], bool]
) -> None:
    """Put into the outbox what has happened since for those webhooks that listen.

    In short transactions; what it does not come to, the next call does. Words are taken up before,
    which a daemon's run that is still at work has not done: an article is looked at once.
    """
    for webhook in hooks:
        while not stop():
            if webhook.search is not None:
                await take_up_words(db, stop)
            kept = webhooks.kept(db).get(webhook.name)
            if kept is None or kept.state == "gone" or not kept.listed:
                break
            more = webhook_events.collect(db, kept, webhook, clock())
            await asyncio.sleep(0)  # lets a signal be heard
            if not more:
                break


@dataclass(slots=True)
class Deliveries:
    """All that delivering works with; `jitter` gives a number from 0 to below 1.

    `stop` is asked before each attempt: once true, what is in hand is finished.
    """

    db: Database
    hooks: Sequence[Webhook]
    post: Post
    settings: WebhookSettings
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    stop: Callable[[], bool] = lambda: False
    tell: Listener = lambda _event: None
    _places: asyncio.Semaphore = field(init=False)
    _at_work: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the places that bound how much is in flight."""
        self._places = asyncio.Semaphore(self.settings.connections)

    async def run(self, seconds: float) -> None:
        """Send what may be sent now; no attempt begins after `seconds`."""
        loop = asyncio.get_running_loop()
        end, asked = loop.time() + seconds, self.stop
        self.stop = lambda: asked() or loop.time() > end
        self.begin()
        try:
            await asyncio.gather(*self._at_work.values())
        finally:
            await self.close()

    def begin(self) -> None:
        """Have each webhook that rests look whether something may be sent.

        Raises what went wrong with one before, if it was no failure of its receiver.
        """
        kept = webhooks.listed(self.db)
        for hook in self.hooks:
            task = self._at_work.get(hook.name)
            if hook.name not in kept or (task is not None and not task.done()):
                continue
            if task is not None:
                self._at_work.pop(hook.name).result()
            if outbox.next_due(self.db, kept[hook.name].id, self.clock()) is not None:
                work = self._work_off(hook, kept[hook.name])
                self._at_work[hook.name] = asyncio.create_task(work)

    async def close(self, patience: float = 0.0) -> None:
        """Wait `patience` seconds for what is in hand, then cut it short: it is sent again."""
        tasks = [each for each in self._at_work.values() if not each.done()]
        if tasks and patience:
            await asyncio.wait(tasks, timeout=patience)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work_off(self, hook: Webhook, kept: Kept) -> None:
        """Send a webhook's messages in their order until one has to wait."""
        try:
            secrets = self.post.secrets(hook)
        except ValueError as error:
            webhooks.rest(self.db, kept.id, str(error), self.clock() + _UNSIGNED)
            self.tell(HookDone(hook.name, "retry", detail=str(error)))
            return
        async with self.post.sender(hook) as sender:
            while await self._in_turn(hook, kept, secrets, sender):
                pass

    async def _in_turn(
        self, hook: Webhook, kept: Kept, secrets: Sequence[bytes], sender: HookSender
    ) -> bool:
        """Send the next message when there is a place; whether there may be another."""
        async with self._places:
            now = self.clock()
            due = None if self.stop() else outbox.next_due(self.db, kept.id, now)
            if due is None:
                return False
            until = now + timedelta(seconds=self.settings.timeout) + _SPARE
            message = outbox.claim(self.db, due, until, now)
            if message is not None:
                await self._attempt(hook, message, secrets, sender)
            return True

    async def _attempt(
        self, hook: Webhook, message: Message, secrets: Sequence[bytes], sender: HookSender
    ) -> None:
        body = message.body.encode()
        signed = headers(message.message_id, body, secrets, self.clock())
        try:
            answer = await sender.post(hook.url, signed, body)
        except BaseException:
            outbox.release(self.db, message, self.clock())
            raise
        self._settle(hook, message, answer)

    def _settle(self, hook: Webhook, message: Message, answer: Answer) -> None:
        now, give_up = self.clock(), timedelta(days=self.settings.give_up)
        kept = webhooks.by_id(self.db, message.webhook_id)
        tried = Attempted(
            created_at=message.created_at,
            first_try_at=message.first_try_at or now,
            attempts=message.attempts,
            failures=kept.failures,
            failing_since=kept.failing_since,
        )
        after = follows(tried, answer, now, jitter=self.jitter(), give_up=give_up)
        outbox.record(self.db, message, answer, after, now, give_up)
        self.tell(HookDone(hook.name, after.ending, message.message_id, answer.status, after.error))


async def trial(
    sender: HookSender, hook: Webhook, secrets: Sequence[bytes], body: str, now: datetime
) -> Answer:
    """Send one message that is kept nowhere, signed as all are, at any time `now` another."""
    sent = body.encode()
    signed = headers(f"msg_trial_{int(now.timestamp())}", sent, secrets, now)
    return await sender.post(hook.url, signed, sent)
