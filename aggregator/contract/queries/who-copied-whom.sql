-- Who copied whom
-- Texts that several outlets print: the earliest and each one after it, with what it took over, added and cut.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back the newest copy may lie
-- :outlets = 3  how many outlets print the text at least
-- :limit = 10  how many texts at most
WITH printed AS MATERIALIZED (
  SELECT id, agency, outlet_count FROM copy_groups
  WHERE outlet_count >= :outlets AND id IN (
    SELECT copy_group_id FROM articles
    WHERE unlikely(ordered_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours')))
  ORDER BY outlet_count DESC, id LIMIT :limit)
SELECT printed.id AS copy_group_id, printed.agency, a.ordered_at, a.outlet, m.earliest,
       m.taken, m.added_words, m.cut_words, a.id AS article_id, a.title
FROM printed
JOIN articles AS a ON a.copy_group_id = printed.id
JOIN copy_members AS m ON m.article_id = a.id
ORDER BY printed.outlet_count DESC, printed.id, a.ordered_at, a.id;
