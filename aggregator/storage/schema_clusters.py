"""What later versions changed of copies and stories, each migration's SQL; `schema` orders them."""

from typing import Final

__all__ = [
    "ANCHORS",
    "DECISIONS",
    "LANGUAGES",
    "PROFILES",
    "PROVENANCE",
    "STORIES",
    "TEXTS",
    "TWINS",
    "UNINDEXED",
]

# What editors decide of articles and stories. No decision is ever deleted; one whose article is
# gone keeps its address, and takes hold again where that comes back. A story's decisions follow it
# where it is merged into another.
DECISIONS: Final = """
CREATE TABLE decision (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  author TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('together', 'apart', 'pin', 'rename', 'hide')),
  level TEXT CHECK (level IN ('copies', 'story')),
  story_id INTEGER,
  value TEXT NOT NULL DEFAULT '',
  undone_at TEXT,
  undone_by TEXT,
  CHECK ((kind IN ('together', 'apart')) = (level IS NOT NULL)),
  CHECK ((level IS NULL) = (story_id IS NOT NULL)),
  CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
CREATE INDEX decision_level ON decision (level) WHERE undone_at IS NULL AND level IS NOT NULL;
CREATE INDEX decision_story ON decision (story_id, kind) WHERE undone_at IS NULL;
CREATE TABLE decision_article (
  decision_id INTEGER NOT NULL REFERENCES decision (id),
  side INTEGER NOT NULL CHECK (side IN (0, 1)),
  article_id INTEGER,
  url TEXT NOT NULL
);
CREATE INDEX decision_article_decision ON decision_article (decision_id);
CREATE INDEX decision_article_article ON decision_article (article_id);
CREATE INDEX decision_article_gone ON decision_article (url) WHERE article_id IS NULL;
CREATE TRIGGER decision_article_goes AFTER DELETE ON article BEGIN
  UPDATE decision_article SET article_id = NULL, url = old.canonical_url
  WHERE article_id = old.id;
END;
CREATE TRIGGER decision_article_returns AFTER INSERT ON article BEGIN
  UPDATE decision_article SET article_id = new.id
  WHERE article_id IS NULL AND url = new.canonical_url;
END;
CREATE TRIGGER decision_story_merged AFTER INSERT ON redirect WHEN new.kind = 'story' BEGIN
  UPDATE decision SET story_id = new.new_id WHERE story_id = new.old_id;
END;

DROP VIEW stories;
CREATE VIEW stories AS
  SELECT id,
         coalesce((SELECT value FROM decision WHERE story_id = story.id AND kind = 'rename'
                     AND undone_at IS NULL ORDER BY decision.id DESC LIMIT 1), title) AS title,
         first_published_at, last_published_at, article_count, outlet_count, copy_group_count,
         title AS computed_title,
         EXISTS (SELECT 1 FROM decision WHERE story_id = story.id AND kind = 'pin'
                   AND undone_at IS NULL) AS pinned,
         EXISTS (SELECT 1 FROM decision WHERE story_id = story.id AND kind = 'hide'
                   AND undone_at IS NULL) AS hidden
  FROM story;
CREATE VIEW decisions AS
  SELECT id, at, author, kind, level,
         (SELECT json_group_array(article_id) FROM decision_article
          WHERE decision_id = decision.id AND side = 0 AND article_id IS NOT NULL) AS articles,
         (SELECT json_group_array(article_id) FROM decision_article
          WHERE decision_id = decision.id AND side = 1 AND article_id IS NOT NULL) AS others,
         (SELECT json_group_array(url) FROM decision_article
          WHERE decision_id = decision.id AND article_id IS NULL) AS gone,
         story_id, iif(kind = 'rename', value, NULL) AS title, undone_at, undone_by
  FROM decision;
"""

