-- What changed in an article
-- Each of its versions beside the one before: which of headline, lead and text are other ones, and how much longer the text is; NULL for the first. `aggregator article N --diff` shows the words.
-- :article = 1  the article's number
-- :limit = 100  how many versions at most
SELECT version, seen_at, cause, updated_at, title,
       title <> lag(title) OVER earlier AS new_title,
       lead <> lag(lead) OVER earlier AS new_lead,
       text <> lag(text) OVER earlier AS new_text,
       length(text) - lag(length(text)) OVER earlier AS letters_more
FROM article_versions
WHERE article_id = :article
WINDOW earlier AS (ORDER BY version)
ORDER BY version
LIMIT :limit;
