-- What became no article, and why
-- By outlet and reason, with the last of them; what keeps coming is worth a rule or another feed.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back it may lie
-- :limit = 50  how many lines at most
WITH recent AS MATERIALIZED (
  SELECT feed_id, url, stage, reason, detail, at FROM rejected
  WHERE at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours'))
SELECT f.outlet, r.stage, r.reason, count(*) AS pages, max(r.at) AS last_at,
       r.detail AS example, r.url
FROM recent AS r JOIN feeds AS f ON f.id = r.feed_id
GROUP BY f.outlet, r.stage, r.reason
ORDER BY pages DESC, f.outlet, r.reason
LIMIT :limit;
