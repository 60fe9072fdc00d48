-- Which outlets are first most often
-- Of the stories of some outlets at least: how many each outlet reports, and how many it had first.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back a story's newest article may lie
-- :outlets = 3  how many outlets a story has at least
-- :limit = 20  how many outlets at most
WITH recent AS MATERIALIZED (
  SELECT id FROM stories
  WHERE last_published_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours')
    AND outlet_count >= :outlets),
entered AS (
  SELECT recent.id, a.outlet, min(a.ordered_at) AS at
  FROM recent JOIN articles AS a ON a.story_id = recent.id
  GROUP BY recent.id, a.outlet),
placed AS (
  SELECT outlet, row_number() OVER (PARTITION BY id ORDER BY at, outlet) AS place FROM entered)
SELECT outlet, count(*) AS stories, sum(place = 1) AS first,
       round(avg(place = 1), 3) AS share_first
FROM placed
GROUP BY outlet
ORDER BY first DESC, share_first DESC, outlet
LIMIT :limit;
