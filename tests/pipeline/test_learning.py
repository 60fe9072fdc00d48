"""What recurs on a site is taken out of its articles in a real database, and put back."""

import asyncio
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TypeVar, cast

import pytest

from aggregator.core.furniture import LEARNT, State
from aggregator.executors.in_process import InProcess
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import WorkerFailed
from aggregator.model import Article, FeedSource, Removed
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.events import Event, SiteStudied
from aggregator.pipeline.learning import Learning, spread
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings, WorkerSettings
from aggregator.storage import articles, clusters, feeds, furniture
from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import broken_promises
from tests.support.furniture import PROMPT, article, words

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

SITE = "example.com"
LABEL = "Erfahren Sie hier mehr über die Redaktion und ihre Standards."


def report(
    topic: int,
    *more: str,
    host: str = "www.example.com",
    at: int = 2,
    number: int = 0,
    lines: Sequence[str] = (),
) -> Article:
    """An article of the site about a topic, with further lines at a place in it."""
    body = list(lines or article(topic, number=number))
    body[at:at] = more
    url = f"https://{host}/{topic}-{number}"
    return Article(
        url,
        url,
        " ".join(words(topic, 4)).title(),
        "\n".join(body),
        lead=f"{' '.join(words(topic, 9))}.".capitalize(),
        language="de",
        published_at=NOW + timedelta(minutes=topic),
        removed=(Removed("Von Anna", "byline", 0), Removed("Teilen", "social", 4)),
        # Two blocks were taken out already: at the top and within.
        places=tuple(at + 1 + (at >= 3) for at in range(len(body))),
    )


def bring(db: Database, *found: Article, now: datetime = NOW) -> list[int]:
    """Keep articles as the step of fetching does."""
    feeds.sync(db, [FeedSource("https://bote.example/rss", "Bote")], NOW)
    with db.write():
        return [articles.insert(db, fingerprint(each), 1, "Bote", now) for each in found]


def learn(db: Database, *, now: datetime = NOW) -> list[SiteStudied]:
    """Do the step; returns what it said."""
    said: list[Event] = []
    step = Learning(db, InProcess(), lambda: now, remember=30)
    asyncio.run(step.run(said.append))
    return [each for each in said if isinstance(each, SiteStudied)]


def run(db: Database) -> None:
    """Learn and cluster, as a run does."""
    learn(db)
    cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)


def texts(db: Database) -> dict[str, str]:
    """The text of each article by its address."""
    return {row["canonical_url"]: row["text"] for row in db.rows("SELECT * FROM article")}


def has(db: Database, line: str) -> list[int]:
    """The ids of the articles that have a line in their text."""
    rows = db.rows("SELECT id, text FROM article ORDER BY id")
    return [row["id"] for row in rows if line in row["text"].split("\n")]


def removed(db: Database, article_id: int) -> list[tuple[str, str, int]]:
    """What was taken out of an article, by place."""
    sql = "SELECT reason, text, place FROM removed WHERE article_id = ? ORDER BY place"
    return [tuple(row) for row in db.rows(sql, (article_id,))]


def everything(db: Database) -> list[tuple[object, ...]]:
    """All that the step may change."""
    tables = ("article", "removed_block", "furniture", "fingerprint", "band", "story_document")
    return [tuple(row) for table in tables for row in db.rows(f"SELECT * FROM {table}")]  # noqa: S608 - names are ours


def sound(db: Database) -> bool:
    """Whether all promises are kept."""
    return list(broken_promises(Path(db.path), NOW)) == []


# --- learning --------------------------------------------------------------------------------


def test_it_works_from_the_third_page_on_and_mends_the_first_two(db: Database) -> None:
    ids = bring(db, report(0, PROMPT), report(1, PROMPT))
    run(db)
    assert has(db, PROMPT) == ids
    ids += bring(db, report(2, PROMPT))
    (said,) = learn(db)
    assert (said.site, said.outcome, said.mended) == (SITE, "learnt", 3)
    assert has(db, PROMPT) == []
    # What changed is clustered anew, and has the fingerprint of its new text.
    assert clusters.unclustered_count(db) == 3
    run(db)
    assert clusters.unclustered_count(db) == 0
    bring(db, report(3, PROMPT))
    run(db)
    assert has(db, PROMPT) == []
    assert sound(db)


def test_what_is_taken_out_is_kept_with_reason_and_place(db: Database) -> None:
    ids = bring(db, *(report(topic, PROMPT) for topic in range(3)))
    learn(db)
    taken = (LEARNT, PROMPT, 3)
    assert removed(db, ids[0]) == [("byline", "Von Anna", 0), taken, ("social", "Teilen", 4)]
    left = report(0)
    row = db.row("SELECT text, places, word_count FROM article WHERE id = ?", (ids[0],))
    assert row is not None
    assert tuple(row) == (left.text, "[1, 2, 5, 6, 7]", left.word_count)
    made = fingerprint(left).fingerprint.signature
    sql = "SELECT signature FROM fingerprint WHERE article_id = ?"
    assert db.value(sql, (ids[0],)) == made


