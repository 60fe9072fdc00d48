"""Articles with the very same words are one text in a real database, however many there are."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.copies import prepare, verify
from aggregator.core.minhash import fingerprint as sketch
from aggregator.core.profile import words_key
from aggregator.model import Article, Decision, FeedSource
from aggregator.pipeline import copying
from aggregator.pipeline.cluster import cluster
from aggregator.pipeline.correcting import decide
from aggregator.pipeline.work import fingerprint
from aggregator.settings import ClusterSettings
from aggregator.storage import articles, clusters, feeds, texts
from aggregator.storage.database import Database
from aggregator.storage.soundness import broken_promises

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = ClusterSettings()
DAY = timedelta(days=1)


def words(seed: int, count: int = 80) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abdeginorstu", k=6)) for _ in range(count))


STUB = words(1)


def bring(db: Database, *found: tuple[str, str, float]) -> list[int]:
    """Keep and cluster articles, given by name, text and day; the name is title and outlet too."""
    feeds.sync(db, [FeedSource("u", "o")], NOW)
    ids = []
    with db.write():
        for name, text, day in found:
            at = NOW + (day - 30) * DAY
            made = Article(name, name, name, text, language="de", published_at=at)
            ids.append(articles.insert(db, fingerprint(made), 1, name, NOW))
    cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)
    assert list(broken_promises(Path(db.path), NOW)) == []
    return ids


def heads(db: Database) -> list[int | None]:
    return [row[0] for row in db.rows("SELECT same_as FROM article ORDER BY id")]


def groups(db: Database) -> list[int]:
    return [row[0] for row in db.rows("SELECT copy_group_id FROM article ORDER BY id")]


def links(db: Database) -> set[tuple[int, int]]:
    """Those between texts."""
    return {(row[0], row[1]) for row in db.rows("SELECT a, b FROM copy_link WHERE rule <> 'words'")}


def test_one_stands_for_all_and_has_the_links(db: Database) -> None:
    a, b, c = bring(db, ("a", STUB, 0), ("b", STUB, 1), ("c", f"{STUB} {words(2, 20)}", 0))
    (d,) = bring(db, ("d", STUB, 2))
    assert heads(db) == [None, a, None, a]
    assert links(db) == {(a, c)}
    assert len(set(groups(db))) == 1
    assert clusters.component(db, [d]).sizes == {a: 3, c: 1}
    assert b


def test_they_are_one_as_long_as_the_window_reaches_from_one_to_the_next(db: Database) -> None:
    a, _, c = bring(db, ("a", STUB, 0), ("b", STUB, 6), ("c", STUB, 20))
    assert heads(db) == [None, a, None]
    assert groups(db)[0] == groups(db)[1] != groups(db)[2]
    bring(db, ("d", STUB, 13))
    assert heads(db) == [None, a, a, a]
    assert len(set(groups(db))) == 1
    redirects = db.rows("SELECT old_id, new_id FROM redirect WHERE kind = 'copy_group'")
    assert [tuple(row) for row in redirects] == [(c - 1, 1)]


def test_a_revision_takes_itself_out_and_with_it_what_it_held_together(db: Database) -> None:
    bring(db, ("a", STUB, 0), ("b", STUB, 6), ("c", STUB, 12))
    assert len(set(groups(db))) == 1
    bring(db, ("b", words(3), 6))
    assert heads(db) == [None, None, None]
    assert len(set(groups(db))) == 3


def test_where_the_one_that_stands_for_all_is_revised_another_does(db: Database) -> None:
    a, b, *_, x = bring(db, *((name, STUB, 0) for name in "abc"), ("x", f"{STUB} und mehr", 0))
    assert links(db) == {(a, x)}
    bring(db, ("a", words(3), 0))
    assert heads(db) == [None, None, b, None]
    assert links(db) == {(b, x)}
    assert len(set(groups(db))) == 2


def test_of_very_many_the_heir_takes_the_links_over(db: Database) -> None:
    many = [(f"n{n:02}", STUB, 0.0) for n in range(80)]
    a, b, *_, x = bring(db, *many, ("x", f"{STUB} und mehr", 0))
    bring(db, (many[0][0], words(3), 0))
    assert links(db) == {(b, x)}
    assert heads(db) == [None, None, *[b] * 78, None]
    assert groups(db)[0] != groups(db)[1]
    assert len(set(groups(db)[1:])) == 1
    assert a


@pytest.mark.parametrize("moment", ["before", "behind"])
def test_what_editors_decided_on_is_a_text_of_its_own(db: Database, moment: str) -> None:
    a, b, c, d, e = bring(db, *((name, STUB, 0) for name in "abcde"))
    if moment == "before":
        with db.write():
            db.execute("UPDATE article SET clustered = 0, copy_group_id = NULL, story_id = NULL")
            for each in (a, b, c, d, e):
                texts.leave(db, each)
            db.execute("DELETE FROM copy_group")
            db.execute("DELETE FROM story")
            db.execute("DELETE FROM copy_member")
    decide(db, [Decision(0, NOW, "me", "apart", "copies", (a,), (c,))], SETTINGS, NOW)
    if moment == "before":
        cluster(db, SETTINGS, now=NOW, stop=lambda: False, tell=lambda _: None)
    assert heads(db) == [None, None, None, b, b]
    assert links(db) >= {(a, b), (b, c)}
    assert groups(db)[0] != groups(db)[2]
    assert groups(db)[1] == groups(db)[3] == groups(db)[4]
    assert groups(db)[1] in {groups(db)[0], groups(db)[2]}
    assert list(broken_promises(Path(db.path), NOW)) == []


@pytest.mark.parametrize("most", [3, 10])
def test_groups_of_which_not_all_is_looked_at_stay_whole(db: Database, most: int) -> None:
    chained = [(f"n{n:02}", " ".join(words(s) for s in range(n, n + 6)), 0) for n in range(30)]
    ids = bring(db, *chained)
    found = clusters.component(db, ids[:1], most=most - 20)
    assert len(found.groups) < len(set(ids))
    for part in clusters.cut_off(db, found):
        group = {groups(db)[ids.index(each)] for each in part}
        assert len(group) == 1
    whole = clusters.component(db, ids[:1])
    assert clusters.cut_off(db, whole) == []


@given(
    st.text(alphabet="abc 12.", max_size=120).map(lambda t: t * 2),
    st.text(alphabet="abcdefg hij", max_size=60),
    st.sampled_from(["x", "y"]),
)
def test_what_shares_the_key_of_all_its_words_is_a_copy(text: str, title: str, outlet: str) -> None:
    if words_key(sketch(title, "", text).keys) is None:
        return
    one = prepare(title, "", text, "x")
    other = replace(one, outlet=outlet)
    found = verify(1, one, 2, other, SETTINGS)
    assert found is not None
    assert found.rule != "compound"


def test_the_same_is_found_where_little_is_held_at_hand(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "_MOST_LETTERS", 0)
    ids = bring(db, *((f"a{n}", f"{STUB} {words(n, 8 + n)}", n / 10) for n in range(2, 8)))
    assert links(db) == set(combinations(ids, 2))
