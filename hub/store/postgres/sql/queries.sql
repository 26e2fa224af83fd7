-- name: find_deliveries_range
SELECT first_delivery, last_delivery FROM events WHERE tenant = $1 AND id = $2

-- name: has_delivery
SELECT 1 FROM deliveries WHERE tenant = $1 AND id = $2

-- name: count_of_job
SELECT subscription, state, count(*) FROM deliveries
  WHERE tenant = $1 AND job = $2 AND state = ANY($3) GROUP BY subscription, state

-- name: list_attempts
SELECT id, number, started_at, duration, outcome, status, error, response, timing FROM attempts
  WHERE tenant = $1 AND delivery = $2 ORDER BY id

-- name: find_events_by_keys
SELECT event FROM dedupe WHERE tenant = $1 AND key = ANY($2)

-- name: time_disorder
SELECT value FROM katydid_meta WHERE key = 'time_disorder'
