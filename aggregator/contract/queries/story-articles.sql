-- The articles of a story
-- Also by the number of one that was merged into it; in order of time, each with what it took over from copies before it.
-- :story = 1  the story's number
-- :limit = 200  how many articles at most
WITH asked AS (
  SELECT coalesce(
    (SELECT new_id FROM redirects WHERE kind = 'story' AND old_id = :story), :story) AS id),
told AS MATERIALIZED (
  SELECT a.id, m.earliest, m.taken, m.added_words, m.cut_words
  FROM articles AS a JOIN copy_members AS m ON m.article_id = a.id
  WHERE a.story_id = (SELECT id FROM asked))
SELECT a.id, a.ordered_at, a.outlet, a.title, a.copy_group_id, a.agency, told.earliest, told.taken,
       told.added_words, told.cut_words, a.canonical_url
FROM articles AS a LEFT JOIN told ON told.id = a.id
WHERE a.story_id = (SELECT id FROM asked)
ORDER BY a.ordered_at, a.id
LIMIT :limit;
