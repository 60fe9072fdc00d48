"""Articles in a real database become the planted copy groups and stories, in whatever order."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import ProfileMismatch
from aggregator.executors.in_process import InProcess
from aggregator.executors.process_pool import ProcessPool
from aggregator.executors.protocol import Executor, WorkerFailed
from aggregator.model import Article, CopyLink, FeedSource, Fingerprint
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings, WorkerSettings
from aggregator.storage import articles, clusters, feeds, fingerprints, texts
from aggregator.storage.articles import Extracted
from aggregator.storage.candidates import candidates
from aggregator.storage.database import Database, open_database
from aggregator.storage.soundness import broken_promises
from tests.support.parts import parts
from tests.support.press import Report, reports

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRESS = reports(7, 10)
SETTINGS = ClusterSettings()


def article(report: Report) -> Article:
    url = f"https://press.example{report.path}"
    text = "\n".join(report.paragraphs)
    return Article(url, url, report.title, text, language="de", published_at=report.published_at)


def named(name: str, text: str, *, title: str = "", minutes: int = 0) -> Article:
    at = NOW + timedelta(minutes=minutes)
    return Article(name, name, title, text, language="de", published_at=at)


FINGERPRINTED = tuple((fingerprint(article(report)), report.outlet) for report in PRESS)


def insert(db: Database, found: Iterable[tuple[Extracted, str]]) -> list[int]:
    feeds.sync(db, [FeedSource("https://press.example/rss", "press")], NOW)
    with db.write():
        return [articles.insert(db, each, 1, outlet, NOW) for each, outlet in found]


def keys(db: Database, article_id: int) -> set[int]:
    sql = "SELECT key FROM band WHERE article_id = ?"
    return {row[0] for row in db.rows(sql, (article_id,))}


def bring(db: Database, *found: Article) -> list[int]:
    """Insert articles, each from an outlet of its own, and cluster them."""
    ids = insert(db, [(fingerprint(each), each.url) for each in found])
    run(db)
    return ids


def run(db: Database) -> int:
    return cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)


def everything(db: Database) -> list[tuple[object, ...]]:
    tables = ("article", "copy_group", "story", "copy_link", "band", "redirect", "term_frequency")
    return [tuple(row) for table in tables for row in db.rows(f"SELECT * FROM {table}")]  # noqa: S608 - names are ours


def group_of(db: Database, article_id: int) -> int:
    return int(db.value("SELECT copy_group_id FROM article WHERE id = ?", (article_id,)))


def sound(db: Database) -> bool:
    """Whether all figures equal recounts, and redirects lead from the gone to the living."""
    return list(broken_promises(Path(db.path), NOW)) == []


# --- planted copies --------------------------------------------------------------------------


def test_planted_copies_and_nothing_else_are_grouped(db: Database) -> None:
    insert(db, FINGERPRINTED)
    assert run(db) == len(PRESS)
    planted: dict[object, set[str]] = {}
    for each in PRESS:
        key = each.event if each.wire else each.path
        planted.setdefault(key, set()).add(article(each).canonical_url)
    assert parts(db, "copy_group_id") == set(map(frozenset, planted.values()))
    assert sound(db)


def test_stories_are_made_of_whole_groups(db: Database) -> None:
    insert(db, FINGERPRINTED)
    run(db)
    stories = parts(db, "story_id")
    for group in parts(db, "copy_group_id"):
        assert sum(group <= story for story in stories) == 1


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    outcomes = set()
    for seed in range(10):
        order = random.Random(seed).sample(FINGERPRINTED, len(FINGERPRINTED))
        with open_database(tmp_path / f"{seed}.db") as db:
            insert(db, order)
            run(db)
            found = (parts(db, "copy_group_id"), parts(db, "story_id"))
            outcomes.add(tuple(map(frozenset, found)))
    assert len(outcomes) == 1


def test_copies_that_come_one_by_one_are_grouped_alike(db: Database, tmp_path: Path) -> None:
    insert(db, FINGERPRINTED)
    run(db)
    with open_database(tmp_path / "slow.db") as slow:
        for each in FINGERPRINTED:
            insert(slow, [each])
            run(slow)
        assert parts(slow, "copy_group_id") == parts(db, "copy_group_id")
        assert sound(slow)


def test_clustering_again_changes_nothing(db: Database) -> None:
    insert(db, FINGERPRINTED)
    run(db)
    before = everything(db)
    assert run(db) == 0
    assert everything(db) == before
    with db.write():
        db.execute("UPDATE article SET clustered = 0")
    assert run(db) == len(PRESS)
    assert everything(db) == before


def test_a_stop_leaves_whole_batches(db: Database) -> None:
    insert(db, FINGERPRINTED)
    assert cluster(db, SETTINGS, now=NOW, stop=lambda: True, tell=lambda _: None) == 0
    assert clusters.unclustered_count(db) == len(PRESS)


# --- revisions and merges --------------------------------------------------------------------


def test_a_revised_article_leaves_its_group(db: Database) -> None:
    ids = insert(db, FINGERPRINTED)
    run(db)
    copy = next(n for n, report in enumerate(PRESS) if report.wire)
    mates = [n for n, each in enumerate(PRESS) if each.event == PRESS[copy].event and each.wire]
    group = group_of(db, ids[copy])
    old_keys = set(FINGERPRINTED[copy][0].fingerprint.keys)

    other = "\n".join(reports(99, 1)[0].paragraphs)
    revised = fingerprint(replace(article(PRESS[copy]), text=other))
    assert insert(db, [(revised, PRESS[copy].outlet)]) == [ids[copy]]
    run(db)

    assert group_of(db, ids[copy]) != group
    assert {group_of(db, ids[n]) for n in mates if n != copy} == {group}
    kept = keys(db, ids[copy])
    assert kept == set(revised.fingerprint.keys)
    assert old_keys - kept
    assert sound(db)


def test_a_revision_that_says_the_same_stays(db: Database) -> None:
    ids = insert(db, FINGERPRINTED)
    run(db)
    groups, stories = parts(db, "copy_group_id"), parts(db, "story_id")
    group = group_of(db, ids[0])
    insert(db, FINGERPRINTED[:1])
    run(db)
    assert group_of(db, ids[0]) == group
    assert (parts(db, "copy_group_id"), parts(db, "story_id")) == (groups, stories)
    assert sound(db)


def halves() -> tuple[str, str]:
    """Two texts of equal length that have nothing in common."""
    first, second = (reports(seed, 1)[0].paragraphs for seed in (31, 32))
    return " ".join(first[:5]), " ".join(second[:5])


def merged(db: Database) -> tuple[int, int]:
    """Two groups of which the second is revised into the first; returns the two former ids."""
    left, right = halves()
    a, b = bring(db, named("a", left), named("b", right, minutes=1))
    first, second = group_of(db, a), group_of(db, b)
    assert first != second
    bring(db, named("b", left, minutes=1))
    assert group_of(db, a) == group_of(db, b) == first
    return first, second


def test_merging_groups_leaves_a_redirect(db: Database) -> None:
    first, second = merged(db)
    found = db.rows("SELECT kind, old_id, new_id FROM redirect ORDER BY kind")
    assert ("copy_group", second, first) in [tuple(row) for row in found]
    assert sound(db)


def test_the_id_of_a_merged_group_or_story_is_never_given_again(db: Database) -> None:
    first, second = merged(db)
    (third,) = bring(db, named("c", " ".join(reports(33, 1)[0].paragraphs), minutes=2))
    assert group_of(db, third) not in {first, second}
    assert sound(db)


def test_a_merge_sees_the_mates_of_an_article_whose_links_are_gone(db: Database) -> None:
    """A revised article waits for its turn while another one pulls at what was its group."""
    with db.write():
        feeds.sync(db, [FeedSource("u", "o")], NOW)
        every = [Extracted(named(name, ""), Fingerprint("p", b"", ()), {}) for name in "abcd"]
        a, b, c, d = (articles.insert(db, each, 1, "o", NOW) for each in every)
        group = clusters.new_group(db)
        clusters.move(db, [a, b, c], group)
        texts.add_links(db, [CopyLink(c, d, 1, 1, "jaccard")])
    assert set(clusters.component(db, [d]).groups) == {a, b, c, d}


def test_compound_links_connect_nothing(db: Database) -> None:
    with db.write():
        feeds.sync(db, [FeedSource("u", "o")], NOW)
        every = [Extracted(named(name, ""), Fingerprint("p", b"", ()), {}) for name in "ab"]
        a, b = (articles.insert(db, each, 1, "o", NOW) for each in every)
        texts.add_links(db, [CopyLink(a, b, 0, 1, "compound")])
    found = clusters.component(db, [a])
    assert (set(found.groups), found.links) == ({a}, ())


# --- candidates ------------------------------------------------------------------------------


def test_more_than_500_keys_work(db: Database) -> None:
    chance = random.Random(3)
    long = " ".join(f"wort{chance.randrange(10**6)}" for _ in range(12_000))
    assert len(fingerprint(named("x", long)).fingerprint.keys) > 500
    a, b = bring(db, named("a", long), named("b", f"Neu. {long}", minutes=1))
    assert group_of(db, a) == group_of(db, b)


def test_candidates_stand_within_the_window(db: Database) -> None:
    text = halves()[0]
    hours = int(SETTINGS.copy_window)
    a, b, c = bring(
        db,
        named("a", text),
        named("b", text, minutes=60 * hours),
        named("c", text, minutes=-60 * hours - 1),
    )
    assert group_of(db, a) == group_of(db, b) != group_of(db, c)


def test_fingerprints_of_another_profile_are_refused(db: Database) -> None:
    made = fingerprint(named("a", halves()[0]))
    older = replace(made, fingerprint=replace(made.fingerprint, profile="v0"))
    other = replace(older, article=named("b", halves()[0]))
    insert(db, [(made, "one"), (other, "two")])
    with pytest.raises(ProfileMismatch, match=r"1 articles have .* \(v0\)"):
        run(db)
    assert clusters.unclustered_count(db) == 2
    insert(db, [(replace(made, article=named("b", halves()[0])), "two")])
    assert run(db) == 2


def test_of_an_overfull_key_those_next_in_time_are_looked_at(db: Database) -> None:
    minutes = random.Random(5).sample(range(100), 100)
    stubs = [named(f"{n:03}", f"Kurz {n}.", minutes=n) for n in minutes]
    ids = insert(db, [(fingerprint(each), "o") for each in stubs])
    (item,) = clusters.items(db, [ids[minutes.index(40)]])
    shared = replace(item, keys=(7,))
    with db.write():
        at = [(7, int(NOW.timestamp()) + 60 * n, ids[minutes.index(n)]) for n in range(100)]
        db.execute_many("INSERT INTO band VALUES (?, ?, ?)", at)
    found = candidates(db, shared, per_key=8, window=timedelta(hours=1))
    assert sorted(minutes[ids.index(each)] for each in found) == [36, 37, 38, 39, 41, 42, 43, 44]
    found = candidates(db, shared, per_key=8, window=timedelta(minutes=2))
    assert sorted(minutes[ids.index(each)] for each in found) == [38, 39, 41, 42]


def test_long_texts_are_compared_with_fewer(db: Database) -> None:
    long = " ".join(f"wort{n}" for n in range(60_000))
    ids = insert(db, [(fingerprint(named(f"{n}", f"{long} {n}")), f"o{n}") for n in range(6)])
    assert fingerprints.index(db, at_most=6) == 0
    (item,) = clusters.items(db, ids[:1])
    found = candidates(db, item, per_key=8, window=timedelta(hours=1))
    assert len(found) == 2
    assert sum(len(each.text) for each in clusters.items(db, found)) <= 1_500_000


def test_keys_are_indexed_in_portions_and_of_what_was_revised_anew(db: Database) -> None:
    made = [fingerprint(named(f"{n}", f"Eins zwei drei vier fünf sechs {n}.")) for n in range(5)]
    ids = insert(db, [(each, "o") for each in made])
    assert [fingerprints.index(db, at_most=2) for _ in range(4)] == [3, 1, 0, 0]
    revised = replace(made[0], fingerprint=Fingerprint("test", b"", (7, 9)))
    insert(db, [(revised, "o")])
    assert keys(db, ids[0]) == set()
    insert(db, [(replace(revised, fingerprint=Fingerprint("test", b"", (8,))), "o")])
    assert fingerprints.index(db, at_most=2) == 0
    assert keys(db, ids[0]) == {8}
    assert keys(db, ids[1]) == set(made[1].fingerprint.keys)


def test_long_texts_make_smaller_batches(db: Database) -> None:
    insert(db, [(fingerprint(named(f"{n}", "x" * 100)), "o") for n in range(6)])
    assert len(clusters.unclustered(db, 4, 1_000)) == 4
    assert [each.canonical_url for each in clusters.unclustered(db, 4, 299)] == ["0", "1"]
    assert len(clusters.unclustered(db, 4, 99)) == 1
    run(db)
    assert clusters.unclustered(db, 4, 99) == []


def test_an_article_without_a_word_stands_alone(db: Database) -> None:
    a, b = bring(db, named("a", ""), named("b", "", minutes=1))
    assert group_of(db, a) != group_of(db, b)
    assert sound(db)


# --- executors -------------------------------------------------------------------------------


@pytest.mark.parametrize("executor", [InProcess(), ProcessPool(WorkerSettings(count=2))])
def test_every_executor_makes_the_same_fingerprints(executor: Executor) -> None:
    async def made() -> list[Extracted | WorkerFailed]:
        async with executor:
            jobs = (executor.run(fingerprint, article(report)) for report in PRESS)
            return await asyncio.gather(*jobs)

    assert asyncio.run(made()) == [each for each, _ in FINGERPRINTED]
