-- What happened since
-- The next changes behind the one that was seen last: keep the last `seq` and ask again. `aggregator follow` does.
-- :since = 0  the last `seq` that is known already
-- :limit = 100  how many changes at most
SELECT seq, at, kind, id, other_id, detail
FROM changes
WHERE seq > :since
ORDER BY seq
LIMIT :limit;
