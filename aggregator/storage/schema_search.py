"""What later versions changed of searching, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = ["SAVED", "WORDS"]

# A search also finds other forms of its words, by looking them up among the words of all articles;
# the full-text index stays what others' SQL knows. Words are taken up after their articles, by
# runs: those to come are numbered, so that one revised meanwhile is looked at once more. `ending`
# is a German noun's stem backwards, to find the compounds that end in it.
WORDS: Final = """
CREATE TABLE search_word (
  word TEXT NOT NULL,
  language TEXT NOT NULL,
  noun INTEGER NOT NULL,
  stem TEXT NOT NULL,
  ending TEXT,
  PRIMARY KEY (word, language, noun)
) WITHOUT ROWID;
CREATE INDEX search_word_stem ON search_word (language, noun, stem);
CREATE INDEX search_word_ending ON search_word (ending) WHERE ending IS NOT NULL;
CREATE TABLE search_pending (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL UNIQUE
);
INSERT INTO search_pending (article_id) SELECT id FROM article ORDER BY id;
CREATE TRIGGER search_pending_insert AFTER INSERT ON article BEGIN
  INSERT INTO search_pending (article_id) VALUES (new.id);
END;
CREATE TRIGGER search_pending_update AFTER UPDATE OF title, lead, text ON article BEGIN
  DELETE FROM search_pending WHERE article_id = old.id;
  INSERT INTO search_pending (article_id) VALUES (new.id);
END;
CREATE TRIGGER search_pending_delete AFTER DELETE ON article BEGIN
  DELETE FROM search_pending WHERE article_id = old.id;
END;
"""

# Searches that an operator keeps under a name, for lists, feeds and webhooks of what they find.
SAVED: Final = """
CREATE TABLE saved_search (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (trim(name) = name AND name <> ''),
  words TEXT NOT NULL,
  outlet TEXT,
  language TEXT,
  tag TEXT,
  created_at TEXT NOT NULL
);
CREATE VIEW saved_searches AS
  SELECT id, name, words, outlet, language, tag, created_at FROM saved_search;
"""
