-- How much each outlet publishes, beside what is usual
-- Articles of the last hours beside the mean of as many hours in the days before: what jumps or has dried up.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how many hours are counted
-- :before = 7  how many times as many hours before them are the usual
-- :limit = 50  how many outlets at most
WITH bounds AS (
  SELECT strftime('%Y-%m-%dT%H:%M:%SZ', :now) AS until,
         strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours') AS since,
         strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || (:hours * (1 + :before)) || ' hours') AS begin),
counted AS MATERIALIZED (
  SELECT outlet,
         (SELECT count(*) FROM articles AS a WHERE a.outlet = o.outlet
            AND a.ordered_at > since AND a.ordered_at <= until) AS articles,
         (SELECT count(*) FROM articles AS a WHERE a.outlet = o.outlet
            AND a.ordered_at > begin AND a.ordered_at <= since) * 1.0 / :before AS usual
  FROM (SELECT DISTINCT outlet FROM feeds) AS o, bounds)
SELECT outlet, articles, round(usual, 1) AS usual,
       round(articles / nullif(usual, 0), 2) AS times_the_usual
FROM counted
WHERE articles > 0 OR usual > 0
ORDER BY max((articles + 1) / (usual + 1), (usual + 1) / (articles + 1)) DESC, outlet
LIMIT :limit;
