"""What the contract with readers added to the schema, each migration's SQL."""

from typing import Final

__all__ = ["CONTRACT", "INDEXES", "NUMBERS"]

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

# What readers ask for most is found without reading all there is: what an outlet published in some
# time, what of that was revised, and what was rejected lately. SQLite takes a union apart in a join
# only where its columns agree in affinity: the view of versions was made anew for each question.
INDEXES: Final = """
CREATE INDEX article_outlet ON article (outlet, ordered_at);
CREATE INDEX article_revised_by_time ON article (ordered_at) WHERE version > 1;
CREATE INDEX rejection_at ON rejection (at);
DROP VIEW article_versions;
CREATE VIEW article_versions AS
  SELECT article_id, version, title, lead, text, seen_at, updated_at, cause FROM former_version
  UNION ALL
  SELECT id, version, title, lead, text, CAST(coalesce(version_at, fetched_at) AS TEXT),
         updated_at, version_cause
  FROM article;
"""

# The number of an article that became part of another is never given again, though that was the
# newest: other people's tools know it. Rows go as they come; SQLite keeps the last number given.
NUMBERS: Final = """
CREATE TABLE article_number (id INTEGER PRIMARY KEY AUTOINCREMENT);
INSERT INTO article_number SELECT id FROM article ORDER BY id DESC LIMIT 1;
DELETE FROM article_number;
"""
