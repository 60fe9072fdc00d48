-- Who had it first
-- The stories that most outlets report, each with the outlet that had it first and how long before the second.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back the newest article may lie
-- :outlets = 3  how many outlets a story has at least
-- :limit = 20  how many stories at most
WITH recent AS MATERIALIZED (
  SELECT id, title, outlet_count FROM stories
  WHERE last_published_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours')
    AND outlet_count >= :outlets AND NOT hidden
  ORDER BY outlet_count DESC, id LIMIT :limit),
entered AS (
  SELECT recent.id, a.outlet, min(a.ordered_at) AS at
  FROM recent JOIN articles AS a ON a.story_id = recent.id GROUP BY recent.id, a.outlet),
placed AS (
  SELECT id, outlet, at, row_number() OVER (PARTITION BY id ORDER BY at, outlet) AS place,
         lead(at) OVER (PARTITION BY id ORDER BY at, outlet) AS next_at,
         lead(outlet) OVER (PARTITION BY id ORDER BY at, outlet) AS next_outlet
  FROM entered)
SELECT id, placed.outlet AS first, placed.at, placed.next_outlet AS second,
       CAST(round((julianday(placed.next_at) - julianday(placed.at)) * 1440) AS INTEGER)
         AS minutes_ahead,
       recent.outlet_count, recent.title
FROM placed JOIN recent USING (id)
WHERE place = 1
ORDER BY recent.outlet_count DESC, id;
