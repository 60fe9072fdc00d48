-- Headlines that were changed silently
-- The outlet put another one there and did not say that it had changed anything: its time of the last change is the same.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 72  how far back the article may have been published
-- :limit = 50  how many changes at most
WITH revised AS MATERIALIZED (
  SELECT id, outlet, canonical_url FROM articles
  WHERE version > 1
    AND unlikely(ordered_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours'))),
versions AS MATERIALIZED (
  SELECT revised.id, v.version, v.cause, v.seen_at, v.title, v.updated_at
  FROM revised JOIN article_versions AS v ON v.article_id = revised.id),
told AS (
  SELECT id, cause, seen_at, title, updated_at,
         lag(title) OVER earlier AS title_before, lag(updated_at) OVER earlier AS said_before
  FROM versions WINDOW earlier AS (PARTITION BY id ORDER BY version))
SELECT id, revised.outlet, told.seen_at, told.title_before, told.title, revised.canonical_url
FROM told JOIN revised USING (id)
WHERE told.cause = 'revised' AND told.title <> told.title_before
  AND told.updated_at IS told.said_before
ORDER BY told.seen_at DESC, id
LIMIT :limit;
