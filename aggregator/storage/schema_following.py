"""What following along changed of the schema, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = ["CHANGES", "VERSIONS"]

# Every change of a row that readers see is noted in `touched` by triggers, so that none can be
# forgotten, once for each row and transaction; at its end `storage.noting` tells them as changes.
# `how` adds up what happened to a row; `was` is what it said at first, to tell what it is now from.
#   article: 1 added, 2 revised, 4 changed, 8 placed, 16 gone, 32 traced, 64 its page answered 410;
#            was: its group and story, or where it is gone its address
#   member: a row of copy_member; was: its figures
#   link: a row of copy_link, from `id` to `key`; was: its figures
#   copy_group, story: 1 made, 2 certainly changed; was: its figures
#   decision: 1 made, 2 changed, 4 undone
#   rejection: of the feed `id` and the address `key`
# No conflict clause here is OR IGNORE or the like: that of the statement that fires would win.
CHANGES: Final = """
CREATE TABLE change (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  id INTEGER,
  other_id INTEGER,
  detail TEXT
);
CREATE TABLE touched (
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  key TEXT NOT NULL DEFAULT '',
  how INTEGER NOT NULL DEFAULT 0,
  was TEXT,
  PRIMARY KEY (kind, id, key)
) WITHOUT ROWID;
ALTER TABLE article ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE article ADD COLUMN version_at TEXT;
ALTER TABLE article ADD COLUMN version_cause TEXT NOT NULL DEFAULT 'first';
ALTER TABLE article ADD COLUMN gone_at TEXT;
ALTER TABLE story ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
UPDATE story SET closed = 1 WHERE last_published_at <
  (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(last_published_at), '-4 days') FROM story);
CREATE INDEX story_closed ON story (closed, last_published_at);
INSERT INTO change (at, kind) VALUES (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 'begun');

CREATE TRIGGER noting_article_comes AFTER INSERT ON article BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('article', new.id, 1)
  ON CONFLICT DO UPDATE SET how = how | 1;
END;
CREATE TRIGGER noting_article_goes AFTER DELETE ON article BEGIN
  INSERT INTO touched (kind, id, how, was) VALUES ('article', old.id, 16, old.canonical_url)
  ON CONFLICT DO UPDATE SET how = how | 16, was = excluded.was;
END;
CREATE TRIGGER noting_article_changes
AFTER UPDATE OF url, canonical_url, feed_id, outlet, title, lead, text, authors, agency, language,
  published_at, updated_at, fetched_at, word_count, image, site, paywalled, spared, ordered_at,
  gone_at, version
ON article
WHEN (old.url, old.canonical_url, old.feed_id, old.outlet, old.title, old.lead, old.text,
      old.authors, old.agency, old.language, old.published_at, old.updated_at, old.fetched_at,
      old.word_count, old.image, old.site, old.paywalled, old.spared, old.ordered_at,
      old.gone_at, old.version)
  IS NOT
     (new.url, new.canonical_url, new.feed_id, new.outlet, new.title, new.lead, new.text,
      new.authors, new.agency, new.language, new.published_at, new.updated_at, new.fetched_at,
      new.word_count, new.image, new.site, new.paywalled, new.spared, new.ordered_at,
      new.gone_at, new.version)
BEGIN
  INSERT INTO touched (kind, id, how)
  VALUES ('article', new.id, iif(old.version <> new.version, 2, 4)
          | iif(old.gone_at IS NULL AND new.gone_at IS NOT NULL, 64, 0))
  ON CONFLICT DO UPDATE SET how = how | excluded.how;
END;
CREATE TRIGGER noting_article_places AFTER UPDATE OF copy_group_id, story_id ON article
WHEN (old.copy_group_id, old.story_id) IS NOT (new.copy_group_id, new.story_id) BEGIN
  INSERT INTO touched (kind, id, how, was)
  VALUES ('article', new.id, 8, json_array(old.copy_group_id, old.story_id))
  ON CONFLICT DO UPDATE SET how = how | 8, was = coalesce(was, excluded.was);
END;
CREATE TRIGGER noting_article_partners AFTER UPDATE OF copy_group_id, ordered_at, canonical_url
ON article
WHEN (old.copy_group_id, old.ordered_at, old.canonical_url)
  IS NOT (new.copy_group_id, new.ordered_at, new.canonical_url) BEGIN
  INSERT INTO touched (kind, id, how)
  SELECT 'article', b, 32 FROM copy_link WHERE a = new.id AND rule <> 'compound'
  ON CONFLICT DO UPDATE SET how = how | 32;
  INSERT INTO touched (kind, id, how)
  SELECT 'article', a, 32 FROM copy_link WHERE b = new.id AND rule <> 'compound'
  ON CONFLICT DO UPDATE SET how = how | 32;
END;