# What each member of a copy group of several took over, added and cut. Figures that are still to be
# made have no `added_words`: those of older groups, which the next clustering makes.
PROVENANCE: Final = """
CREATE TABLE copy_member (
  article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
  reference_id INTEGER,
  taken REAL,
  added_words INTEGER,
  cut_words INTEGER
);
CREATE INDEX copy_member_pending ON copy_member (article_id) WHERE added_words IS NULL;
INSERT INTO copy_member (article_id)
SELECT article.id FROM article JOIN copy_group ON copy_group.id = copy_group_id
WHERE copy_group.article_count > 1;
CREATE VIEW copy_members AS
  SELECT article_id, member.copy_group_id,
         article_id = copy_group.first_article_id AS earliest,
         taken, added_words, cut_words, reference_id,
         iif(link.a = article_id, link.b, link.a) AS partner_id,
         link.rule, link.jaccard, link.containment
  FROM copy_member JOIN article AS member ON member.id = article_id
  JOIN copy_group ON copy_group.id = member.copy_group_id
  LEFT JOIN copy_link AS link ON (link.a, link.b) = (
    SELECT a, b FROM (
      SELECT a, b, jaccard, containment, rule, b AS other FROM copy_link
      WHERE a = article_id AND rule <> 'compound'
      UNION ALL
      SELECT a, b, jaccard, containment, rule, a FROM copy_link
      WHERE b = article_id AND rule <> 'compound')
    JOIN article AS partner ON partner.id = other
    WHERE partner.copy_group_id = member.copy_group_id
    ORDER BY max(jaccard + containment, iif(rule = 'headline', 1.0, 0.0)) DESC,
             partner.ordered_at, partner.canonical_url LIMIT 1);
"""

# Candidates are looked up around a time instead of by who came last, so keys know when their
# article was published. Articles with the very same words stand behind one of them, which alone
# has links. Figures of groups and stories are counted from indexes.
TEXTS: Final = """
CREATE TABLE band_in_time (
  key INTEGER NOT NULL,
  at INTEGER NOT NULL,
  article_id INTEGER NOT NULL,
  PRIMARY KEY (key, at, article_id)
) WITHOUT ROWID;
INSERT INTO band_in_time
  SELECT key, CAST(strftime('%s', ordered_at) AS INTEGER), article_id
  FROM band JOIN article ON article.id = article_id ORDER BY key;
DROP TABLE band;
ALTER TABLE band_in_time RENAME TO band;
ALTER TABLE article ADD COLUMN same_as INTEGER;
CREATE INDEX article_same ON article (same_as, copy_group_id) WHERE same_as IS NOT NULL;
DROP INDEX article_group;
CREATE INDEX article_group ON article (copy_group_id, outlet, ordered_at);
CREATE INDEX article_texts ON article (copy_group_id) WHERE same_as IS NULL;
CREATE INDEX article_agency ON article (copy_group_id, agency) WHERE agency IS NOT NULL;
DROP INDEX article_story;
CREATE INDEX article_story ON article (story_id, outlet, ordered_at);
"""

# How many fingerprints there are of each profile, since two must never be mixed.
PROFILES: Final = """
CREATE TABLE profile (
  profile TEXT PRIMARY KEY,
  fingerprints INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO profile SELECT profile, count(*) FROM fingerprint GROUP BY profile;
CREATE TRIGGER profile_more AFTER INSERT ON fingerprint BEGIN
  INSERT INTO profile VALUES (new.profile, 1)
  ON CONFLICT (profile) DO UPDATE SET fingerprints = fingerprints + 1;
END;
CREATE TRIGGER profile_less AFTER DELETE ON fingerprint BEGIN
  UPDATE profile SET fingerprints = fingerprints - 1 WHERE profile = old.profile;
END;
"""

