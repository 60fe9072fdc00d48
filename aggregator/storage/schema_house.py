"""What later versions changed of the schema for keeping house; `schema` gives their order."""

from typing import Final

__all__ = ["RETIRED"]

# What was published before a time is missing in the indexes by which candidates are found.
RETIRED: Final = """
CREATE TABLE retired (
  kind TEXT PRIMARY KEY CHECK (kind IN ('band', 'story_key')),
  before INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX story_text_last ON story_text (last_at);
"""
