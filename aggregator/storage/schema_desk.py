"""What the editors' desk needs of the schema, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = ["BOARD", "PICTURES", "REMARKS", "SEEN", "TAGGED"]

# The board's order is an index: of each story of the last weeks all that its card shows is kept,
# and a row for each list that it stands in (of all stories, of a language, of an outlet), by its
# score. Stories whose card is to be made, or made anew, are noted; those of older databases are
# made bit by bit.
BOARD: Final = """
CREATE TABLE story_card (
  story_id INTEGER PRIMARY KEY,
  score REAL NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  begun_at TEXT NOT NULL,
  grown_at TEXT NOT NULL,
  card TEXT NOT NULL,
  lists TEXT NOT NULL
);
CREATE INDEX story_card_age ON story_card (last_at);
CREATE INDEX story_card_growth ON story_card (grown_at, begun_at);
CREATE TABLE story_list (
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  score REAL NOT NULL,
  story_id INTEGER NOT NULL,
  PRIMARY KEY (kind, value, score, story_id)
) WITHOUT ROWID;
CREATE TABLE card_due (
  story_id INTEGER PRIMARY KEY,
  grown_at TEXT
);
INSERT INTO card_due (story_id)
SELECT id FROM story WHERE article_count > 0 AND last_published_at >=
  (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(last_published_at), '-30 days') FROM story);
INSERT OR IGNORE INTO card_due (story_id)
SELECT story.id FROM decision JOIN story ON story.id = decision.story_id
WHERE kind = 'pin' AND undone_at IS NULL;
CREATE TRIGGER card_of_tagged_feed AFTER UPDATE OF tags ON feed WHEN old.tags <> new.tags BEGIN
  INSERT INTO card_due (story_id)
  SELECT DISTINCT article.story_id FROM article JOIN story_card USING (story_id)
  WHERE outlet = new.outlet AND ordered_at >= (SELECT min(first_at) FROM story_card)
  ON CONFLICT DO NOTHING;
END;
"""

# Stars, which are an editor's own, and notes, which all editors read, are kept as decisions are: so
# they are undone alike, and follow their story. Neither outranks anything that is computed, so they
# stand in no view and are told as no change. `act` is the first decision of those that were made at
# one stroke. A table's checks cannot be changed: the table is made anew, and its triggers with it.
REMARKS: Final = """
PRAGMA defer_foreign_keys = ON;
CREATE TEMP TABLE decision_before AS SELECT * FROM main.decision;
CREATE TEMP TABLE decision_number AS
  SELECT seq FROM main.sqlite_sequence WHERE name = 'decision';
