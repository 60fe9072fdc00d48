-- Stories that one outlet has alone
-- Without notices of a few words; the ones with most articles first, then the longest.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back the newest article may lie
-- :outlet = NULL  which outlet's; NULL for those of any
-- :least = 150  how many words one of its articles has at least
-- :limit = 20  how many stories at most
WITH recent AS MATERIALIZED (
  SELECT id, title, article_count, first_published_at FROM stories
  WHERE last_published_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours')
    AND outlet_count = 1 AND NOT hidden)
SELECT s.id, a.outlet, s.title, s.article_count, max(a.word_count) AS words, s.first_published_at
FROM recent AS s JOIN articles AS a ON a.story_id = s.id
WHERE :outlet IS NULL OR a.outlet = :outlet
GROUP BY s.id
HAVING words >= :least
ORDER BY s.article_count DESC, words DESC, s.id
LIMIT :limit;
