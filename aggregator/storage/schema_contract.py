"""What the contract with readers added to the schema, each migration's SQL."""

from typing import Final

__all__ = ["CONTRACT"]

# Readers are told which version of the contract they read, where merged numbers lead, and by which
# time articles are found with an index.
CONTRACT: Final = """
CREATE VIEW contract AS SELECT 1 AS version, '2026-11-26' AS since;
CREATE VIEW redirects AS SELECT kind, old_id, new_id, at FROM redirect;
DROP VIEW articles;
CREATE VIEW articles AS
  SELECT id, url, canonical_url, feed_id, outlet, title, lead, text, authors, agency, language,
         published_at, updated_at, fetched_at, word_count, image, copy_group_id, story_id, site,
         paywalled, spared, ordered_at
  FROM article;
"""