def test_what_is_known_of_a_site_is_listed(db: Database) -> None:
    bring(db, *(report(topic, PROMPT) for topic in range(4)))
    learn(db)
    (row,) = db.rows("SELECT * FROM boilerplate")
    assert (row["site"], row["example"], row["state"], row["pages"]) == (SITE, PROMPT, "learnt", 4)
    assert row["first_seen_at"] == row["last_seen_at"] == "2026-03-01T12:00:00Z"


def test_a_lead_that_recurs_goes_and_comes_back(db: Database) -> None:
    ids = bring(db, *(replace(report(topic), lead=PROMPT) for topic in range(3)))
    learn(db)
    assert [row["lead"] for row in db.rows("SELECT lead FROM article")] == [""] * 3
    assert removed(db, ids[0])[0] == (LEARNT, PROMPT, -1)
    decide(db, PROMPT, "rejected")
    learn(db)
    assert [row["lead"] for row in db.rows("SELECT lead FROM article")] == [PROMPT] * 3
    assert sound(db)


def test_sites_do_not_learn_from_each_other(db: Database) -> None:
    hosts = ("a.example", "b.example", "c.example", "d.example")
    bring(db, *(report(topic, PROMPT, host=host) for topic, host in enumerate(hosts)))
    learn(db)
    assert len(has(db, PROMPT)) == 4
    # Hosts of one registrable domain are one site.
    bring(db, *(report(topic, PROMPT, host=f"{topic}.example.com") for topic in range(3)))
    learn(db)
    assert len(has(db, PROMPT)) == 4


def test_wire_copy_is_no_furniture(db: Database) -> None:
    wire = article(9, paragraphs=6)
    copies = [report(9, lines=wire, host=f"{name}.example", at=0) for name in "abcdef"]
    twice = [report(9, PROMPT, lines=wire, number=number) for number in range(4)]
    bring(db, *copies, *twice)
    learn(db)
    assert db.value("SELECT count(*) FROM furniture") == 0


def test_an_article_that_is_mostly_furniture_is_left_alone(db: Database) -> None:
    short = ("Ein kurzer Satz, der für sich steht.",)
    ids = bring(db, *(report(t, PROMPT) for t in range(3)), report(3, PROMPT, lines=short))
    (said,) = learn(db)
    assert has(db, PROMPT) == ids[3:]
    assert said.backed_off == 1


def test_what_is_no_report_is_left_alone(db: Database) -> None:
    endless = tuple(f"Zeile {' '.join(words(at, 3))}" for at in range(600))
    bring(db, *(report(topic, PROMPT) for topic in range(3)))
    ids = bring(db, replace(report(9, PROMPT, lines=endless), places=()))
    learn(db)
    assert has(db, PROMPT) == ids
    assert not clusters.any_unstudied(db)


def test_what_stops_recurring_ages_out(db: Database) -> None:
    bring(db, *(report(topic, PROMPT) for topic in range(3)))
    learn(db)
    # 51 newer pages without it, but not yet 30 days: it is still known.
    bring(db, *(report(topic) for topic in range(3, 54)), now=NOW + timedelta(days=29))
    learn(db, now=NOW + timedelta(days=29))
    assert db.value("SELECT count(*) FROM furniture") == 1
    bring(db, report(54), now=NOW + timedelta(days=31))
    learn(db, now=NOW + timedelta(days=31))
    assert db.value("SELECT count(*) FROM furniture") == 0
    # What it took out was furniture then.
    assert has(db, PROMPT) == []


def test_it_does_not_age_while_it_stands_on_one_of_the_newest_50(db: Database) -> None:
    bring(db, *(report(topic, PROMPT) for topic in range(3)))
    learn(db)
    bring(db, report(4), now=NOW + timedelta(days=300))
    learn(db, now=NOW + timedelta(days=300))
    assert db.value("SELECT count(*) FROM furniture") == 1


# --- order, crashes --------------------------------------------------------------------------

ARRIVING = (
    *(report(topic, PROMPT, LABEL) for topic in range(4)),
    *(report(topic, PROMPT.replace("WhatsApp", "Signal"), LABEL) for topic in range(4, 8)),
    *(report(8, article(9)[0], number=number) for number in range(4)),
    *(report(topic, "Ein Satz, der nur auf zwei Seiten steht.") for topic in (10, 11)),
    *(report(topic) for topic in range(12, 20)),
)


