"""The schema as a growing list of migrations: never edited once released, only added to.

Tables (singular) are ours and may change; the views (plural) are what readers rely on.
Times are UTC in ISO 8601, lists are JSON arrays. sqlite-utils, which applies the migrations, is
imported by need: with numpy behind it, it is half of what a command takes to start.
"""

from sqlite3 import Connection, complete_statement
from typing import TYPE_CHECKING, Final

from aggregator.core.urls import site, without_credentials
from aggregator.storage import (
    schema_accounts,
    schema_changes,
    schema_clusters,
    schema_contract,
    schema_desk,
    schema_following,
    schema_house,
    schema_operations,
    schema_search,
    schema_syndication,
    schema_watching,
    schema_webhooks,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

__all__ = ["MIGRATIONS", "applied", "apply"]

_FEEDS: Final = """
CREATE TABLE feed (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  outlet TEXT NOT NULL,
  language TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  text_source TEXT NOT NULL DEFAULT 'page' CHECK (text_source IN ('page', 'feed')),
  listed INTEGER NOT NULL DEFAULT 1,
  title TEXT,
  etag TEXT,
  last_modified TEXT,
  body_hash TEXT,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'gone')),
  next_poll_at TEXT,
  last_polled_at TEXT,
  last_success_at TEXT,
  last_error TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  interval_minutes REAL,
  added_at TEXT NOT NULL
);
CREATE INDEX feed_due ON feed (next_poll_at) WHERE listed AND status = 'active';

CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feed (id),
  key TEXT NOT NULL,
  link TEXT,
  identity TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  content TEXT NOT NULL,
  authors TEXT NOT NULL,
  tags TEXT NOT NULL,
  language TEXT,
  image TEXT,
  published_at TEXT,
  updated_at TEXT,
  content_hash TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'rejected')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try_at TEXT NOT NULL,
  article_id INTEGER REFERENCES article (id),
  UNIQUE (feed_id, key)
);
CREATE INDEX entry_pending ON entry (next_try_at) WHERE state = 'pending';
CREATE INDEX entry_article ON entry (article_id);
CREATE INDEX entry_identity ON entry (identity);

CREATE TABLE rejection (
  feed_id INTEGER NOT NULL REFERENCES feed (id),
  url TEXT NOT NULL,
  stage TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (feed_id, url)
) WITHOUT ROWID;
"""

_ARTICLES: Final = """
CREATE TABLE article (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  canonical_url TEXT NOT NULL UNIQUE,
  feed_id INTEGER NOT NULL REFERENCES feed (id),
  outlet TEXT NOT NULL,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  text TEXT NOT NULL,
  authors TEXT NOT NULL,
  agency TEXT,
  language TEXT,
  published_at TEXT,
  updated_at TEXT,
  image TEXT,
  fetched_at TEXT NOT NULL,
  word_count INTEGER NOT NULL,
  ordered_at TEXT NOT NULL,
  clustered INTEGER NOT NULL DEFAULT 0,
  copy_group_id INTEGER REFERENCES copy_group (id),
  story_id INTEGER REFERENCES story (id)
);
CREATE INDEX article_unclustered ON article (ordered_at, canonical_url) WHERE NOT clustered;
CREATE INDEX article_ordered ON article (ordered_at);
CREATE INDEX article_group ON article (copy_group_id);
CREATE INDEX article_story ON article (story_id);

CREATE TABLE removed_block (
  article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (article_id, position)
) WITHOUT ROWID;

CREATE TABLE page (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  final_url TEXT NOT NULL,
  content_type TEXT NOT NULL,
  fetched_at TEXT NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX page_age ON page (fetched_at);

CREATE VIRTUAL TABLE article_fts USING fts5 (
  title, lead, text, content='article', content_rowid='id',
  tokenize="unicode61 remove_diacritics 2"
);
CREATE TRIGGER article_fts_insert AFTER INSERT ON article BEGIN
  INSERT INTO article_fts (rowid, title, lead, text)
  VALUES (new.id, new.title, new.lead, new.text);
END;
CREATE TRIGGER article_fts_delete AFTER DELETE ON article BEGIN
  INSERT INTO article_fts (article_fts, rowid, title, lead, text)
  VALUES ('delete', old.id, old.title, old.lead, old.text);
END;
CREATE TRIGGER article_fts_update AFTER UPDATE OF title, lead, text ON article BEGIN
  INSERT INTO article_fts (article_fts, rowid, title, lead, text)
  VALUES ('delete', old.id, old.title, old.lead, old.text);
  INSERT INTO article_fts (rowid, title, lead, text)
  VALUES (new.id, new.title, new.lead, new.text);
END;
"""

# AUTOINCREMENT: an id that a merge set free redirects for ever, so it is never given again.
_CLUSTERS: Final = """
CREATE TABLE fingerprint (
  article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
  profile TEXT NOT NULL,
  signature BLOB NOT NULL,
  keys BLOB NOT NULL
);
CREATE TABLE band (
  key INTEGER NOT NULL,
  article_id INTEGER NOT NULL,
  PRIMARY KEY (key, article_id)
) WITHOUT ROWID;
CREATE TABLE copy_link (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  jaccard REAL NOT NULL,
  containment REAL NOT NULL,
  rule TEXT NOT NULL,
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX copy_link_b ON copy_link (b);
CREATE TABLE copy_group (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  story_id INTEGER REFERENCES story (id),
  article_count INTEGER NOT NULL DEFAULT 0,
  outlet_count INTEGER NOT NULL DEFAULT 0,
  first_article_id INTEGER REFERENCES article (id),
  agency TEXT,
  likeness REAL,
  shared_terms TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX copy_group_story ON copy_group (story_id);
CREATE TABLE story (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL DEFAULT '',
  first_published_at TEXT,
  last_published_at TEXT,
  article_count INTEGER NOT NULL DEFAULT 0,
  outlet_count INTEGER NOT NULL DEFAULT 0,
  copy_group_count INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX story_recent ON story (last_published_at);
CREATE TABLE redirect (
  kind TEXT NOT NULL CHECK (kind IN ('copy_group', 'story')),
  old_id INTEGER NOT NULL,
  new_id INTEGER NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (kind, old_id)
) WITHOUT ROWID;
CREATE TABLE story_document (
  article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
  terms TEXT NOT NULL,
  keys TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE story_key (
  key TEXT NOT NULL,
  article_id INTEGER NOT NULL,
  PRIMARY KEY (key, article_id)
) WITHOUT ROWID;
CREATE TABLE term_frequency (
  language TEXT NOT NULL,
  term TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (language, term)
) WITHOUT ROWID;
"""

_VIEWS: Final = """
CREATE VIEW feeds AS
  SELECT id, url, outlet, title, language, tags, status, listed,
         last_polled_at, last_success_at, next_poll_at, last_error, failures
  FROM feed;
CREATE VIEW articles AS
  SELECT id, url, canonical_url, feed_id, outlet, title, lead, text, authors, agency, language,
         published_at, updated_at, fetched_at, word_count, image, copy_group_id, story_id
  FROM article;
CREATE VIEW copy_groups AS
  SELECT id, story_id, article_count, outlet_count, first_article_id, agency FROM copy_group;
CREATE VIEW stories AS
  SELECT id, title, first_published_at, last_published_at, article_count, outlet_count,
         copy_group_count
  FROM story;
CREATE VIEW rejected AS
  SELECT url, feed_id, stage, reason, detail, at FROM rejection;
CREATE VIEW removed AS
  SELECT article_id, position, reason, text FROM removed_block;
CREATE VIEW article_feeds AS
  SELECT DISTINCT article_id, feed_id FROM entry WHERE article_id IS NOT NULL;
"""


# The names of released migrations never change.
MIGRATIONS: Final = (
    ("0001_first", (_FEEDS, _CLUSTERS, _ARTICLES, _VIEWS)),
    ("0002_manners", (schema_changes.MANNERS,)),
    ("0003_conditions_by_url", (schema_changes.CONDITIONS_BY_URL,)),
    ("0004_last_slashes", (schema_changes.LAST_SLASHES,)),
    ("0005_former_addresses", (schema_changes.FORMER_ADDRESSES,)),
    ("0006_full_text", (schema_changes.FULL_TEXT,)),
    ("0007_reextraction", (schema_changes.REEXTRACTION,)),
    ("0008_boilerplate", (schema_changes.BOILERPLATE,)),
    ("0009_paywalled", (schema_changes.PAYWALLED,)),
    ("0010_spared", (schema_changes.SPARED,)),
    ("0011_decisions", (schema_clusters.DECISIONS,)),
    ("0012_provenance", (schema_clusters.PROVENANCE,)),
    ("0013_texts", (schema_clusters.TEXTS,)),
    ("0014_stories", (schema_clusters.STORIES,)),
    ("0015_profiles", (schema_clusters.PROFILES,)),
    ("0016_anchors", (schema_clusters.ANCHORS,)),
    ("0017_languages", (schema_clusters.LANGUAGES,)),
    ("0018_twins", (schema_clusters.TWINS,)),
    ("0019_contract", (schema_contract.CONTRACT,)),
    ("0020_changes", (schema_following.CHANGES,)),
    ("0021_versions", (schema_following.VERSIONS,)),
    ("0022_search_words", (schema_search.WORDS,)),
    ("0023_saved_searches", (schema_search.SAVED,)),
    ("0024_webhooks", (schema_webhooks.WEBHOOKS,)),
    ("0025_runs", (schema_operations.RUNS,)),
    ("0026_installation", (schema_syndication.INSTALLATION,)),
    ("0027_retired", (schema_house.RETIRED,)),
    ("0028_unindexed", (schema_clusters.UNINDEXED,)),
    ("0029_readers", (schema_contract.INDEXES,)),
    ("0030_story_changes", (schema_syndication.STORY_CHANGES,)),
    ("0031_merges", (schema_operations.MERGES,)),
    ("0032_article_numbers", (schema_contract.NUMBERS,)),
    ("0033_board", (schema_desk.BOARD,)),
    ("0034_remarks", (schema_desk.REMARKS,)),
    ("0035_accounts", (schema_accounts.ACCOUNTS,)),
    ("0036_seen", (schema_desk.SEEN,)),
    ("0037_pictures", (schema_desk.PICTURES,)),
    ("0038_alerts", (schema_watching.ALERTS,)),
    ("0039_watched_feeds", (schema_watching.FEEDS,)),
    ("0040_desk_key", (schema_accounts.DESK_KEY,)),
    ("0041_tagged_feeds", (schema_desk.TAGGED,)),
)
_SET: Final = "aggregator"


def applied(connection: Connection) -> set[str]:
    """Give the names of the migrations that a database has had."""
    if not connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"
    ).fetchone():
        return set()
    sql = "SELECT name FROM _sqlite_migrations WHERE migration_set = ?"
    return {row[0] for row in connection.execute(sql, (_SET,))}


def apply(connection: Connection) -> None:
    """Bring a database up to date, each migration in a transaction of its own."""
    import sqlite_utils

    connection.create_function("without_credentials", 1, without_credentials, deterministic=True)
    connection.create_function("site_of", 1, site, deterministic=True)
    _migrations().apply(sqlite_utils.Database(connection))


def _migrations() -> "Migrations":
    from sqlite_utils.migrations import Migrations

    known = Migrations(_SET)
    for name, scripts in MIGRATIONS:
        known(name=name)(_migration(scripts))
    return known


def _migration(scripts: tuple[str, ...]) -> "Callable[[Database], None]":
    """Run scripts statement by statement, inside the migration's own transaction."""

    def run(db: "Database") -> None:
        for script in scripts:
            statement = ""
            for line in script.splitlines(keepends=True):
                statement += line
                if statement.strip() and complete_statement(statement):
                    db.conn.execute(statement)
                    statement = ""

    return run
