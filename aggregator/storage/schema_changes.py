"""What later versions changed of the schema, each migration's SQL; `schema` gives their order."""

from typing import Final

__all__ = [
    "BOILERPLATE",
    "CONDITIONS_BY_URL",
    "FORMER_ADDRESSES",
    "FULL_TEXT",
    "LAST_SLASHES",
    "MANNERS",
    "PAYWALLED",
    "REEXTRACTION",
]

# What manners need: the log of requests, what each host wants, and what feeds say of their turns.
MANNERS: Final = """
ALTER TABLE feed ADD COLUMN schedule TEXT NOT NULL DEFAULT '{}';
ALTER TABLE feed ADD COLUMN lifetime_seconds REAL;
ALTER TABLE feed ADD COLUMN rhythm_minutes REAL;
ALTER TABLE feed ADD COLUMN last_new_at TEXT;
ALTER TABLE feed ADD COLUMN moved_to TEXT;
ALTER TABLE feed ADD COLUMN moved_times INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN address TEXT;
ALTER TABLE feed ADD COLUMN id_churn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN hub TEXT;
ALTER TABLE feed ADD COLUMN topic TEXT;
ALTER TABLE feed ADD COLUMN validators_host TEXT;
ALTER TABLE feed ADD COLUMN shown_url TEXT;
UPDATE feed SET shown_url = without_credentials(url);
UPDATE OR IGNORE article
SET url = without_credentials(url), canonical_url = without_credentials(canonical_url)
WHERE instr(url, '@') AND id IN (SELECT article_id FROM entry WHERE link IS NULL);
UPDATE entry SET identity = without_credentials(identity)
WHERE link IS NULL AND instr(identity, '@');
UPDATE OR REPLACE rejection SET url = without_credentials(url) WHERE instr(url, '@');

CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  host TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('feed', 'page', 'robots', 'hub')),
  url TEXT NOT NULL,
  status INTEGER,
  outcome TEXT NOT NULL,
  address TEXT,
  sent TEXT NOT NULL,
  size INTEGER NOT NULL,
  seconds REAL NOT NULL,
  location TEXT,
  retry_after TEXT
);
CREATE INDEX request_host ON request (host, at);
CREATE INDEX request_age ON request (at);

CREATE TABLE host (
  host TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  addresses TEXT NOT NULL DEFAULT '[]',
  quiet_until TEXT,
  refusals INTEGER NOT NULL DEFAULT 0,
  refused_at TEXT,
  reason TEXT
) WITHOUT ROWID;
CREATE INDEX host_site ON host (site);

CREATE TABLE robots (
  origin TEXT PRIMARY KEY,
  text TEXT,
  fetched_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  reason TEXT
) WITHOUT ROWID;

CREATE TABLE subscription (
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feed (id),
  hub TEXT NOT NULL,
  topic TEXT NOT NULL,
  callback TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  secret TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'active', 'denied', 'ended')),
  pending INTEGER NOT NULL DEFAULT 0,
  asked_at TEXT,
  expires_at TEXT,
  next_try_at TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  proven INTEGER NOT NULL DEFAULT 0,
  deliveries INTEGER NOT NULL DEFAULT 0,
  ignored INTEGER NOT NULL DEFAULT 0,
  last_delivery_at TEXT,
  last_hash TEXT,
  resume_at TEXT
);
CREATE UNIQUE INDEX subscription_live ON subscription (feed_id) WHERE state <> 'ended';
CREATE INDEX subscription_feed ON subscription (feed_id);
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  feed_id INTEGER NOT NULL REFERENCES feed (id),
  topic TEXT NOT NULL,
  at TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (feed_id, body_hash)
);

DROP VIEW feeds;
CREATE VIEW feeds AS
  SELECT id, coalesce(shown_url, outlet) AS url, outlet, title, language, tags, status, listed,
         last_polled_at, last_success_at, next_poll_at, last_error, failures,
         last_new_at, interval_minutes, rhythm_minutes, moved_to, moved_times, address,
         id_churn, hub
  FROM feed;
CREATE VIEW requests AS
  SELECT id, at, host, kind, url, status, outcome, address, sent, size, seconds, location,
         retry_after
  FROM request;
CREATE VIEW hosts AS
  SELECT host, site, addresses, quiet_until, refusals, refused_at, reason FROM host;
CREATE VIEW subscriptions AS
  SELECT id, feed_id, hub, topic, state, asked_at, expires_at, next_try_at, failures, error,
         deliveries, ignored, last_delivery_at
  FROM subscription;
"""

# Conditions were kept with the host that gave them, so that those of a passing redirect went to the
# feed's own URL, where they may hide news. Which URL gave them nobody knows any more: they are
# forgotten, and each feed is asked once without.
CONDITIONS_BY_URL: Final = """
ALTER TABLE feed RENAME COLUMN validators_host TO validators_url;
UPDATE feed SET etag = NULL, last_modified = NULL, validators_url = NULL;
"""

# Entries of one article came to be alike whether their links end in a slash or not.
LAST_SLASHES: Final = """
UPDATE entry SET identity = rtrim(identity, '/')
WHERE identity LIKE 'http%://_%/%_/' AND instr(identity, '?') = 0 AND instr(identity, '#') = 0;
UPDATE entry SET identity = rtrim(substr(identity, 1, instr(identity, '?') - 1), '/')
                            || substr(identity, instr(identity, '?'))
WHERE substr(identity, 1, instr(identity, '?') - 1) LIKE 'http%://_%/%_/'
  AND instr(identity, '#') = 0;
"""

