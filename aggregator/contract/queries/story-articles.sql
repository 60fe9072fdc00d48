-- The articles of a story
-- Also by the number of one that was merged into it; in order of time, each with what it took over from copies before it.
-- :story = 1  the story's number
-- :limit = 200  how many articles at most
SELECT a.id, a.ordered_at, a.outlet, a.title, a.copy_group_id, a.agency, m.earliest, m.taken,
       m.added_words, m.cut_words, a.canonical_url
FROM articles AS a LEFT JOIN copy_members AS m ON m.article_id = a.id
WHERE a.story_id = coalesce(
  (SELECT new_id FROM redirects WHERE kind = 'story' AND old_id = :story), :story)
ORDER BY a.ordered_at, a.id
LIMIT :limit;
