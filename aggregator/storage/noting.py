"""Tells at the end of a transaction, as changes, what its statements did to what readers see.

Triggers note each row once, with what it said before (`schema_following`); here is looked what has
become of it. What is as it was is not told.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Final

from aggregator.storage.times import to_text

__all__ = ["is_set_up", "tell"]

# Rows are replaced before their figures are made anew, which mostly are those that were there.
_MEMBERS: Final = """
INSERT INTO touched (kind, id, how)
SELECT 'article', id, 32 FROM touched
WHERE kind = 'member' AND was IS NOT
  (SELECT json_array(reference_id, quote(taken), added_words, cut_words)
   FROM copy_member WHERE article_id = id)
ON CONFLICT DO UPDATE SET how = how | 32
"""
_LINKS: Final = """
INSERT INTO touched (kind, id, how)
SELECT 'article', side.value, 32
FROM touched, json_each(json_array(touched.id, CAST(touched.key AS INTEGER))) AS side
WHERE touched.kind = 'link' AND was IS NOT
  (SELECT json_array(quote(jaccard), quote(containment), rule)
   FROM copy_link WHERE a = touched.id AND b = CAST(touched.key AS INTEGER))
ON CONFLICT DO UPDATE SET how = how | 32
"""
# Columns behind an article's text are read only where they are to be told.
_ARTICLES: Final = """
WITH told AS MATERIALIZED (
  SELECT touched.id, into_id, CASE
    WHEN article.id IS NULL AND how & 16 = 0 THEN NULL
    WHEN article.id IS NULL AND into_id IS NOT NULL THEN 'article_merged'
    WHEN article.id IS NULL AND how & 1 = 0 THEN 'article_removed'
    WHEN article.id IS NULL THEN NULL
    WHEN how & 1 THEN 'article_added'
    WHEN how & 2 THEN 'article_revised'
    WHEN how & 64 THEN 'article_gone'
    WHEN how & 4 THEN 'article_changed'
    WHEN how & 8 AND was <> json_array(copy_group_id, story_id) THEN 'article_placed'
    WHEN how & 32 THEN 'article_traced' END AS what
  FROM (
    SELECT id, how, was,
           iif(how & 16, (SELECT article_id FROM former_address WHERE url = was), NULL) AS into_id
    FROM touched WHERE kind = 'article') AS touched
  LEFT JOIN article ON article.id = touched.id)
INSERT INTO change (at, kind, id, other_id, detail)
SELECT ?1, what, told.id, iif(what = 'article_merged', into_id, NULL),
  CASE what
  WHEN 'article_revised' THEN json_object('version', version, 'headline_before',
    (SELECT former.title FROM former_version AS former
     WHERE former.article_id = told.id AND former.version = article.version - 1
       AND former.title <> article.title))
  WHEN 'article_placed' THEN json_object('copy_group_id', copy_group_id, 'story_id', story_id) END
FROM told LEFT JOIN article ON article.id = told.id
WHERE what IS NOT NULL ORDER BY told.id
"""

# From which one that is still there most articles of a new one came: noted as what that was.
_PARTED: Final = """
WITH came AS (
  SELECT article.{kind}_id AS id, json_extract(moved.was, '{place}') AS from_id,
         count(*) AS articles
  FROM touched AS moved JOIN article ON article.id = moved.id
  WHERE moved.kind = 'article' AND moved.how & 24 = 8
    AND json_extract(moved.was, '{place}') IN (SELECT id FROM {kind})
    AND EXISTS (SELECT 1 FROM touched AS new
                WHERE new.kind = '{kind}' AND new.id = article.{kind}_id AND new.how & 1)
  GROUP BY 1, 2)
UPDATE touched SET was = from_id FROM (
  SELECT id, from_id, row_number() OVER (PARTITION BY id ORDER BY articles DESC, from_id) AS place
  FROM came) AS parted
WHERE place = 1 AND touched.kind = '{kind}' AND touched.id = parted.id AND touched.how & 1
"""
_CLUSTERS: Final = """
WITH told AS MATERIALIZED (
  SELECT touched.id, {kind}.article_count AS articles, {kind}.outlet_count AS outlets,
    iif(how & 1, 0, json_extract(was, '{outlets}')) AS before, redirect.new_id AS into_id, was,
    CASE
    WHEN {kind}.id IS NULL AND how & 1 THEN NULL
    WHEN {kind}.id IS NULL THEN iif(redirect.new_id IS NULL, 'ended', 'merged')
    WHEN how & 1 THEN iif(was IS NULL, 'created', 'split')
    WHEN {kind}.article_count > json_extract(was, '{articles}') THEN 'grown'
    WHEN how & 2 OR was <> {now} THEN 'changed' END AS what
  FROM touched LEFT JOIN {kind} ON {kind}.id = touched.id
  LEFT JOIN redirect ON redirect.kind = '{kind}' AND redirect.old_id = touched.id
  WHERE touched.kind = '{kind}')