CREATE TRIGGER noting_member_comes BEFORE INSERT ON copy_member BEGIN
  INSERT INTO touched (kind, id, was)
  VALUES ('member', new.article_id,
          (SELECT json_array(reference_id, quote(taken), added_words, cut_words)
           FROM copy_member WHERE article_id = new.article_id))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_member_goes AFTER DELETE ON copy_member BEGIN
  INSERT INTO touched (kind, id, was)
  VALUES ('member', old.article_id,
          json_array(old.reference_id, quote(old.taken), old.added_words, old.cut_words))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_member_changes AFTER UPDATE ON copy_member BEGIN
  INSERT INTO touched (kind, id, was)
  VALUES ('member', old.article_id,
          json_array(old.reference_id, quote(old.taken), old.added_words, old.cut_words))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_link_comes AFTER INSERT ON copy_link WHEN new.rule <> 'compound' BEGIN
  INSERT INTO touched (kind, id, key) VALUES ('link', new.a, new.b) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_link_goes AFTER DELETE ON copy_link WHEN old.rule <> 'compound' BEGIN
  INSERT INTO touched (kind, id, key, was)
  VALUES ('link', old.a, old.b, json_array(quote(old.jaccard), quote(old.containment), old.rule))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_link_changes AFTER UPDATE ON copy_link BEGIN
  INSERT INTO touched (kind, id, key, was)
  VALUES ('link', old.a, old.b, json_array(quote(old.jaccard), quote(old.containment), old.rule))
  ON CONFLICT DO NOTHING;
  INSERT INTO touched (kind, id, key) VALUES ('link', new.a, new.b) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER noting_group_comes AFTER INSERT ON copy_group BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('copy_group', new.id, 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_group_goes AFTER DELETE ON copy_group BEGIN
  INSERT INTO touched (kind, id, was)
  VALUES ('copy_group', old.id, json_array(
    old.story_id, old.article_count, old.outlet_count, old.first_article_id, old.agency,
    old.story_rule, old.partner_group_id, quote(old.likeness), old.shared_terms,
    (SELECT first_article_id FROM copy_group WHERE id = old.partner_group_id)))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_group_changes
AFTER UPDATE OF story_id, article_count, outlet_count, first_article_id, agency, story_rule,
  partner_group_id, likeness, shared_terms ON copy_group
WHEN (old.story_id, old.article_count, old.outlet_count, old.first_article_id, old.agency,
      old.story_rule, old.partner_group_id, old.likeness, old.shared_terms)
  IS NOT
     (new.story_id, new.article_count, new.outlet_count, new.first_article_id, new.agency,
      new.story_rule, new.partner_group_id, new.likeness, new.shared_terms)
BEGIN
  INSERT INTO touched (kind, id, was)
  VALUES ('copy_group', old.id, json_array(
    old.story_id, old.article_count, old.outlet_count, old.first_article_id, old.agency,
    old.story_rule, old.partner_group_id, quote(old.likeness), old.shared_terms,
    (SELECT first_article_id FROM copy_group WHERE id = old.partner_group_id)))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_group_begins_otherwise AFTER UPDATE OF first_article_id ON copy_group
WHEN old.first_article_id IS NOT new.first_article_id BEGIN
  INSERT INTO touched (kind, id, was)
  SELECT 'copy_group', id, json_array(
    story_id, article_count, outlet_count, first_article_id, agency,
    story_rule, partner_group_id, quote(likeness), shared_terms, old.first_article_id)
  FROM copy_group WHERE partner_group_id = old.id
  ON CONFLICT DO NOTHING;
  INSERT INTO touched (kind, id, how)
  SELECT 'article', old.first_article_id, 32 WHERE old.first_article_id IS NOT NULL
  ON CONFLICT DO UPDATE SET how = how | 32;
  INSERT INTO touched (kind, id, how)
  SELECT 'article', new.first_article_id, 32 WHERE new.first_article_id IS NOT NULL
  ON CONFLICT DO UPDATE SET how = how | 32;
END;

CREATE TRIGGER noting_story_comes AFTER INSERT ON story BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('story', new.id, 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_story_goes AFTER DELETE ON story BEGIN
  INSERT INTO touched (kind, id, was)
  VALUES ('story', old.id, json_array(
    old.title, old.first_published_at, old.last_published_at, old.article_count,
    old.outlet_count, old.copy_group_count, old.closed))
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_story_changes AFTER UPDATE ON story
WHEN (old.title, old.first_published_at, old.last_published_at, old.article_count,
      old.outlet_count, old.copy_group_count, old.closed)
  IS NOT
     (new.title, new.first_published_at, new.last_published_at, new.article_count,
      new.outlet_count, new.copy_group_count, new.closed)
BEGIN
  INSERT INTO touched (kind, id, was)
  VALUES ('story', old.id, json_array(
    old.title, old.first_published_at, old.last_published_at, old.article_count,
    old.outlet_count, old.copy_group_count, old.closed))
  ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER noting_decision_comes AFTER INSERT ON decision BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('decision', new.id, 1)
  ON CONFLICT DO UPDATE SET how = how | 1;
  INSERT INTO touched (kind, id, how, was)
  SELECT 'story', id, 2, json_array(
    title, first_published_at, last_published_at, article_count, outlet_count,
    copy_group_count, closed)
  FROM story WHERE id = new.story_id
  ON CONFLICT DO UPDATE SET how = how | 2;
END;
CREATE TRIGGER noting_decision_changes AFTER UPDATE ON decision
WHEN (old.at, old.author, old.kind, old.level, old.story_id, old.value, old.undone_at,
      old.undone_by)
  IS NOT
     (new.at, new.author, new.kind, new.level, new.story_id, new.value, new.undone_at,
      new.undone_by)
BEGIN
  INSERT INTO touched (kind, id, how)
  VALUES ('decision', new.id,
          iif(old.undone_at IS NULL AND new.undone_at IS NOT NULL, 4, 2))
  ON CONFLICT DO UPDATE SET how = how | excluded.how;
  INSERT INTO touched (kind, id, how, was)
  SELECT 'story', id, 2, json_array(
    title, first_published_at, last_published_at, article_count, outlet_count,
    copy_group_count, closed)
  FROM story WHERE id IN (old.story_id, new.story_id)
  ON CONFLICT DO UPDATE SET how = how | 2;
END;
CREATE TRIGGER noting_decision_goes AFTER DELETE ON decision BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('decision', old.id, 2)
  ON CONFLICT DO UPDATE SET how = how | 2;
  INSERT INTO touched (kind, id, how, was)
  SELECT 'story', id, 2, json_array(
    title, first_published_at, last_published_at, article_count, outlet_count,
    copy_group_count, closed)
  FROM story WHERE id = old.story_id
  ON CONFLICT DO UPDATE SET how = how | 2;
END;
CREATE TRIGGER noting_decision_article_comes AFTER INSERT ON decision_article BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('decision', new.decision_id, 2)
  ON CONFLICT DO UPDATE SET how = how | 2;
END;
CREATE TRIGGER noting_decision_article_changes AFTER UPDATE ON decision_article BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('decision', new.decision_id, 2)
  ON CONFLICT DO UPDATE SET how = how | 2;
END;
CREATE TRIGGER noting_decision_article_goes AFTER DELETE ON decision_article BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('decision', old.decision_id, 2)
  ON CONFLICT DO UPDATE SET how = how | 2;
END;

CREATE TRIGGER noting_rejection_comes AFTER INSERT ON rejection BEGIN
  INSERT INTO touched (kind, id, key) VALUES ('rejection', new.feed_id, new.url)
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_rejection_changes AFTER UPDATE ON rejection BEGIN
  INSERT INTO touched (kind, id, key)
  VALUES ('rejection', old.feed_id, old.url), ('rejection', new.feed_id, new.url)
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER noting_rejection_goes AFTER DELETE ON rejection BEGIN
  INSERT INTO touched (kind, id, key) VALUES ('rejection', old.feed_id, old.url)
  ON CONFLICT DO NOTHING;
END;

CREATE VIEW changes AS SELECT seq, at, kind, id, other_id, detail FROM change;
DROP VIEW articles;
CREATE VIEW articles AS
  SELECT id, url, canonical_url, feed_id, outlet, title, lead, text, authors, agency, language,
         published_at, updated_at, fetched_at, word_count, image, copy_group_id, story_id, site,
         paywalled, spared, ordered_at, version, gone_at
  FROM article;
DROP VIEW stories;
CREATE VIEW stories AS
  SELECT id,
         coalesce((SELECT value FROM decision WHERE story_id = story.id AND kind = 'rename'
                     AND undone_at IS NULL ORDER BY decision.id DESC LIMIT 1), title) AS title,
         first_published_at, last_published_at, article_count, outlet_count, copy_group_count,
         title AS computed_title,
         EXISTS (SELECT 1 FROM decision WHERE story_id = story.id AND kind = 'pin'
                   AND undone_at IS NULL) AS pinned,
         EXISTS (SELECT 1 FROM decision WHERE story_id = story.id AND kind = 'hide'
                   AND undone_at IS NULL) AS hidden,
         closed
  FROM story;
"""

# What an article said before its outlet changed it; what it says now stands in the article.
VERSIONS: Final = """
CREATE TABLE former_version (
  article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  lead TEXT NOT NULL,
  text TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  updated_at TEXT,
  cause TEXT NOT NULL CHECK (cause IN ('first', 'revised', 'source', 'merged')),
  PRIMARY KEY (article_id, version)
);
CREATE INDEX article_revised ON article (version_at) WHERE version > 1;
CREATE VIEW article_versions AS
  SELECT article_id, version, title, lead, text, seen_at, updated_at, cause FROM former_version
  UNION ALL
  SELECT id, version, title, lead, text, coalesce(version_at, fetched_at), updated_at,
         version_cause
  FROM article;
"""
