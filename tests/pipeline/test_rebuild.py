"""All clustered anew beside the running database: the same as in a stream, and swapped whole."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from aggregator.core.identity import GroupIdentity
from aggregator.core.profile import PROFILE
from aggregator.core.rearrangement import Change, Part, changes
from aggregator.errors import DatabaseError, ExecutorError, ProfileMismatch
from aggregator.executors.in_process import InProcess
from aggregator.executors.protocol import WorkerFailed
from aggregator.model import Article, Decision, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.correcting import decide
from aggregator.pipeline.rebuild import (
    Outcome,
    Rebuilding,
    Watching,
    made_by,
    require_room,
    second_path,
)
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, clusters, decisions, feeds, fingerprints, rebuilding
from aggregator.storage import changes as changes_told
from aggregator.storage.database import Database, open_database
from aggregator.storage.rebuilding import KEPT_TABLES, MADE_TABLES
from aggregator.storage.soundness import broken_promises
from benchmarks.clustering import order
from tests.support.mirror import Mirror, views
from tests.support.parts import parts
from tests.support.press import Report, reports
from tests.support.runs import ROOT

Item = TypeVar("Item")
Result = TypeVar("Result")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRESS = reports(7, 8)
SETTINGS = ClusterSettings()
TABLES = ("article", "copy_group", "story", "copy_link", "copy_member", "redirect", "fingerprint")


def article(report: Report) -> Article:
    url = f"https://press.example{report.path}"
    text = "\n".join(report.paragraphs)
    return Article(url, url, report.title, text, language="de", published_at=report.published_at)


def insert(db: Database, found: Sequence[Report]) -> list[int]:
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    with db.write():
        return [articles.insert(db, fingerprint(article(r)), 1, r.outlet, NOW) for r in found]


def run(db: Database) -> None:
    cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)


def stream(db: Database, seed: int) -> None:
    """The press, in any order, in batches of any size."""
    chance = random.Random(seed)
    left = chance.sample(PRESS, len(PRESS))
    while left:
        size = chance.randint(1, 8)
        insert(db, left[:size])
        run(db)
        left = left[size:]


class Counting(InProcess):
    """Counts the articles that were fingerprinted."""

    articles = 0

    async def run(self, function: Callable[[Item], Result], item: Item) -> Result | WorkerFailed:
        self.articles += len(item) if isinstance(item, tuple) else 0
        return await super().run(function, item)


@pytest.fixture
def rebuilt(db: Database) -> Iterator[Callable[..., Rebuilding]]:
    """Makes what rebuilds `db`, in the second file beside it."""
    with ExitStack() as stack:

        def make(
            stop: Callable[[], bool] = lambda: False, executor: InProcess | None = None
        ) -> Rebuilding:
            second = stack.enter_context(
                rebuilding.open_second(second_path(Path(db.path)), made_by(SETTINGS))
            )
            source = stack.enter_context(open_database(db.path, readonly=True))
            silent = Watching(lambda _step, _total: None, lambda _step, _count: None)
            worker = executor or InProcess()
            return Rebuilding(source, second, worker, SETTINGS, NOW, silent, stop)

        yield make


def everything(db: Database) -> list[tuple[object, ...]]:
    return [tuple(row) for name in TABLES for row in db.rows(f"SELECT * FROM {name}")]  # noqa: S608 - names are ours


def sound(db: Database) -> bool:
    return list(broken_promises(Path(db.path), NOW)) == []


def swapped(work: Rebuilding, db: Database) -> list[Outcome]:
    """Swap, and see that whoever follows along has what the views have."""
    mirror = Mirror(db)
    found = asyncio.run(work.swap(db))
    assert found is not None
    mirror.follow(db)
    assert mirror.rows == views(db)
    return found


def mix_up(db: Database) -> None:
    """Put articles where they do not belong, as an older program might have."""
    with db.write():
        ids = [row[0] for row in db.rows("SELECT id FROM article ORDER BY id")]
        group = clusters.new_group(db)
        clusters.move(db, ids[:5], group)
        story = db.execute("INSERT INTO story DEFAULT VALUES")
        db.execute("UPDATE copy_group SET story_id = ? WHERE id = ?", (story, group))
        db.execute("UPDATE article SET story_id = ? WHERE copy_group_id = ?", (story, group))


# --- the same as a stream --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_stream_and_a_rebuild_give_the_same(
    db: Database, rebuilt: Callable[..., Rebuilding], seed: int
) -> None:
    stream(db, seed)
    work = rebuilt()
    assert asyncio.run(work.run())
    assert parts(work.second, "copy_group_id") == parts(db, "copy_group_id")
    (copies, _) = work.outcomes()
    assert copies.changes == ()
    assert (copies.count, copies.unchanged) == (len(parts(db, "copy_group_id")),) * 2


def test_a_shuffled_stream_with_revisions_and_a_rebuild_give_the_same(
    db: Database, rebuilt: Callable[..., Rebuilding]
) -> None:
    feeds.sync(db, [FeedSource("https://stream.example/rss", "stream")], NOW)
    for together in order.runs(order.versions(120), 3):
        with db.write():
            for extracted, outlet in together:
                articles.insert(db, extracted, 1, outlet, NOW)
        run(db)
    work = rebuilt()
    assert asyncio.run(work.run())
    copies, stories = (order.parts(db, f"{kind}_id") for kind in ("copy_group", "story"))
    assert any(len(group) > 1 for group in copies)
    assert order.parts(work.second, "copy_group_id") == copies
    assert order.agreement(order.parts(work.second, "story_id"), stories) >= 0.98


def test_looking_changes_nothing(db: Database, rebuilt: Callable[..., Rebuilding]) -> None:
    stream(db, 1)
    mix_up(db)
    before = everything(db)
    work = rebuilt()
    asyncio.run(work.run())
    copies, stories = work.outcomes()
    assert {each.kind for each in copies.changes} <= {"split", "move"}
    assert copies.changes
    assert stories.changes
    assert everything(db) == before


# --- the swap --------------------------------------------------------------------------------


def test_a_swap_mends_and_keeps_ids(db: Database, rebuilt: Callable[..., Rebuilding]) -> None:
    stream(db, 2)
    sql = "SELECT id, copy_group_id FROM article ORDER BY id"
    ids = [tuple(row) for row in db.rows(sql)]
    assert swapped(rebuilt(), db)[0].changes == ()
    assert [tuple(row) for row in db.rows(sql)] == ids
    after, seen = everything(db), changes_told.last(db)
    assert [each.changes for each in swapped(rebuilt(), db)] == [(), ()]
    assert everything(db) == after
    assert changes_told.since(db, seen) == []
    wanted = (parts(db, "copy_group_id"), parts(db, "story_id"))
    mix_up(db)
    swapped(rebuilt(), db)
    assert (parts(db, "copy_group_id"), parts(db, "story_id")) == wanted
    assert sound(db)


def test_ids_that_are_gone_lead_to_those_that_stay(
    db: Database, rebuilt: Callable[..., Rebuilding]
) -> None:
    insert(db, PRESS)
    with db.write():
        for row in db.rows("SELECT id FROM article"):
            group = clusters.new_group(db)
            story = db.execute("INSERT INTO story DEFAULT VALUES")
            db.execute("UPDATE copy_group SET story_id = ? WHERE id = ?", (story, group))
            clusters.move(db, [row[0]], group)
        clusters.redirect(db, "story", {99: 2}, NOW)
        db.execute("UPDATE sqlite_sequence SET seq = 99 WHERE name = 'story'")
        decisions.add(db, Decision(0, NOW, "eva", "rename", value="Named"), story_id=3)
        clusters.mark_clustered(db, range(1, 100))
    before = {row[0]: row[1] for row in db.rows("SELECT id, story_id FROM article")}
    swapped(rebuilt(), db)
    leads = {
        row["old_id"]: row["new_id"] for row in db.rows("SELECT * FROM redirect WHERE kind='story'")
    }
    after = {row[0]: row[1] for row in db.rows("SELECT id, story_id FROM article")}
    assert all(leads.get(before[each], before[each]) == after[each] for each in before)
    assert leads[99] == leads.get(2, 2)
    assert db.value("SELECT id FROM stories WHERE title = 'Named'") == leads.get(3, 3)
    assert sound(db)
    assert db.value("SELECT count(*) FROM story_link") > 0
    assert db.value("SELECT count(*) FROM story_link WHERE a >= b") == 0


def test_a_new_id_is_one_that_nobody_had(db: Database, rebuilt: Callable[..., Rebuilding]) -> None:
    stream(db, 3)
    with db.write():
        db.execute("UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'copy_group'")
        ids = [row[0] for row in db.rows("SELECT id FROM article ORDER BY id")]
        db.execute("UPDATE article SET copy_group_id = 1 WHERE id IN (?, ?, ?)", ids[:3])
    had = {row[0] for row in db.rows("SELECT id FROM copy_group")}
    (copies, _) = swapped(rebuilt(), db)
    assert any(part.id is None for change in copies.changes for part in change.after)
    new = {row[0] for row in db.rows("SELECT id FROM copy_group")} - had
    assert new
    assert min(new) > 5000


def test_what_editors_decided_holds(db: Database, rebuilt: Callable[..., Rebuilding]) -> None:
    stream(db, 4)
    sql = "SELECT min(id), max(id) FROM article GROUP BY copy_group_id HAVING count(*) > 1"
    a, b = db.rows(sql)[0]
    decide(db, [Decision(0, NOW, "eva", "apart", "story", (a,), (b,))], SETTINGS, NOW)
    work = rebuilt()
    assert asyncio.run(work.run())
    assert work.outcomes()[0].changes == ()
    c, d = db.rows(sql)[-1]
    decide(db, [Decision(0, NOW, "eva", "apart", "story", (c,), (d,))], SETTINGS, NOW)
    swapped(work, db)
    where = {row[0]: row[1] for row in db.rows("SELECT id, story_id FROM article")}
    assert where[a] != where[b]
    assert where[c] != where[d]
    assert sound(db)


def test_a_decision_during_the_swap_is_waited_for(
    db: Database, rebuilt: Callable[..., Rebuilding]
) -> None:
    stream(db, 4)
    work = rebuilt()
    assert asyncio.run(work.run())
    carried = {each.kind: (each.ids, each.identities) for each in work.outcomes()}
    a, b = (row[0] for row in db.rows("SELECT id FROM article LIMIT 2"))
    decide(db, [Decision(0, NOW, "eva", "together", "story", (a, b))], SETTINGS, NOW)
    before = everything(db)
    assert not rebuilding.swap(db, Path(work.second.path), carried, NOW)
    assert everything(db) == before


def test_what_an_older_program_fingerprinted_is_mended(
    db: Database, rebuilt: Callable[..., Rebuilding]
) -> None:
    insert(db, PRESS[:16])
    run(db)
    with db.write():
        db.execute("UPDATE fingerprint SET profile = 'v0', keys = x'', signature = x''")
        db.execute("DELETE FROM band")
        db.execute("DELETE FROM profile")
        db.execute("INSERT INTO profile SELECT profile, count(*) FROM fingerprint GROUP BY 1")
    insert(db, PRESS[16:])
    with pytest.raises(ProfileMismatch, match="rebuild --swap"):
        run(db)
    swapped(rebuilt(), db)
    run(db)
    assert {row[0] for row in db.rows("SELECT DISTINCT profile FROM fingerprint")} == {PROFILE}
    assert sound(db)
    with open_database(Path(db.path).with_name("other.db")) as other:
        insert(other, PRESS)
        run(other)
        assert parts(other, "copy_group_id") == parts(db, "copy_group_id")


# --- what comes meanwhile --------------------------------------------------------------------


def test_what_came_went_and_changed_meanwhile_is_taken_in(
    db: Database, rebuilt: Callable[..., Rebuilding]
) -> None:
    insert(db, PRESS[:20])
    run(db)
    counting = Counting()
    work = rebuilt(executor=counting)
    assert asyncio.run(work.run())
    assert counting.articles == 20
    insert(db, PRESS[20:])
    insert(db, [replace(PRESS[0], paragraphs=PRESS[5].paragraphs)])
    with db.write():
        db.execute("UPDATE article SET canonical_url = 'x' WHERE id = 3")
        db.execute("UPDATE article SET canonical_url = ? WHERE id = 4", (article(PRESS[2]).url,))
        fingerprints.forget(db, 2)
        db.execute("UPDATE copy_group SET first_article_id = NULL WHERE first_article_id = 2")
        db.execute("DELETE FROM article WHERE id = 2")
    run(db)
    swapped(work, db)
    assert counting.articles == 20 + len(PRESS) - 20 + 3
    assert sound(db)
    found = (parts(db, "copy_group_id"), parts(db, "story_id"))
    rebuilding.discard(Path(work.second.path))
    again = swapped(rebuilt(), db)
    assert again[0].changes == ()
    assert parts(db, "copy_group_id") == found[0]


def test_one_that_is_stopped_goes_on(db: Database, rebuilt: Callable[..., Rebuilding]) -> None:
    insert(db, [replace(PRESS[0], path=f"/{n}", paragraphs=(f"Nr. {n}",)) for n in range(600)])
    before = everything(db)
    asked = iter([False, True])
    counting = Counting()
    assert not asyncio.run(rebuilt(lambda: next(asked, True), counting).run())
    assert 0 < counting.articles < 600
    assert everything(db) == before
    stops = iter([False] * 3)
    work = rebuilt(lambda: next(stops, True), counting)
    assert not asyncio.run(work.run())
    done = work.second.value("SELECT count(*) FROM article")
    assert 0 < done < 600
    counting.articles = 0
    assert asyncio.run(rebuilt(executor=counting).run())
    assert counting.articles == 600 - done
    assert asyncio.run(rebuilt(executor=counting).swap(db)) is not None
    assert counting.articles == 600 - done
    assert sound(db)


def test_other_rules_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "second"
    with rebuilding.open_second(path, "these rules") as second:
        insert(second, PRESS[:1])
    with rebuilding.open_second(path, "these rules") as second:
        assert second.value("SELECT count(*) FROM article") == 1
    with rebuilding.open_second(path, "other rules") as second:
        assert second.value("SELECT count(*) FROM article") == 0
    path.write_bytes(b"This is no database." * 100)
    with rebuilding.open_second(path, "these rules") as second:
        assert second.value("SELECT count(*) FROM article") == 0
    assert made_by(SETTINGS) != made_by(replace(SETTINGS, jaccard=0.5))
    assert made_by(SETTINGS) == made_by(ClusterSettings())


# --- when it goes wrong ----------------------------------------------------------------------

_KILLED = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from aggregator.storage import rebuilding
from tests.pipeline import test_rebuild
def killed(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr(rebuilding, sys.argv[2], killed)
test_rebuild.rebuild_as_a_process_does(sys.argv[1])
"""