# Stories are formed of likenesses between copy groups, which are kept: what the story level sees of
# each group, by which terms it is found near a time, and how alike it is to others. Groups of the
# last days before this are looked at again, so that what comes next finds them.
STORIES: Final = """
DROP TABLE story_key;
CREATE TABLE story_text (
  copy_group_id INTEGER PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  made_of INTEGER NOT NULL,
  vector TEXT NOT NULL,
  keys TEXT NOT NULL
);
CREATE TABLE story_key (
  key INTEGER NOT NULL,
  at INTEGER NOT NULL,
  copy_group_id INTEGER NOT NULL,
  PRIMARY KEY (key, at, copy_group_id)
) WITHOUT ROWID;
CREATE TABLE story_link (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  likeness REAL NOT NULL,
  PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX story_link_b ON story_link (b, a, likeness);
CREATE TABLE story_drift (
  language TEXT PRIMARY KEY,
  documents INTEGER NOT NULL
) WITHOUT ROWID;
ALTER TABLE story_document DROP COLUMN keys;
ALTER TABLE copy_group ADD COLUMN story_rule TEXT;
ALTER TABLE copy_group ADD COLUMN partner_group_id INTEGER;
CREATE INDEX copy_group_partner ON copy_group (partner_group_id);
CREATE TRIGGER copy_group_goes BEFORE DELETE ON copy_group BEGIN
  UPDATE copy_group SET partner_group_id = NULL WHERE partner_group_id = old.id;
  DELETE FROM story_link WHERE a = old.id;
  DELETE FROM story_link WHERE b = old.id;
  DELETE FROM story_key WHERE copy_group_id = old.id
    AND at = (SELECT last_at FROM story_text WHERE copy_group_id = old.id)
    AND key IN (SELECT value FROM story_text, json_each(keys) WHERE copy_group_id = old.id);
  DELETE FROM story_text WHERE copy_group_id = old.id;
END;
UPDATE article SET clustered = 0 WHERE ordered_at >=
  (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(ordered_at), '-4 days') FROM article);
CREATE VIEW story_members AS
  SELECT member.id AS copy_group_id, member.story_id, member.story_rule AS rule,
         partner.first_article_id AS partner_id, member.partner_group_id, member.likeness,
         member.shared_terms
  FROM copy_group AS member LEFT JOIN copy_group AS partner ON partner.id = member.partner_group_id
  WHERE member.story_id IS NOT NULL;
"""

# Of which articles a story was when an editor decided on it: its number may go another way.
ANCHORS: Final = """
CREATE TABLE decision_anchor (
  decision_id INTEGER NOT NULL REFERENCES decision (id),
  article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
  PRIMARY KEY (decision_id, article_id)
) WITHOUT ROWID;
CREATE INDEX decision_anchor_article ON decision_anchor (article_id);
INSERT INTO decision_anchor
SELECT decision.id, first_article_id FROM decision JOIN copy_group USING (story_id)
WHERE level IS NULL AND undone_at IS NULL AND first_article_id IS NOT NULL;
"""

# All groups of a language are looked at while it is young, which may be so in a large archive.
LANGUAGES: Final = """
CREATE INDEX article_language ON article (language);
"""

# A text that recurs 50,000 times is to cost no more than any other: how many stand behind an
# article is kept, links between texts are found without passing over those to twins, and twins in
# the order of their time.
TWINS: Final = """
CREATE TABLE repeated_text (
  article_id INTEGER PRIMARY KEY,
  twins INTEGER NOT NULL
);
INSERT INTO repeated_text
  SELECT same_as, count(*) FROM article WHERE same_as IS NOT NULL GROUP BY same_as;
CREATE TRIGGER repeated_text_turns AFTER UPDATE OF same_as ON article
WHEN old.same_as IS NOT new.same_as BEGIN
  UPDATE repeated_text SET twins = twins - 1 WHERE article_id = old.same_as;
  DELETE FROM repeated_text WHERE article_id = old.same_as AND twins = 0;
  INSERT INTO repeated_text SELECT new.same_as, 1 WHERE new.same_as IS NOT NULL
  ON CONFLICT (article_id) DO UPDATE SET twins = twins + 1;
END;
CREATE TRIGGER repeated_text_goes AFTER DELETE ON article WHEN old.same_as IS NOT NULL BEGIN
  UPDATE repeated_text SET twins = twins - 1 WHERE article_id = old.same_as;
  DELETE FROM repeated_text WHERE article_id = old.same_as AND twins = 0;
END;
CREATE INDEX copy_link_texts ON copy_link (a, b, rule) WHERE rule <> 'words';
CREATE INDEX copy_link_texts_b ON copy_link (b, a, rule) WHERE rule <> 'words';
CREATE INDEX article_twins ON article (same_as, ordered_at) WHERE same_as IS NOT NULL;
"""

# Keys lie all over their table: each article's by itself writes a page for every key. So they are
# put there for many articles at once, before these are clustered; until then they are noted here.
UNINDEXED: Final = """
CREATE TABLE unindexed (
  article_id INTEGER PRIMARY KEY REFERENCES fingerprint (article_id) ON DELETE CASCADE
);
"""
