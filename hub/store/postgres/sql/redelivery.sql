-- name: lock_deliveries
SELECT d.id, d.subscription, d.state, d.job IS NOT DISTINCT FROM $3 FROM unnest($2) AS x(i)
  JOIN deliveries d ON d.tenant = $1 AND d.id = x.i
  JOIN events e ON e.tenant = d.tenant AND e.id = d.event AND e.encoding <> 2 FOR UPDATE OF d

-- name: make_due
UPDATE deliveries
  SET state = 0, lane = $3, due_at = $4, slot_at = 0, attempts_before = attempts,
    restarted_at = $4, job = $5,
    state_before = CASE WHEN $5 IS NULL THEN 0 ELSE state END,
    ended_at = CASE WHEN $5 IS NULL THEN 0 ELSE ended_at END,
    reason = CASE WHEN $5 IS NULL THEN '' ELSE reason END
  WHERE tenant = $1 AND id = ANY($2)

-- name: lock_not_started
SELECT d.id, d.subscription, d.state_before FROM deliveries d
  WHERE d.tenant = $1 AND d.job = $2 AND d.state = 0 AND d.state_before > 1
    AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.tenant = d.tenant
      AND l.subscription = d.subscription AND l.hub <> $4)
  LIMIT $3 FOR UPDATE OF d

-- name: take_back
UPDATE deliveries SET state = state_before, job = NULL WHERE tenant = $1 AND id = ANY($2)

-- name: lock_scheduled
SELECT id, subscription, state FROM deliveries
  WHERE tenant = $1 AND subscription = $2 AND lane = 1 AND state < 2 AND state = 1 AND due_at > $3
  ORDER BY due_at, id LIMIT $4 FOR UPDATE

-- name: bring_forward
UPDATE deliveries SET slot_at = due_at, due_at = $3 WHERE tenant = $1 AND id = ANY($2)

-- name: cancel_deliveries
UPDATE deliveries SET state = 4, ended_at = $3, reason = $4
  WHERE tenant = $1 AND id = ANY($2)

-- name: find_pairs
SELECT id, subscription, state FROM deliveries
  WHERE tenant = $1 AND id BETWEEN $3 AND $4 AND event = $2
  UNION ALL
  SELECT id, subscription, state FROM deliveries
  WHERE tenant = $1 AND event = $2 AND replayed

-- name: insert_replayed
INSERT INTO deliveries(tenant, id, event, subscription, created_at, due_at, ended_at,
  restarted_at, attempts, attempts_before, last_status, state, lane, replayed, order_key, reason)
  SELECT $1, i, $2, s, $3, $3, 0, 0, 0, 0, 0, 0, $4, true, o, ''
  FROM unnest($5, $6, $7) AS x(i, s, o)

-- name: lock_event
SELECT id, first_delivery, last_delivery FROM events
  WHERE tenant = $1 AND id = $2 AND encoding <> 2 FOR UPDATE

-- name: lock_waiting
SELECT d.id, d.subscription, d.state FROM (VALUES (0), (1), (2)) n(lane)
  JOIN deliveries d ON d.tenant = $1 AND d.subscription = $2 AND d.lane = n.lane AND d.state < 2
  LIMIT $3 FOR UPDATE OF d
