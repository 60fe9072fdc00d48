"""Figures of provenance stay what they would be if all were made anew, whatever comes and goes."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Article, CopyLink, FeedSource
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.tracing import trace, trace_left
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, clusters, copies, feeds, provenance, texts
from aggregator.storage.copies import CopyMember
from aggregator.storage.database import Database
from tests.support.press import reports

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WIRES = [report.paragraphs for report in reports(3, 4)[::4]]


def bring(db: Database, name: str, text: str, minutes: int, agency: str | None = None) -> int:
    url = f"https://{name}.example/"
    at = NOW + timedelta(minutes=minutes)
    made = fingerprint(Article(url, url, name, text, agency=agency, published_at=at))
    feeds.sync(db, [FeedSource("u", "o")], NOW)
    with db.write():
        return articles.insert(db, made, 1, name, NOW)


def run(db: Database) -> None:
    cluster(db, ClusterSettings(), now=NOW, stop=lambda: False, tell=lambda _: None)


def figures(db: Database, article_id: int) -> CopyMember:
    found = copies.member(db, article_id)
    assert found is not None
    return found


def everything(db: Database) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.rows("SELECT * FROM copy_member ORDER BY article_id")]


def test_who_took_what_from_whom(db: Database) -> None:
    words = [f"wort{n}" for n in range(200)]
    full = bring(db, "full", " ".join(words), 0, "dpa")
    short = bring(db, "short", " ".join(words[:120]), 5)
    alone = bring(db, "alone", "\n".join(WIRES[1]), 6)
    run(db)
    first, copy = figures(db, full), figures(db, short)
    assert (first.earliest, first.reference_id, first.taken) == (True, None, 0)
    assert (copy.earliest, copy.reference_id, copy.taken) == (False, full, 1)
    assert (copy.added_words, copy.partner_id, copy.rule) == (0, full, "jaccard")
    assert (first.added_words, copy.cut_words) == (200, 80)
    assert copies.member(db, alone) is None


def test_who_comes_late_but_was_first_is_the_earliest(db: Database) -> None:
    text = "\n".join(WIRES[0])
    later = bring(db, "later", text, 10)
    run(db)
    assert copies.member(db, later) is None
    first = bring(db, "first", text, 0, "AFP")
    run(db)
    assert figures(db, first).earliest
    assert figures(db, later).reference_id == first
    group = db.row("SELECT * FROM copy_groups")
    assert group is not None
    assert (group["first_article_id"], group["agency"]) == (first, "AFP")


def test_the_earliest_and_the_agency_follow_a_revision(db: Database) -> None:
    text = "\n".join(WIRES[0])
    first, second, third = (
        bring(db, name, text, minutes, agency)
        for minutes, (name, agency) in enumerate([("one", "AFP"), ("two", "dpa"), ("three", "dpa")])
    )
    run(db)
    bring(db, "one", "\n".join(WIRES[1]), 0)
    assert copies.member(db, first) is None
    run(db)
    rows = {row["first_article_id"]: row["agency"] for row in db.rows("SELECT * FROM copy_groups")}
    assert rows == {first: None, second: "dpa"}
    assert copies.member(db, first) is None
    assert figures(db, second).earliest
    assert figures(db, third).reference_id == second
    bring(db, "two", "\n".join(WIRES[2]), 1)
    run(db)
    assert [copies.member(db, each) for each in (first, second, third)] == [None, None, None]


@pytest.mark.parametrize("seed", range(6))
def test_figures_are_as_if_all_were_made_anew(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        for _ in range(chance.randint(1, 4)):
            name = f"o{chance.randrange(10)}"
            paragraphs = WIRES[chance.randrange(3)][: chance.choice([3, 5, 8])]
            own = WIRES[3][: chance.choice([0, 1])]
            minutes = int(name[1:]) * 7 % 10
            bring(db, name, "\n".join([*paragraphs, *own]), minutes, chance.choice([None, "dpa"]))
        run(db)
        kept = everything(db)
        with db.write():
            trace(db, [row[0] for row in db.rows("SELECT id FROM article")])
        assert everything(db) == kept
    assert any(row[1] for row in kept)


def test_only_so_many_before_it_are_compared(db: Database) -> None:
    ids = [bring(db, f"o{n:02}", "Kurz.", n) for n in range(40)]
    with db.write():
        group = clusters.new_group(db)
        clusters.move(db, ids, group)
        clusters.recount(db, [group])
        texts.add_links(db, [CopyLink(each, ids[-1], 1, 1, "jaccard") for each in ids[:-1]])
        texts.add_links(db, [CopyLink(ids[0], ids[1], 0, 0.5, "compound")])
    assert provenance.before(db, ids[-1]) == ids[:16]
    assert provenance.before(db, ids[1]) == []


def test_of_long_texts_fewer_are_compared(db: Database) -> None:
    long = " ".join(f"wort{n}" for n in range(60_000))
    ids = [bring(db, f"o{n}", f"{long} {n}", n) for n in range(5)]
    with db.write():
        group = clusters.new_group(db)
        clusters.move(db, ids, group)
        clusters.recount(db, [group])
        links = [CopyLink(each, ids[-1], 1, 1 - each / 100, "jaccard") for each in ids[:-1]]
        texts.add_links(db, links)
    assert provenance.before(db, ids[-1]) == ids[:2]


def test_figures_left_to_be_made_are_made(db: Database) -> None:
    for name in ("one", "two"):
        bring(db, name, "\n".join(WIRES[0]), 0)
    run(db)
    kept = everything(db)
    with db.write():
        db.execute("UPDATE copy_member SET added_words = NULL, taken = NULL, reference_id = NULL")
    run(db)
    assert everything(db) == kept
    assert not trace_left(db)
