-- Stories that many outlets report with few texts
-- How many outlets stand behind each independent text: what looks like broad coverage and is one report.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back the newest article may lie
-- :outlets = 3  how many outlets a story has at least
-- :limit = 20  how many stories at most
SELECT id, outlet_count, copy_group_count AS independent_texts,
       round(1.0 * outlet_count / copy_group_count, 1) AS outlets_per_text,
       article_count, last_published_at, title
FROM stories
WHERE last_published_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours')
  AND outlet_count >= :outlets AND NOT hidden
ORDER BY outlets_per_text DESC, outlet_count DESC, id
LIMIT :limit;
