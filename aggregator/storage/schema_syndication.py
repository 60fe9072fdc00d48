"""What syndicating needs of the schema, as migrations' SQL; `schema` gives their order."""

from typing import Final

__all__ = ["INSTALLATION", "STORY_CHANGES"]

# What tells this database from every other one: ids of stories that go out are made with it, so
# that they stay when the file or the address moves, and two databases never give the same one.
INSTALLATION: Final = """
CREATE TABLE installation (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  since TEXT NOT NULL
);
INSERT INTO installation (id, name, since)
VALUES (1, lower(hex(randomblob(16))), strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
"""

# When a story last changed is asked for each that goes out; that it closed changes nothing of it.
STORY_CHANGES: Final = """
CREATE INDEX change_of_story ON change (id, at)
WHERE kind IN ('story_created', 'story_split', 'story_grown', 'story_changed');
"""
