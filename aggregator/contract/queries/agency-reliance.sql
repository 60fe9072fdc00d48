-- Which outlets rely on agency copy
-- The share of each outlet's articles whose text is credited to an agency, by the article itself or by a copy of it elsewhere.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back articles may lie
-- :articles = 5  how many articles an outlet has at least
-- :limit = 50  how many outlets at most
WITH recent AS MATERIALIZED (
  SELECT outlet, copy_group_id FROM articles
  WHERE unlikely(ordered_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours')))
SELECT a.outlet, count(*) AS articles, count(g.agency) AS agency_copy,
       round(1.0 * count(g.agency) / count(*), 3) AS share,
       group_concat(DISTINCT g.agency) AS agencies
FROM recent AS a JOIN copy_groups AS g ON g.id = a.copy_group_id
GROUP BY a.outlet
HAVING count(*) >= :articles
ORDER BY share DESC, articles DESC, a.outlet
LIMIT :limit;
