"""Every promise of the database, kept and broken."""

import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.core.furniture import LEARNT
from aggregator.errors import DatabaseError
from aggregator.model import Article, Decision, FeedSource, Fingerprint, Removed, StoryText
from aggregator.storage import (
    articles,
    clusters,
    decisions,
    feeds,
    fingerprints,
    furniture,
    stories,
    story_texts,
)
from aggregator.storage.articles import Extracted
from aggregator.storage.database import open_database
from aggregator.storage.soundness import PROMISES, broken_promises, require_current
from aggregator.storage.times import to_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound database: two articles in one group and story with a redirect to it, and another."""
    path = tmp_path / "news.db"
    with open_database(path) as db:
        feeds.sync(db, [FeedSource("https://post.example/rss", "Post")], NOW)
        with db.write():
            for name in "ab":
                article = Article(name, name, f"Title {name}", "Some text.", published_at=NOW)
                extracted = Extracted(article, Fingerprint("test", b"", (7,)), {"term": 1.0})
                articles.insert(db, extracted, 1, "Post", NOW)
            url, gone = "https://post.example/c", (Removed("Gone.", LEARNT, 2),)
            third = Article(url, url, "C", "Some text.\nMore.", removed=gone, places=(0, 1))
            extracted = Extracted(third, Fingerprint("test", b"", ()), {})
            furniture.set_studied(
                db, [articles.insert(db, extracted, 1, "Post", NOW)], studied=True
            )
            group, story = clusters.new_group(db), stories.new_story(db)
            clusters.move(db, [1, 2], group)
            clusters.recount(db, [group])
            stories.place(db, group, story)
            stories.recount(db, [story])
            clusters.mark_clustered(db, [1, 2])
            ended = stories.new_story(db)
            stories.recount(db, [ended])
            clusters.redirect(db, "story", {ended: story}, NOW)
            told = StoryText(group, "de", NOW, NOW, {"term": 1.0}, "Title a", "Post")
            story_texts.save(db, told, 1, [5, 6])
            fingerprints.index(db, 10)
            stories.count_terms(db, "de", [["term"], ["other"]])
            db.execute(
                "INSERT INTO page (url, final_url, content_type, fetched_at, body)"
                " VALUES ('a', 'a', 'text/html', ?, ?)",
                (to_text(NOW), zlib.compress(b"<p>Some text.</p>")),
            )
            decisions.add(db, Decision(0, NOW, "eva", "together", "copies", (1, 2)))
    return path


SCHEMA = "every table, index, trigger and view is there, as this program has it"
BREAKS = (
    ("references lead somewhere", "UPDATE article SET feed_id = 99 WHERE id = 1"),
    (SCHEMA, "DROP TRIGGER article_fts_update"),
    (SCHEMA, "DROP INDEX article_ordered"),
    (SCHEMA, "DROP VIEW stories"),
    (SCHEMA, "DROP TABLE robots"),
    (SCHEMA, "ALTER TABLE host RENAME COLUMN reason TO why"),
    ("every copy group has articles", "INSERT INTO copy_group (first_article_id) VALUES (1)"),
    ("a copy group's figures are true", "UPDATE copy_group SET article_count = 3"),
    ("a copy group's figures are true", "UPDATE copy_group SET outlet_count = 2"),
    (
        "a copy group's first article is one of its own",
        "UPDATE copy_group SET first_article_id = NULL",
    ),
    (
        "what stories are formed of belongs to copy groups",
        "INSERT INTO story_link VALUES (1, 99, 0.5)",
    ),
    (
        "a copy group is in its story for its likeness to another one there, or by decision",
        "UPDATE copy_group SET partner_group_id = id, story_id = NULL",
    ),
    ("every story has articles", "INSERT INTO story DEFAULT VALUES"),
    ("a story's figures are true", "UPDATE story SET article_count = 1"),
    ("a story's figures are true", "UPDATE story SET copy_group_count = 5"),
    (
        "an article is in the story of its copy group",
        "UPDATE article SET story_id = NULL WHERE id = 2",
    ),
    (
        "a clustered article has a copy group and a story",
        "UPDATE article SET story_id = NULL, copy_group_id = NULL WHERE id = 2",
    ),
    (
        "every member of a copy group has its figures, which rest on others of the group",
        "DELETE FROM copy_member",
    ),
    (
        "every member of a copy group has its figures, which rest on others of the group",
        "UPDATE copy_member SET reference_id = 3",
    ),
    ("every article has a fingerprint and a story document", "DELETE FROM fingerprint"),
    ("every article has a fingerprint and a story document", "DELETE FROM story_document"),
    (
        "an article stands for itself, or behind one that does, linked to that and in its group",
        "UPDATE article SET same_as = 77 WHERE id = 2",
    ),
    ("how many stand behind an article is counted", "INSERT INTO repeated_text VALUES (1, 1)"),
    ("keys and links belong to articles", "INSERT INTO band VALUES (7, 0, 99)"),
    ("keys and links belong to articles", "INSERT INTO copy_link VALUES (1, 99, 1, 1, 'x')"),
    (
        "a redirect leads from an id that is gone to one that lives",
        "UPDATE redirect SET new_id = 77",
    ),
    (
        "a redirect leads from an id that is gone to one that lives",
        "UPDATE redirect SET old_id = 1",
    ),
    ("what editors put together is together", "UPDATE article SET copy_group_id = 9 WHERE id = 2"),
    (
        "what editors put apart is apart",
        """UPDATE decision SET kind = 'apart';
           UPDATE decision_article SET side = 1 WHERE article_id = 2""",
    ),
    ("a decision says who made it, and of what", "UPDATE decision SET author = ' '"),
    ("a decision says who made it, and of what", "DELETE FROM decision_article"),
    (
        "a decision says who made it, and of what",
        "INSERT INTO decision (at, author, kind, story_id) VALUES ('', 'eva', 'rename', 1)",
    ),
    (
        "a decision speaks of articles and stories that are there, or that are known to be gone",
        "UPDATE decision_article SET article_id = 99",
    ),
    (
        "a decision speaks of articles and stories that are there, or that are known to be gone",
        "INSERT INTO decision (at, author, kind, story_id) VALUES ('', 'eva', 'pin', 2)",
    ),
    (
        "an entry that is done has its article",
        """INSERT INTO entry (feed_id, key, identity, title, summary, content, authors, tags,
             content_hash, first_seen_at, state, next_try_at)
           VALUES (1, 'k', 'k', '', '', '', '[]', '[]', '', '', 'done', '')""",
    ),
    ("every line of an article has its place", "UPDATE article SET places = '[1, 2]'"),
    (
        "what was learnt to recur on a site stands on three pages",
        "INSERT INTO furniture (site, form, example, pages) VALUES ('s', 'f', 'f', 2)",
    ),
    (
        "a decision on boilerplate says who made it and when",
        """INSERT INTO furniture (site, form, example, state, decided_by)
           VALUES ('s', 'f', 'f', 'added', 'eva')""",
    ),
    (
        "what an editor said of a site's boilerplate holds in its articles",
        """INSERT INTO furniture (site, form, example, state, decided_by, decided_at)
           SELECT site, 'some text', 'Some text.', 'added', 'eva', '' FROM article WHERE id = 3""",
    ),
    (
        "what an editor said of a site's boilerplate holds in its articles",
        """INSERT INTO furniture (site, form, example, state, decided_by, decided_at)
           SELECT site, 'gone', 'Gone.', 'rejected', 'eva', '' FROM article WHERE id = 3""",
    ),
    (
        "a copy group begins with its earliest article",
        "UPDATE article SET ordered_at = '2026-02-28T12:00:00Z' WHERE id = 2",
    ),
    (
        "a copy group names an agency that is credited in it, if one is",
        "UPDATE copy_group SET agency = 'dpa'",
    ),
    (
        "a copy group names an agency that is credited in it, if one is",
        "UPDATE article SET agency = 'dpa' WHERE id = 2",
    ),
    (
        "a story begins and ends with its articles",
        "UPDATE story SET last_published_at = '2026-03-02T12:00:00Z'",
    ),
    (
        "of a link the smaller number comes first",
        "INSERT INTO copy_link VALUES (2, 1, 1, 1, 'jaccard')",
    ),
    ("of a link the smaller number comes first", "INSERT INTO story_link VALUES (1, 1, 0.5)"),
    ("a copy group is found by its keys, until they retire", "DELETE FROM story_key WHERE key = 5"),
    (
        "a copy group is found by its keys, until they retire",
        "INSERT INTO story_key SELECT key, at, 77 FROM story_key",
    ),
    (
        "a copy group is found by its keys, until they retire",
        "INSERT INTO retired VALUES ('story_key', 2000000000)",
    ),
    ("a copy group is found by its keys, until they retire", "UPDATE story_key SET at = at + 1"),
    (
        "what is told of a copy group's time is true",
        "UPDATE story_text SET last_at = 5; UPDATE story_key SET at = 5",
    ),
    (
        "no term stands in more texts than there are",
        "UPDATE term_frequency SET count = 3 WHERE term = 'term'",
    ),
    ("no term stands in more texts than there are", "INSERT INTO story_drift VALUES ('de', 3)"),
    ("a number is never given twice", "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'story'"),
    ("a number is never given twice", "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'change'"),
    ("an article is found by its keys, until they retire", "DELETE FROM band"),
    ("an article is found by its keys, until they retire", "UPDATE band SET at = at - 60"),
    (
        "an article is found by its keys, until they retire",
        "INSERT INTO retired VALUES ('band', 2000000000)",
    ),
    (
        "an article's versions are kept without a gap",
        "UPDATE article SET version = 3 WHERE id = 1",
    ),
    (
        "an article's versions are kept without a gap",
        """INSERT INTO former_version VALUES (1, 1, '', '', '', '2026-03-01T12:00:00Z', NULL,
             'first')""",
    ),
    (
        "what waits to be found by its words is there",
        "INSERT INTO search_pending (article_id) VALUES (99)",
    ),
    (
        "webhooks are told of nothing that has not happened",
        """INSERT INTO webhook (name, condition, address_hash, since, article_floor, cursor)
           VALUES ('hook', '', '', '2026-03-01T12:00:00Z', 0, 9999)""",
    ),
    (
        "what a reader saw of a story is kept of where that was merged into",
        """INSERT INTO seen
           VALUES ('eva', 2, '2026-03-01T12:00:00Z', '{}', '2026-03-01T12:00:00Z', '{}')""",
    ),
    ("fingerprints are counted by their profile", "UPDATE profile SET fingerprints = 1"),
    ("fingerprints are counted by their profile", "DELETE FROM profile"),
    ("every page can be unpacked", "UPDATE page SET body = '<p>Some text.</p>'"),
    ("times are UTC in ISO 8601", "UPDATE article SET published_at = 'yesterday' WHERE id = 1"),
    ("times are UTC in ISO 8601", "UPDATE feed SET added_at = '2026-03-01 12:00:00'"),
    ("what is kept as JSON can be read", "UPDATE article SET authors = 'Eva' WHERE id = 1"),
    ("what is kept as JSON can be read", "UPDATE story_text SET vector = '{'"),
    ("whatever happened is told in changes", "UPDATE article SET title = 'Another' WHERE id = 1"),
    (
        "what changes tell is so: who went is gone, and who came is there",
        "INSERT INTO change (at, kind, id) VALUES ('2026-03-01T12:00:00Z', 'story_ended', 1)",
    ),
    (
        "what changes tell is so: who went is gone, and who came is there",
        "INSERT INTO change (at, kind, id) VALUES ('2026-03-01T12:00:00Z', 'article_added', 99)",
    ),
    (
        "of every article that came since changes are told they tell that it came",
        "DELETE FROM change WHERE kind = 'article_added' AND id = 2",
    ),
    (
        "of the polls of a day no more failed than there were",
        "INSERT INTO feed_day VALUES (1, '2026-03-01', 3, 4, 0, '[]')",
    ),
    ("the database has a name of its own", "DELETE FROM installation"),
    (
        "the full-text index says what the articles say",
        "INSERT INTO article_fts (article_fts) VALUES ('delete-all')",
    ),
    (
        "a card shows its story as it is, unless it is to be made anew",
        "UPDATE story_card SET card = json_set(card, '$.article_count', 9)",
    ),
    (
        "a card shows its story as it is, unless it is to be made anew",
        """INSERT INTO decision (at, author, kind, story_id)
           VALUES ('2026-03-01T12:00:00Z', 'eva', 'hide', 1)""",
    ),
    (
        "a card shows its story as it is, unless it is to be made anew",
        """INSERT INTO decision (at, author, kind, story_id)
           VALUES ('2026-03-01T12:00:00Z', 'eva', 'pin', 1)""",
    ),
    (
        "what a reader saw before is no later than what they saw last",
        """INSERT INTO seen
           VALUES ('eva', 1, '2026-03-01T12:00:00Z', '{}', '2026-03-01T13:00:00Z', '{}')""",
    ),
    (
        "what a reader saw before is no later than what they saw last",
        "INSERT INTO visit VALUES ('eva', '2026-03-01T12:00:00Z', '2026-03-01T13:00:00Z')",
    ),
    (
        "a decision is part of an act, which began with one of the same author",
        "UPDATE decision SET act = NULL",
    ),
    (
        "a decision is part of an act, which began with one of the same author",
        """INSERT INTO decision (at, author, kind, story_id, act)
           VALUES ('2026-03-01T12:00:00Z', 'max', 'star', 1, 1)""",
    ),
    (
        "a story with a card stands in its lists, and no other one does",
        "DELETE FROM story_list WHERE kind = 'all'",
    ),
    (
        "a story with a card stands in its lists, and no other one does",
        "INSERT INTO story_list VALUES ('tag', 'sport', 1.0, 1)",
    ),
    (
        "the full-text index says what the articles say",
        "INSERT INTO article_fts (rowid, title, lead, text) VALUES (99, 'One', '', 'too many')",
    ),
    (
        "the full-text index says what the articles say",
        "DROP TRIGGER article_fts_update; UPDATE article SET text = 'Else.' WHERE id = 1",
    ),
    (
        "the full-text index says what the articles say",
        """INSERT INTO article_fts (article_fts, rowid, title, lead, text)
           VALUES ('delete', 1, 'Title a', '', 'Some text.')""",
    ),
)


def test_a_sound_database_keeps_every_promise(path: Path) -> None:
    assert list(broken_promises(path, NOW)) == []


@pytest.mark.parametrize(("promise", "harm"), BREAKS)
def test_each_broken_promise_is_named(path: Path, promise: str, harm: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(harm)
        connection.commit()
    found = {broken.promise: broken for broken in broken_promises(path, NOW)}
    assert promise in found
    assert found[promise].count >= 1
    assert all(found[promise].examples)


def test_a_damaged_file_is_named(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'article_ordered'"
        ).fetchone()[0]
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * 4096 + 3 : (root - 1) * 4096 + 5] = b"\0\0"  # its index has no cells now
    path.write_bytes(raw)
    assert "the file is sound" in {broken.promise for broken in broken_promises(path, NOW)}


def test_every_promise_is_tested_broken() -> None:
    assert {promise for promise, _ in BREAKS} | {"the file is sound"} == set(PROMISES)


def test_checking_changes_nothing(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    list(broken_promises(path, NOW))
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


def test_an_older_schema_is_told(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with open_database(path) as db, db.write():
        db.execute("DELETE FROM _sqlite_migrations WHERE name = '0031_merges'")
    with open_database(path, readonly=True) as db, pytest.raises(DatabaseError, match="older"):
        require_current(db)
    with pytest.raises(DatabaseError, match="0031_merges"):
        list(broken_promises(path, NOW))


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    with (
        open_database(tmp_path / "new.db", readonly=True) as db,
        pytest.raises(DatabaseError, match="is empty"),
    ):
        require_current(db)