# An edited report takes its article along to its new address, and the former one leads there. An
# article whose entries all went on to other reports is listed under the feed that first had it.
FORMER_ADDRESSES: Final = """
CREATE TABLE former_address (
  url TEXT PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES article (id),
  at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX former_address_article ON former_address (article_id);
CREATE VIEW former_addresses AS SELECT url, article_id, at FROM former_address;
DROP VIEW article_feeds;
CREATE VIEW article_feeds AS
  SELECT DISTINCT article_id, feed_id FROM entry WHERE article_id IS NOT NULL
  UNION ALL
  SELECT id, feed_id FROM article
  WHERE NOT EXISTS (SELECT 1 FROM entry WHERE entry.article_id = article.id);
"""

# It is measured which feeds carry whole articles, unless the operator says where to take them from;
# what older databases hold as "page" was the default. An article knows the entry that it was made
# with, and whether its text came from there.
FULL_TEXT: Final = """
ALTER TABLE feed ADD COLUMN text_wish TEXT NOT NULL DEFAULT 'auto'
  CHECK (text_wish IN ('auto', 'page', 'feed'));
UPDATE feed SET text_wish = 'feed' WHERE text_source = 'feed';
ALTER TABLE article ADD COLUMN text_from TEXT NOT NULL DEFAULT 'page'
  CHECK (text_from IN ('page', 'feed'));
UPDATE article SET text_from = 'feed'
WHERE feed_id IN (SELECT id FROM feed WHERE text_source = 'feed')
  AND canonical_url NOT IN (SELECT url FROM page);
ALTER TABLE article ADD COLUMN entry_id INTEGER REFERENCES entry (id);
UPDATE article SET entry_id = (SELECT min(id) FROM entry WHERE entry.article_id = article.id);
ALTER TABLE feed DROP COLUMN text_source;
ALTER TABLE feed RENAME COLUMN text_wish TO text_source;
ALTER TABLE feed ADD COLUMN text_measures TEXT NOT NULL DEFAULT '[]';
ALTER TABLE feed ADD COLUMN text_taken INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN text_whole INTEGER NOT NULL DEFAULT 0;
DROP VIEW feeds;
CREATE VIEW feeds AS
  SELECT id, coalesce(shown_url, outlet) AS url, outlet, title, language, tags, status, listed,
         last_polled_at, last_success_at, next_poll_at, last_error, failures,
         last_new_at, interval_minutes, rhythm_minutes, moved_to, moved_times, address,
         id_churn, hub, text_source,
         iif(text_source <> 'auto', text_source, iif(text_whole, 'feed', 'page')) AS text_from
  FROM feed;
"""

# How far extracting anew has come, for when it is cut short.
REEXTRACTION: Final = """
CREATE TABLE reextraction (
  task TEXT PRIMARY KEY,
  since TEXT,
  last_id INTEGER NOT NULL
) WITHOUT ROWID;
"""

# What recurs on each site is learnt: articles know their site, where each of their lines stood, and
# whether they were looked at, which those that are there already need not be.
BOILERPLATE: Final = """
ALTER TABLE article ADD COLUMN site TEXT NOT NULL DEFAULT '';
ALTER TABLE article ADD COLUMN places TEXT NOT NULL DEFAULT '[]';
ALTER TABLE article ADD COLUMN studied INTEGER NOT NULL DEFAULT 1;
UPDATE article SET site = site_of(canonical_url);
CREATE INDEX article_site ON article (site, ordered_at, canonical_url);
CREATE INDEX article_unstudied ON article (site, ordered_at, canonical_url) WHERE NOT studied;
ALTER TABLE removed_block ADD COLUMN place INTEGER;

CREATE TABLE furniture (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL,
  form TEXT NOT NULL,
  example TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'learnt'
    CHECK (state IN ('learnt', 'approved', 'rejected', 'added')),
  pages INTEGER NOT NULL DEFAULT 0,
  first_seen_at TEXT,
  last_seen_at TEXT,
  decided_by TEXT,
  decided_at TEXT,
  applied INTEGER NOT NULL DEFAULT 1,
  UNIQUE (site, form)
);
CREATE INDEX furniture_unapplied ON furniture (id) WHERE NOT applied;

DROP VIEW articles;
CREATE VIEW articles AS
  SELECT id, url, canonical_url, feed_id, outlet, title, lead, text, authors, agency, language,
         published_at, updated_at, fetched_at, word_count, image, copy_group_id, story_id, site
  FROM article;
DROP VIEW removed;
CREATE VIEW removed AS
  SELECT article_id, position, reason, text, place FROM removed_block;
CREATE VIEW boilerplate AS
  SELECT id, site, example, state, pages, first_seen_at, last_seen_at, decided_by, decided_at
  FROM furniture;
"""

# Whether an article can be read in full: 1 or 0, nothing where the page does not tell.
PAYWALLED: Final = """
ALTER TABLE article ADD COLUMN paywalled INTEGER CHECK (paywalled IN (0, 1));
DROP VIEW articles;
CREATE VIEW articles AS
  SELECT id, url, canonical_url, feed_id, outlet, title, lead, text, authors, agency, language,
         published_at, updated_at, fetched_at, word_count, image, copy_group_id, story_id, site,
         paywalled
  FROM article;
"""

# What of an article looks like boilerplate but was kept, as a sentence; else nothing.
SPARED: Final = """
ALTER TABLE article ADD COLUMN spared TEXT;
DROP VIEW articles;
CREATE VIEW articles AS
  SELECT id, url, canonical_url, feed_id, outlet, title, lead, text, authors, agency, language,
         published_at, updated_at, fetched_at, word_count, image, copy_group_id, story_id, site,
         paywalled, spared
  FROM article;
"""
