-- What is taken out of articles most
-- By reason: how many blocks of how many articles, how many letters, and one of them.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back articles may lie
-- :limit = 50  how many reasons at most
SELECT r.reason, count(*) AS blocks, count(DISTINCT r.article_id) AS articles,
       sum(length(r.text)) AS letters, min(r.text) AS example
FROM articles AS a JOIN removed AS r ON r.article_id = a.id
WHERE unlikely(a.ordered_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours'))
GROUP BY r.reason
ORDER BY blocks DESC, r.reason
LIMIT :limit;
