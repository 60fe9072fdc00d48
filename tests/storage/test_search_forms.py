"""A search finds other forms of its words, and compounds of them, behind the words themselves."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Article
from aggregator.pipeline.words import take_up_all_words, take_up_words
from aggregator.storage import feeds, saved_searches, search, upkeep, vocabulary
from aggregator.storage.database import Database, open_database
from aggregator.storage.readers import Filter
from tests.support.kept import HERALD, POST, keep, report

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = {
    "rates": "Er gehört des Rates Mehrheit an.",
    "stadtrat": "Am Abend tagte der Stadtrat. Auch die Stadt war da.",
    "verraten": "Nichts wurde verraten, auch nicht die Heirat.",
    "rat": "Am Abend kam der Rat.",
    "strasse": "Die Strasse ist gesperrt.",
    "haeuser": "Es gab Schaeden an alten Haeusern und Häusern.",
    "klima": "Es geht um Klima-Schutz und das Klima, den Schutz davor.",
    "klimaschutz": "Es geht um das Klimaschutzgesetz, ein Gesetz.",
}


def titled(name: str, text: str, language: str) -> Article:
    """An article whose title has no word that is searched for."""
    return replace(report(name, NOW, language=language, text=text), title=f"x{name}y")


@pytest.fixture
def kept(db: Database) -> dict[str, int]:
    feeds.sync(db, [POST, HERALD], NOW)
    return {name: keep(db, POST, titled(name, text, "de-AT"), NOW) for name, text in TEXTS.items()}


def found(db: Database, words: str, chosen: Filter | None = None) -> list[str]:
    hits = search.search(db, words, chosen or Filter(), limit=10)
    return [hit.article.title[1:-1] for hit in hits]


def learn(db: Database) -> None:
    asyncio.run(take_up_words(db, lambda: False))
    assert db.value("SELECT count(*) FROM search_pending") == 0


@pytest.mark.usefixtures("kept")
def test_what_waits_is_taken_up_without_a_look_at_all_articles(db: Database) -> None:
    learn(db)
    upkeep.analyse(db)  # nothing waits, as mostly
    said: list[str] = []
    with open_database(db.path) as fresh:
        fresh._connection.set_trace_callback(said.append)
        vocabulary.learn(fresh, most=400)
        fresh._connection.set_trace_callback(None)
        read = next(sql for sql in said if sql.startswith("SELECT number"))
        plan = [row["detail"] for row in fresh.rows(f"EXPLAIN QUERY PLAN {read}")]
    assert plan == ["SCAN search_pending", "SEARCH article USING INTEGER PRIMARY KEY (rowid=?)"]


@pytest.mark.usefixtures("kept")
def test_the_very_words_come_first_then_their_forms_and_compounds(db: Database) -> None:
    assert found(db, "Rat") == ["rat"]
    learn(db)
    assert found(db, "Rat") == ["rat", "rates", "stadtrat"]
    assert set(found(db, "rat")) == {"rat", "rates", "stadtrat"}
    hits = search.search(db, "Rat", Filter(), limit=1)
    assert hits[0].snippet == "Am Abend kam der [Rat]."


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Straße", {"strasse"}),
        ("straßen gesperrt", {"strasse"}),
        ("Haus", {"haeuser"}),
        ("Schaden Haus", {"haeuser"}),
        ("Klimaschutz", {"klima", "klimaschutz"}),
        ("Klima-Schutz", {"klima", "klimaschutz"}),
        ('"Rat"', {"rat"}),
        ('"des Rat"', set()),
        ("Rat Stadt", {"stadtrat"}),
        ("Rat unheard", set()),
    ],
)
@pytest.mark.usefixtures("kept")
def test_forms(db: Database, words: str, expected: set[str]) -> None:
    learn(db)
    assert set(found(db, words)) == expected


@pytest.mark.usefixtures("kept")
def test_a_language_has_forms_of_its_own(db: Database) -> None:
    keep(db, HERALD, titled("strikes", "Two strikes were called off.", "en"), NOW)
    learn(db)
    assert found(db, "strike") == ["strikes"]
    assert found(db, "strike", Filter(language="en")) == ["strikes"]
    assert found(db, "strike", Filter(language="de")) == []
    assert found(db, "Haus", Filter(language="de")) == ["haeuser"]


def test_a_saved_search_matches_what_it_finds(db: Database, kept: dict[str, int]) -> None:
    learn(db)
    with db.write():
        saved = saved_searches.save(db, "council", "Rat", Filter(), NOW)
    matched = saved_searches.matches(db, saved, kept.values())
    assert matched == {kept[name] for name in ("rat", "rates", "stadtrat")}
    assert saved_searches.matches(db, saved, [kept["rates"], kept["klima"]]) == {kept["rates"]}


def test_what_was_revised_is_taken_up_again_and_what_went_is_not(
    db: Database, kept: dict[str, int]
) -> None:
    learn(db)
    with db.write():
        db.execute("UPDATE article SET text = 'Die Brücken' WHERE id = ?", (kept["rat"],))
        db.execute("UPDATE article SET text = 'Der Tunnel' WHERE id = ?", (kept["rates"],))
        db.execute("UPDATE entry SET article_id = NULL WHERE article_id = ?", (kept["rates"],))
        db.execute("DELETE FROM article WHERE id = ?", (kept["rates"],))
    assert db.value("SELECT count(*) FROM search_pending") == 1
    learn(db)
    assert found(db, "Bruecke") == ["rat"]
    assert vocabulary.learn(db, most=10) == 0


def test_a_portion_begins_with_the_newest_and_a_run_stops_when_told(
    db: Database, kept: dict[str, int]
) -> None:
    assert vocabulary.learn(db, most=1) == 1
    assert db.value("SELECT max(article_id) FROM search_pending") == max(kept.values()) - 1
    asyncio.run(take_up_words(db, lambda: True))
    assert db.value("SELECT count(*) FROM search_pending") == len(kept) - 1
    with db.write():
        db.execute("UPDATE article SET text = 'anders' WHERE id = ?", (max(kept.values()),))
    assert db.value("SELECT count(*) FROM search_pending") == len(kept)


@pytest.mark.usefixtures("kept")
def test_maintenance_takes_up_all_that_waits(db: Database) -> None:
    take_up_all_words(db)
    assert db.value("SELECT count(*) FROM search_pending") == 0
    assert found(db, "Straße") == ["strasse"]


@pytest.fixture(scope="module")
def learnt() -> Iterator[Database]:
    with open_database(":memory:") as db:
        feeds.sync(db, [POST], NOW)
        for name, text in TEXTS.items():
            keep(db, POST, titled(name, text, "de"), NOW)
        learn(db)
        yield db


TYPED = st.sampled_from(
    [
        "Rat",
        "rat",
        "Stadt",
        "Klima-Schutz",
        "Haus",
        "die",
        "*",
        '"',
        "-",
        "NEAR(",
        "AND",
        "NOT",
        "E",
    ]
)


@given(st.lists(TYPED | st.text(max_size=6), max_size=12).map(" ".join))
def test_whatever_is_typed_finds_the_very_words_first(learnt: Database, words: str) -> None:
    hits = [hit.article.id for hit in search.search(learnt, words, Filter(), limit=99)]
    exact = search.match_expression(words)
    sql = "SELECT rowid FROM article_fts WHERE article_fts MATCH ?"
    very = {row[0] for row in learnt.rows(sql, (exact,))} if exact else set()
    assert set(hits[: len(very)]) == very
    assert len(hits) == len(set(hits))
    assert search.matching(learnt, words, Filter(), range(99)) == set(hits)


def test_a_word_without_end_costs_no_time_without_end(learnt: Database) -> None:
    assert search.search(learnt, "a" * 100_000, Filter(), limit=3) == []
    assert search.search(learnt, "ab-" * 30_000, Filter(), limit=3) == []


@pytest.mark.usefixtures("kept")
def test_an_umlaut_stays_unless_it_may_be_of_a_plural(db: Database) -> None:
    for name, text in (
        ("bär", "Man sah den Bär und einen Braunbär im Braun."),
        ("sound", "Man sah eine Soundbar mit gutem Sound."),
    ):
        keep(db, POST, titled(name, text, "de"), NOW)
    learn(db)
    assert found(db, "Bär") == ["bär"]
    assert vocabulary.compounds(db, "Bär", None, most=9) == ["braunbar"]
    assert vocabulary.inflected(db, "Häuser", "de") == ["haeusern", "hausern"]
