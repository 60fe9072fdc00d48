"""What the editors' desk needs of the schema, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = ["SEEN"]

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
