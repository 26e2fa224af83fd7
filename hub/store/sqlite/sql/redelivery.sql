-- name: find_delivery
SELECT d.seq, d.subscriber, s.id, d.state, d.created_at FROM deliveries d
  JOIN subscribers s ON s.no = d.subscriber
  JOIN events e ON e.seq = d.event
  WHERE d.seq = ?1 AND d.tenant = ?2 AND d.created_at = ?3 AND e.encoding <> 2

-- name: find_replayable_event
SELECT seq, first_delivery, deliveries FROM events
  WHERE tenant = ?1 AND id = ?2 AND encoding <> 2

-- name: find_delivery_of_pair
SELECT d.seq, d.subscriber, s.id, d.state, d.created_at
  FROM subscribers s, (
    SELECT seq, subscriber, state, created_at, event FROM deliveries
      WHERE seq >= ?1 AND seq < ?1 + ?2
    UNION ALL
    SELECT seq, subscriber, state, created_at, event FROM deliveries
      WHERE event = ?3 AND replayed = 1) d
  WHERE d.event = ?3 AND d.subscriber = ?4 AND s.no = ?4 LIMIT 1

-- name: make_due
UPDATE deliveries
  SET state = 0, lane = ?1, due_at = ?2, slot_at = 0, attempts_before = attempts,
    restarted_at = ?2, job = ?4, state_before = iif(?4 IS NULL, 0, state),
    ended_at = iif(?4 IS NULL, 0, ended_at), reason = iif(?4 IS NULL, '', reason)
  WHERE seq = ?3

-- name: is_of_job
SELECT 1 FROM deliveries WHERE seq = ?1 AND job = ?2

-- name: scan_not_started
SELECT seq, subscriber, x'', state_before, created_at FROM deliveries INDEXED BY deliveries_of_job
  WHERE job = ?1 AND state = 0 AND tenant = ?2 AND state_before > 1

-- name: take_back
UPDATE deliveries SET state = state_before, job = NULL WHERE seq = ?1

-- name: scan_scheduled
SELECT seq FROM deliveries INDEXED BY deliveries_due
  WHERE subscriber = ?1 AND lane = 1 AND state < 2 AND state = 1 AND due_at > ?2
  ORDER BY due_at, seq LIMIT ?3

-- name: bring_forward
UPDATE deliveries SET slot_at = due_at, due_at = ?1 WHERE seq = ?2

-- name: cancel_delivery
UPDATE deliveries SET state = 4, ended_at = ?1, reason = ?2 WHERE seq = ?3

-- name: scan_waiting
SELECT seq, subscriber, x'', state, created_at FROM deliveries INDEXED BY deliveries_due
  WHERE subscriber = ?1 AND state < 2
