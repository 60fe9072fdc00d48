-- Articles with certain words
-- By the full-text index over title, lead and text, in the language of FTS5; `aggregator search` takes any words.
-- :words = 'feuer'  what to search for
-- :limit = 20  how many articles at most
SELECT a.id, a.ordered_at, a.outlet, a.title,
       snippet(article_fts, -1, '[', ']', ' … ', 16) AS snippet
FROM article_fts JOIN articles AS a ON a.id = article_fts.rowid
WHERE article_fts MATCH :words
ORDER BY rank
LIMIT :limit;
