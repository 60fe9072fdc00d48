"""Killed at any step a run's end loses no event, and what it repeats it repeats under its name."""

import shutil
import signal
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from aggregator.storage import outbox, webhooks
from aggregator.storage.database import open_database
from tests.support.events import FOUND, NOW, bring
from tests.webhooks.killed import end_a_run, job
from tests.webhooks.receiver import WRITTEN, Receiver

LATER = NOW + timedelta(hours=1)
# What each of the many processes would import by need, too.
IMPORTED = [
    "tests.webhooks.killed",
    "aggregator.config.webhooks",
    "aggregator.net.webhooks",
    "aggregator.pipeline.webhooks",
    "aggregator.storage.outbox",
]


def run(path: Path, receiver: Receiver, now: datetime, step: int = 0) -> int | None:
    """Run the end of a run in a process; returns how it ended."""
    forks = get_context("forkserver")  # it has imported all, and no threads
    forks.set_forkserver_preload(IMPORTED)
    secret = str(path.parent / "key")
    process = forks.Process(target=end_a_run, args=(path, receiver.url(""), secret, now, step))
    process.start()
    process.join()
    return process.exitcode


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A database in which two stories have come since its webhooks were named."""
    (tmp_path / "key").write_text(WRITTEN)
    path = tmp_path / "full.db"
    with open_database(path) as db:
        told = job(path, "http://127.0.0.1", str(tmp_path / "key"), NOW)
        webhooks.sync(db, told.config.webhooks, NOW)
        bring(db, FOUND[:7])
        db.checkpoint()
    return path


def test_killed_at_any_step_it_loses_nothing(full: Path, tmp_path: Path) -> None:
    with Receiver() as receiver:
        whole = Path(shutil.copy(full, tmp_path / "whole.db"))
        assert run(whole, receiver, NOW) == 0
        expected = sorted({(each.path, each.id) for each in receiver.took})
    assert len(expected) == 4
    step, repeated = 0, 0
    while True:
        step += 1
        path = Path(shutil.copy(full, tmp_path / f"{step}.db"))
        with Receiver() as receiver:
            ended = run(path, receiver, NOW, step)
            assert ended in {0, -signal.SIGKILL}
            assert run(path, receiver, LATER) == 0
            came = [(each.path, each.id) for each in receiver.took]
            bodies = {each.id: each.body for each in receiver.took}
            assert all(each.signed and each.body == bodies[each.id] for each in receiver.took)
        assert sorted(set(came)) == expected, f"killed before step {step}"
        repeated += len(came) - len(set(came))
        with open_database(path) as db:
            assert {each.state for each in outbox.deliveries(db, limit=99)} == {"delivered"}
        if ended == 0:
            break
    assert step > 20
    assert repeated > 0, "it was never killed between sending and keeping that"