def outcome(db: Database) -> tuple[list[object], object, object]:
    """What is known, and all texts with what was taken out of them."""
    known = db.rows("SELECT site, form, example, state, pages FROM furniture ORDER BY site, form")
    ids = db.rows("SELECT canonical_url, id FROM article")
    gone = {row["canonical_url"]: removed(db, row["id"]) for row in ids}
    return [tuple(row) for row in known], texts(db), gone


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_arrival_does_not_matter(tmp_path: Path, seed: int) -> None:
    with open_database(tmp_path / "whole.db") as db:
        bring(db, *ARRIVING)
        learn(db)
        expected = outcome(db)
    assert len(expected[0]) == 3
    chance = random.Random(seed)
    waiting = chance.sample(ARRIVING, len(ARRIVING))
    with open_database(tmp_path / "parts.db") as db:
        while waiting:
            size = chance.randint(1, 6)
            bring(db, *waiting[:size])
            waiting = waiting[size:]
            learn(db)
        assert outcome(db) == expected


def test_many_at_once_end_as_one_by_one(tmp_path: Path) -> None:
    """More than are looked at together: each has those around it in time."""
    arriving = [report(topic, *[PROMPT] * (topic % 20 == 0)) for topic in range(260)]
    outcomes = []
    for size in (260, 13):
        with open_database(tmp_path / f"{size}.db") as db:
            for start in range(0, len(arriving), size):
                bring(db, *arriving[start : start + size])
                learn(db)
            outcomes.append(texts(db))
    assert outcomes[0] == outcomes[1]
    assert [url for url, text in outcomes[0].items() if PROMPT in text] == []


def test_learning_again_changes_nothing(db: Database) -> None:
    bring(db, *ARRIVING)
    run(db)
    before = everything(db)
    assert learn(db) == []
    assert everything(db) == before
    with db.write():
        db.execute("UPDATE article SET studied = 0")
    learn(db)
    assert everything(db) == before


class _Killed(Exception):
    """Stands for a kill: nothing that comes behind is done."""


