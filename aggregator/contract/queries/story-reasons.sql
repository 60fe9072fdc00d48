-- Why these texts are one story
-- Each copy group of a story with the one that it resembles most, how much, and the terms that both have.
-- :story = 1  the story's number
-- :limit = 200  how many copy groups at most
SELECT m.copy_group_id, g.article_count, g.agency, a.outlet, a.title,
       m.rule, m.partner_group_id, m.likeness,
       (SELECT group_concat(value, ', ') FROM json_each(m.shared_terms)) AS terms
FROM story_members AS m
JOIN copy_groups AS g ON g.id = m.copy_group_id
JOIN articles AS a ON a.id = g.first_article_id
WHERE m.story_id = :story
ORDER BY a.ordered_at, a.id
LIMIT :limit;
