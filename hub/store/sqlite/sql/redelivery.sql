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
  SET state = 0, lane = ?1, due_at = ?2, ended_at = 0, reason = '', attempts_before = attempts,
    restarted_at = ?2
  WHERE seq = ?3

-- name: cancel_delivery
UPDATE deliveries SET state = 4, ended_at = ?1, reason = ?2 WHERE seq = ?3

-- name: scan_waiting
SELECT seq, subscriber, x'', state, created_at FROM deliveries INDEXED BY deliveries_due
  WHERE subscriber = ?1 AND state < 2
