"""What the editors' desk needs of the schema, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = ["SEEN"]

# What readers of the desk looked at: of each story when, and which of its articles in which version
# (a JSON object of numbers). Where a story is merged into another, what was seen of both is kept,
# since the earlier look: so nothing is taken for seen that was not.
SEEN: Final = """
CREATE TABLE seen (
  reader TEXT NOT NULL,
  story_id INTEGER NOT NULL,
  at TEXT NOT NULL,
  articles TEXT NOT NULL,
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
  INSERT INTO seen (reader, story_id, at, articles)
  SELECT reader, new.new_id, at, articles FROM seen WHERE story_id = new.old_id
  ON CONFLICT (reader, story_id) DO UPDATE SET
    at = min(at, excluded.at), articles = json_patch(articles, excluded.articles);
  DELETE FROM seen WHERE story_id = new.old_id;
END;
"""
