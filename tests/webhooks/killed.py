"""A run's end in a process of its own, which kills itself before a given step, as kill -9 does.

A step is the beginning or the end of a transaction: what was sent between two of them is sent, and
what was to be kept of it is not. Step 0 kills nothing.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.config import Config
from aggregator.daemon import webhooks
from aggregator.daemon.job import Job
from aggregator.model import Webhook
from aggregator.settings import Settings, WebhookSettings
from aggregator.storage.database import Database, open_database

__all__ = ["end_a_run", "job"]


def job(path: Path, address: str, secret: str, now: datetime) -> Job:
    """What the process is told to do."""
    hooks = (
        Webhook("pair", f"{address}/pair", outlets=2, secret_file=secret, internal=True),
        Webhook("trio", f"{address}/trio", outlets=3, secret_file=secret, internal=True),
    )
    settings = Settings(webhooks=WebhookSettings(timeout=20))
    config = Config(settings, (), path.with_suffix(".yaml"), webhooks=hooks)
    return Job(config, path, clock=lambda: now)


def kill_before(step: int) -> None:
    """Have the process end before this step."""
    steps, write = iter(range(1, 10**9)), Database.write

    def take() -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def killed(self: Database, *, durable: bool = False) -> Iterator[Database]:
        take()
        with write(self, durable=durable) as inner:
            yield inner
            take()
        take()

    Database.write = killed  # type: ignore[method-assign,assignment] # a crash is put in its way


def end_a_run(path: Path, address: str, secret: str, now: datetime, step: int) -> None:
    """Sync, collect and deliver once."""
    told = job(path, address, secret, now)
    with open_database(path) as db:
        kill_before(step)
        webhooks.sync(told, db)
        asyncio.run(webhooks.deliver(told, db, lambda: False))
