-- Top stories today
-- Pinned ones first, then by how many outlets report them; those that an editor hid are left out.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :hours = 24  how far back the newest article may lie
-- :limit = 20  how many stories at most
SELECT id, title, outlet_count, article_count, copy_group_count AS independent_texts,
       first_published_at, last_published_at
FROM stories
WHERE last_published_at > strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :hours || ' hours')
  AND NOT hidden
ORDER BY pinned DESC, outlet_count DESC, article_count DESC, last_published_at DESC
LIMIT :limit;
