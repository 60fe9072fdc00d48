-- An outlet's newest articles
-- With how many outlets have the same text, and how many report the same story.
-- :outlet = NULL  the outlet; NULL for that of the first feed
-- :limit = 20  how many articles at most
SELECT a.id, a.ordered_at, a.title, g.outlet_count AS outlets_with_the_text,
       s.outlet_count AS outlets_with_the_story, a.word_count, a.canonical_url
FROM articles AS a
LEFT JOIN copy_groups AS g ON g.id = a.copy_group_id
LEFT JOIN stories AS s ON s.id = a.story_id
WHERE a.outlet = coalesce(:outlet, (SELECT outlet FROM feeds ORDER BY id LIMIT 1))
ORDER BY a.ordered_at DESC, a.id DESC
LIMIT :limit;
