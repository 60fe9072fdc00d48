-- What editors decided, and still holds
-- The newest first, with the story or the first article that it speaks of.
-- :limit = 50  how many decisions at most
SELECT d.id, d.at, d.author, d.kind, d.level, d.story_id, d.articles, d.others,
       coalesce(d.title, s.title, a.title) AS title
FROM decisions AS d
LEFT JOIN stories AS s ON s.id = d.story_id
LEFT JOIN articles AS a ON a.id = json_extract(d.articles, '$[0]')
WHERE d.undone_at IS NULL
ORDER BY d.id DESC
LIMIT :limit;
