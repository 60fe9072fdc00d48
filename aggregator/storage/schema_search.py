"""What later versions changed of searching, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = ["SAVED"]

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
