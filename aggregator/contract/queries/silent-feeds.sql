-- Feeds that answer but have nothing new
-- Silent for days, and for much longer than is usual from one entry of theirs to the next.
-- :now = 'now'  the moment up to which is counted, as SQLite reads times
-- :days = 3  for how long at least
-- :times = 10  for how many times as long as usual at least
-- :limit = 50  how many feeds at most
SELECT id, outlet, url, last_new_at, last_success_at,
       round(julianday(:now) - julianday(last_new_at), 1) AS days_silent,
       round(rhythm_minutes / 60, 1) AS usual_hours
FROM feeds
WHERE listed AND NOT paused AND failures = 0
  AND last_new_at < strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-' || :days || ' days')
  AND (rhythm_minutes IS NULL
    OR (julianday(:now) - julianday(last_new_at)) * 1440 > :times * rhythm_minutes)
ORDER BY last_new_at, id
LIMIT :limit;