class _Dying(Database):
    """A database whose process dies at the n-th statement that writes."""

    left = 0

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement, or die."""
        self._live()
        return super().execute(sql, parameters)

    def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows, or die."""
        self._live()
        super().execute_many(sql, rows)

    def _live(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Killed


def test_killed_at_any_statement_the_next_run_ends_alike(tmp_path: Path) -> None:
    begun = tmp_path / "begun.db"
    with open_database(begun) as db:
        bring(db, *ARRIVING[:3], report(40, PROMPT, host="a.example"))
        furniture.decide(db, SITE, LABEL, "rejected", by="eva", now=NOW)
    shutil.copy(begun, tmp_path / "whole.db")
    with open_database(tmp_path / "whole.db") as db:
        learn(db)
        expected = outcome(db)
    path = tmp_path / "killed.db"
    deaths = 0
    for moment in count():
        shutil.copy(begun, path)
        with suppress(_Killed), _Dying(str(path), sqlite3.connect(path)) as db:
            db.left = moment
            learn(db)
            break
        deaths += 1
        with open_database(path) as db:
            learn(db)
            assert outcome(db) == expected
    assert deaths > 10


def test_a_stop_leaves_the_rest_for_the_next_run(db: Database) -> None:
    bring(db, report(0), report(1, host="a.example"))
    step = Learning(db, InProcess(), lambda: NOW, remember=30, stop=lambda: True)
    asyncio.run(step.run(lambda _: None))
    assert clusters.any_unstudied(db)
    learn(db)
    assert not clusters.any_unstudied(db)


class _Stalling(ProcessPool):
    """Real workers, in which whatever they are given takes longer than they may."""

    async def run(
        self, function: Callable[[_Item], _Result], item: _Item
    ) -> _Result | WorkerFailed:
        """Have a worker stall, whatever it is given."""
        del function
        return await super().run(cast("Callable[[_Item], _Result]", _stall), item)


def _stall(_: object) -> None:
    time.sleep(60)


def test_a_site_that_breaks_its_worker_holds_up_nobody(db: Database) -> None:
    bring(db, *(report(topic, PROMPT) for topic in range(3)))
    bring(db, *(report(topic, PROMPT, host="long.example") for topic in range(3)))

    async def with_workers_that_stall() -> list[Event]:
        said: list[Event] = []
        async with _Stalling(WorkerSettings(count=1, timeout=0.2)) as pool:
            await Learning(db, pool, lambda: NOW, remember=30).run(said.append)
        return said

    events = asyncio.run(with_workers_that_stall())
    said = [each for each in events if isinstance(each, SiteStudied)]
    assert [each.outcome for each in said] == ["failed", "failed"]
    assert said[0].detail.startswith("timeout")
    assert not clusters.any_unstudied(db)


# --- editors ---------------------------------------------------------------------------------


def decide(db: Database, line: str, state: State) -> None:
    """Lay something down and have it looked at, as the command does."""
    furniture.decide(db, SITE, line, state, by="eva", now=NOW)
    spread(db)


def test_rejecting_puts_the_lines_back_in_their_places(db: Database) -> None:
    found = [report(topic, PROMPT) for topic in range(3)]
    ids = bring(db, *found, report(3))
    before = texts(db)
    places = db.rows("SELECT places FROM article ORDER BY id")
    run(db)
    assert texts(db) != before
    decide(db, PROMPT, "rejected")
    assert clusters.any_unstudied(db)
    run(db)
    assert texts(db) == before
    assert db.rows("SELECT places FROM article ORDER BY id") == places
    assert removed(db, ids[0]) == [("byline", "Von Anna", 0), ("social", "Teilen", 4)]
    # And for ever: more pages do not bring it back, nor does looking again.
    bring(db, *(report(topic, PROMPT) for topic in range(4, 9)))
    run(db)
    assert len(has(db, PROMPT)) == 8
    assert sound(db)


def test_what_is_added_goes_from_all_articles_that_are_there(db: Database) -> None:
    bring(db, *(report(topic) for topic in range(120)), report(120, PROMPT))
    old = bring(db, report(-1, PROMPT))
    run(db)
    assert len(has(db, PROMPT)) == 2
    decide(db, PROMPT, "added")
    run(db)
    assert has(db, PROMPT) == []
    assert removed(db, old[0])[1] == (LEARNT, PROMPT, 3)
    assert sound(db)


def test_what_is_approved_outlives_what_is_learnt(db: Database) -> None:
    bring(db, *(report(topic, PROMPT, LABEL) for topic in range(3)))
    run(db)
    decide(db, PROMPT, "approved")
    later = NOW + timedelta(days=400)
    for topics in (range(3, 60), range(60, 62)):
        bring(db, *(report(topic) for topic in topics), now=later)
        learn(db, now=later)
    assert [row["state"] for row in db.rows("SELECT state FROM furniture")] == ["approved"]
    bring(db, report(70, PROMPT), now=later)
    learn(db, now=later)
    assert has(db, PROMPT) == []


@pytest.mark.parametrize("state", ["approved", "rejected", "added"])
def test_decisions_hold_when_an_article_is_extracted_anew(db: Database, state: State) -> None:
    found = [report(topic, PROMPT) for topic in range(3)]
    bring(db, *found)
    run(db)
    decide(db, PROMPT, state)
    run(db)
    expected = outcome(db)
    bring(db, *found)
    run(db)
    assert outcome(db) == expected
    assert (has(db, PROMPT) == []) is (state != "rejected")


def test_who_decided_and_when_is_kept(db: Database) -> None:
    furniture.decide(db, SITE, PROMPT, "added", by="eva", now=NOW)
    furniture.decide(db, SITE, PROMPT, "rejected", by="otto", now=NOW + timedelta(days=1))
    (row,) = db.rows("SELECT state, decided_by, decided_at FROM boilerplate")
    assert tuple(row) == ("rejected", "otto", "2026-03-02T12:00:00Z")


class _Meddling(InProcess):
    """An executor during whose work an editor decides."""

    def __init__(self, db: Database) -> None:
        """The editor works on `db`."""
        self._db = db
        self._done = False

    async def run(
        self, function: Callable[[_Item], _Result], item: _Item
    ) -> _Result | WorkerFailed:
        """Run, and let the editor decide meanwhile."""
        found = await super().run(function, item)
        if not self._done:
            self._done = True
            furniture.decide(self._db, SITE, PROMPT, "rejected", by="eva", now=NOW)
        return found


def test_what_an_editor_decides_meanwhile_counts(db: Database) -> None:
    bring(db, *(report(topic, PROMPT) for topic in range(3)))
    asyncio.run(Learning(db, _Meddling(db), lambda: NOW, remember=30).run(lambda _: None))
    assert len(has(db, PROMPT)) == 3


# --- what older programs kept ----------------------------------------------------------------


def test_articles_without_places_are_mended_and_put_back(db: Database) -> None:
    ids = bring(db, *(replace(report(topic, PROMPT), places=()) for topic in range(3)))
    before = texts(db)
    learn(db)
    assert has(db, PROMPT) == []
    assert (LEARNT, PROMPT, 2) in removed(db, ids[0])
    decide(db, PROMPT, "rejected")
    learn(db)
    assert texts(db) == before