DROP TABLE decision;
CREATE TABLE decision (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  author TEXT NOT NULL,
  kind TEXT NOT NULL
    CHECK (kind IN ('together', 'apart', 'pin', 'rename', 'hide', 'star', 'note')),
  level TEXT CHECK (level IN ('copies', 'story')),
  story_id INTEGER,
  value TEXT NOT NULL DEFAULT '',
  undone_at TEXT,
  undone_by TEXT,
  act INTEGER,
  CHECK ((kind IN ('together', 'apart')) = (level IS NOT NULL)),
  CHECK ((level IS NULL) = (story_id IS NOT NULL)),
  CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
INSERT INTO decision SELECT *, id FROM temp.decision_before;
DELETE FROM sqlite_sequence WHERE name = 'decision';
INSERT INTO sqlite_sequence (name, seq) SELECT 'decision', seq FROM temp.decision_number;
DROP TABLE temp.decision_before;
DROP TABLE temp.decision_number;
CREATE INDEX decision_level ON decision (level) WHERE undone_at IS NULL AND level IS NOT NULL;
CREATE INDEX decision_story ON decision (story_id, kind) WHERE undone_at IS NULL;
CREATE INDEX decision_author ON decision (author, id);
CREATE INDEX decision_act ON decision (act);
CREATE INDEX furniture_decided ON furniture (decided_at, id) WHERE decided_at IS NOT NULL;
DROP VIEW decisions;
CREATE VIEW decisions AS
  SELECT id, at, author, kind, level,
         (SELECT json_group_array(article_id) FROM decision_article
          WHERE decision_id = decision.id AND side = 0 AND article_id IS NOT NULL) AS articles,
         (SELECT json_group_array(article_id) FROM decision_article
          WHERE decision_id = decision.id AND side = 1 AND article_id IS NOT NULL) AS others,
         (SELECT json_group_array(url) FROM decision_article
          WHERE decision_id = decision.id AND article_id IS NULL) AS gone,
         story_id, iif(kind = 'rename', value, NULL) AS title, undone_at, undone_by
  FROM decision WHERE kind NOT IN ('star', 'note');
CREATE TRIGGER noting_decision_comes AFTER INSERT ON decision
WHEN new.kind NOT IN ('star', 'note') BEGIN
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
WHEN new.kind NOT IN ('star', 'note')
 AND (old.at, old.author, old.kind, old.level, old.story_id, old.value, old.undone_at,
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
CREATE TRIGGER noting_decision_goes AFTER DELETE ON decision
WHEN old.kind NOT IN ('star', 'note') BEGIN
  INSERT INTO touched (kind, id, how) VALUES ('decision', old.id, 2)
  ON CONFLICT DO UPDATE SET how = how | 2;
  INSERT INTO touched (kind, id, how, was)
  SELECT 'story', id, 2, json_array(
    title, first_published_at, last_published_at, article_count, outlet_count,
    copy_group_count, closed)
  FROM story WHERE id = old.story_id
  ON CONFLICT DO UPDATE SET how = how | 2;
END;
CREATE TRIGGER card_of_starred AFTER INSERT ON decision WHEN new.kind = 'star' BEGIN
  INSERT INTO card_due (story_id) VALUES (new.story_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER card_of_no_longer_starred AFTER UPDATE ON decision WHEN new.kind = 'star' BEGIN
  INSERT INTO card_due (story_id) VALUES (new.story_id) ON CONFLICT DO NOTHING;
END;
"""

# What readers of the desk looked at: of each story when last, and which of its articles in which
# version (a JSON object of numbers); and the same of the look before the present visit to it, by
# which it is told what is new. Where a story is merged into another, what was seen of both is kept,
# since the earlier look: so nothing is taken for seen that was not.
SEEN: Final = """
CREATE TABLE seen (
  reader TEXT NOT NULL,
  story_id INTEGER NOT NULL,
  at TEXT NOT NULL,
  articles TEXT NOT NULL,
  before_at TEXT NOT NULL,
  before TEXT NOT NULL,
  PRIMARY KEY (reader, story_id)
) WITHOUT ROWID;
CREATE INDEX seen_story ON seen (story_id);
CREATE INDEX seen_age ON seen (at);
CREATE TABLE visit (
  reader TEXT PRIMARY KEY,
  last_at TEXT NOT NULL,
  before_at TEXT
) WITHOUT ROWID;
CREATE TRIGGER seen_story_merged AFTER INSERT ON redirect WHEN new.kind = 'story' BEGIN
  INSERT INTO seen (reader, story_id, at, articles, before_at, before)
  SELECT reader, new.new_id, at, articles, before_at, before FROM seen
  WHERE story_id = new.old_id
  ON CONFLICT (reader, story_id) DO UPDATE SET
    at = min(at, excluded.at), articles = json_patch(articles, excluded.articles),
    before_at = min(before_at, excluded.before_at), before = json_patch(before, excluded.before);
  DELETE FROM seen WHERE story_id = new.old_id;
END;
"""

# Articles' pictures, made small; of those that could not be had why, and when to try again.
PICTURES: Final = """
CREATE TABLE picture (
  article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  body BLOB,
  at TEXT NOT NULL,
  reason TEXT,
  tries INTEGER NOT NULL,
  next_try_at TEXT,
  CHECK ((body IS NULL) = (reason IS NOT NULL))
);
CREATE INDEX picture_age ON picture (at);
"""

# Which cards an outlet's name is on is in a list; to look for its articles, all cards had to be
# read first, for each feed whose tags changed.
TAGGED: Final = """
DROP TRIGGER card_of_tagged_feed;
CREATE TRIGGER card_of_tagged_feed AFTER UPDATE OF tags ON feed WHEN old.tags <> new.tags BEGIN
  INSERT INTO card_due (story_id)
  SELECT story_id FROM story_list WHERE kind = 'outlet' AND value IN (old.outlet, new.outlet)
  ON CONFLICT DO NOTHING;
END;
"""