def rebuild_as_a_process_does(path: str) -> None:
    """Rebuild and swap; some step of it is made to kill the process."""
    second = second_path(Path(path))
    silent = Watching(lambda _step, _total: None, lambda _step, _count: None)
    with (
        open_database(path) as db,
        open_database(path, readonly=True) as source,
        rebuilding.open_second(second, made_by(SETTINGS)) as other,
    ):
        work = Rebuilding(source, other, InProcess(), SETTINGS, NOW, silent)
        asyncio.run(work.swap(db))


@pytest.mark.parametrize(
    "step", ["keep", "take_decisions", "parts", "swap", "_replace", "_redirect"]
)
def test_killed_at_whatever_moment_nothing_is_half_done(
    db: Database, rebuilt: Callable[..., Rebuilding], step: str
) -> None:
    insert(db, PRESS[:12])
    run(db)
    mix_up(db)
    before = everything(db)
    command = [sys.executable, "-c", _KILLED, db.path, step]
    killed = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert everything(db) == before
    swapped(rebuilt(), db)
    assert everything(db) != before
    assert sound(db)


def test_an_article_that_costs_its_worker_is_named(
    db: Database, rebuilt: Callable[..., Rebuilding]
) -> None:
    class Failing(InProcess):
        async def run(
            self, function: Callable[[Item], Result], item: Item
        ) -> Result | WorkerFailed:
            del function, item
            return WorkerFailed("timeout", "stopped after 30 s of work")

    insert(db, PRESS[:3])
    with pytest.raises(ExecutorError, match="article 1 cannot be fingerprinted: stopped after 30"):
        asyncio.run(rebuilt(executor=Failing()).run())