INSERT INTO change (at, kind, id, other_id, detail)
SELECT ?1, '{kind}_' || what, id,
       CASE what WHEN 'merged' THEN into_id WHEN 'split' THEN CAST(was AS INTEGER) END,
       iif(what IN ('merged', 'ended'), NULL,
           json_object('articles', articles, 'outlets', outlets, 'outlets_before', before))
FROM told WHERE what IS NOT NULL ORDER BY id
"""
_GROUPS: Final = _CLUSTERS.format(
    kind="copy_group",
    articles="$[1]",
    outlets="$[2]",
    now="""json_array(
      story_id, article_count, outlet_count, first_article_id, agency, story_rule,
      partner_group_id, quote(likeness), shared_terms,
      (SELECT first_article_id FROM copy_group AS partner
       WHERE partner.id = copy_group.partner_group_id))""",
)
# That it closed is told by itself.
_STORIES: Final = _CLUSTERS.format(
    kind="story",
    articles="$[3]",
    outlets="$[4]",
    now="""json_array(
      title, first_published_at, last_published_at, article_count, outlet_count,
      copy_group_count, min(closed, json_extract(was, '$[6]')))""",
)
_CLOSED: Final = """
INSERT INTO change (at, kind, id)
SELECT ?1, 'story_closed', story.id FROM touched JOIN story ON story.id = touched.id
WHERE touched.kind = 'story' AND closed AND (how & 1 OR json_extract(was, '$[6]') = 0)
ORDER BY story.id
"""

_DECISIONS: Final = """
INSERT INTO change (at, kind, id)
SELECT ?1, 'decision_' || CASE WHEN decision.id IS NULL THEN 'removed' WHEN how & 1 THEN 'made'
                               WHEN how & 4 THEN 'undone' ELSE 'changed' END, touched.id
FROM touched LEFT JOIN decision ON decision.id = touched.id WHERE touched.kind = 'decision'
ORDER BY touched.id
"""

_REJECTIONS: Final = """
INSERT INTO change (at, kind, detail)
SELECT ?1, iif(rejection.url IS NULL, 'rejection_lifted', 'article_rejected'),
       json_object('feed_id', id, 'url', key, 'stage', stage, 'reason', reason)
FROM touched LEFT JOIN rejection ON rejection.feed_id = id AND rejection.url = key
WHERE touched.kind = 'rejection' ORDER BY id, key
"""

_BY_KIND: Final = {
    "article": (_ARTICLES,),
    "copy_group": (_PARTED.format(kind="copy_group", place="$[0]"), _GROUPS),
    "story": (_PARTED.format(kind="story", place="$[1]"), _STORIES, _CLOSED),
    "decision": (_DECISIONS,),
    "rejection": (_REJECTIONS,),
}


def is_set_up(connection: sqlite3.Connection) -> bool:
    """Whether the schema is new enough for anything to be noted."""
    sql = "SELECT 1 FROM sqlite_master WHERE name = 'story_card'"
    return connection.execute(sql).fetchone() is not None


def tell(
    connection: sqlite3.Connection, clock: Callable[[], datetime]
) -> tuple[int, datetime] | None:
    """Turn what was noted into changes, each kind of row in the order of its ids.

    Call at the end of a transaction; nothing is asked of the clock where nothing was noted. Gives
    the change behind which the new ones are, and their time; None where nothing was noted.
    """
    noted = {row[0] for row in connection.execute("SELECT DISTINCT kind FROM touched")}
    if not noted:
        return None
    now = clock()
    at, seq = to_text(now), _last(connection)
    # What is noted of members and links, which readers see with their articles, comes first.
    if noted & {"member", "link"}:
        connection.execute(_MEMBERS)
        connection.execute(_LINKS)
        noted.add("article")
    for kind, statements in _BY_KIND.items():
        for sql in statements if kind in noted else ():
            connection.execute(sql, (at,) if "?1" in sql else ())
    connection.execute("DELETE FROM touched")
    return seq, now


def _last(connection: sqlite3.Connection) -> int:
    sql = "SELECT seq FROM sqlite_sequence WHERE name = 'change'"
    found = connection.execute(sql).fetchone()
    return 0 if found is None else int(found[0])
