-- Feeds that do not answer as they should
-- Those that failed most often in a row first, with since when and why; `aggregator feeds` says what to do.
-- :limit = 50  how many feeds at most
SELECT id, outlet, url, status, failures, last_error, last_success_at, next_poll_at
FROM feeds
WHERE listed AND NOT paused AND (failures > 0 OR status = 'gone')
ORDER BY failures DESC, id
LIMIT :limit;