def test_a_full_disk_is_said_before(db: Database, tmp_path: Path) -> None:
    insert(db, PRESS)
    second = tmp_path / "second"
    require_room(db, second, 1_000_000_000)
    with pytest.raises(DatabaseError, match="0 MB are free; clustering 32 articles anew takes up"):
        require_room(db, second, 1_000)
    second.write_bytes(b"x" * 1_000_000)
    require_room(db, second, 1_000)


def test_every_table_is_known_to_be_made_or_kept(db: Database) -> None:
    rows = db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    ours = {row[0] for row in rows if not row[0].startswith(("sqlite", "_", "article_fts"))}
    assert ours == MADE_TABLES | KEPT_TABLES
    assert not MADE_TABLES & KEPT_TABLES


def test_every_id_of_a_group_or_story_is_carried_over(db: Database) -> None:
    columns = {
        (table, row["name"])
        for table in MADE_TABLES
        for row in db.rows(f"PRAGMA table_info({table})")
    }
    found = {
        (table, name) for table, name in columns if name.endswith(("group_id", "story_id"))
    } | {("copy_group", "id"), ("story", "id"), ("story_link", "a"), ("story_link", "b")}
    known = {(name, column) for name, ids in rebuilding._RENUMBERED.items() for column in ids}
    assert found == known


# --- what is told ----------------------------------------------------------------------------


def test_what_changes_is_told() -> None:
    previous = {1: 10, 2: 10, 3: 11, 4: 12, 5: 12, 6: 13, 7: 13, 8: 14}
    after = [({1, 2, 3}, 10), ({4}, 12), ({5}, None), ({6, 8}, 13), ({7, 9}, 14), ({99}, None)]
    found = changes([GroupIdentity(frozenset(ids), kept) for ids, kept in after], previous)
    assert found == [
        Change("move", (Part(13, 2, 6), Part(14, 1, 8)), (Part(13, 2, 6), Part(14, 2, 7))),
        Change("merge", (Part(10, 2, 1), Part(11, 1, 3)), (Part(10, 3, 1),)),
        Change("split", (Part(12, 2, 4),), (Part(12, 1, 4), Part(None, 1, 5))),
    ]


def test_what_only_grows_is_no_change() -> None:
    after = [GroupIdentity(frozenset({1, 2, 5}), 10), GroupIdentity(frozenset({6}), None)]
    assert changes(after, {1: 10, 2: 10}) == []
