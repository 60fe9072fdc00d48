"""What the editors' desk needs of the schema, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = ["BOARD", "SEEN"]

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
