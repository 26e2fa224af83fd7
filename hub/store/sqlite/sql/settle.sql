-- name: find_unfinished
SELECT subscriber, state, lane FROM deliveries
  WHERE seq = ?1 AND tenant = ?2 AND created_at = ?3 AND state < 2

-- name: finish_delivery
UPDATE deliveries
  SET state = ?1, ended_at = ?2, reason = ?3, attempts = attempts + ?4, last_status = ?5
  WHERE seq = ?6 AND tenant = ?7 AND created_at = ?8 AND state < 2

-- name: reschedule_delivery
UPDATE deliveries
  SET state = ?1, lane = ?2, due_at = ?3, slot_at = 0, reason = ?4, attempts = attempts + ?5,
    last_status = iif(?5, ?6, last_status), attempts_before = attempts_before + ?10
  WHERE seq = ?7 AND tenant = ?8 AND created_at = ?9 AND state < 2

-- name: insert_attempt
INSERT OR REPLACE INTO attempts(delivery, id, number, started_at, duration, outcome, status,
  error, response, timing) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: fail_corrupt
UPDATE deliveries
  SET state = 3, ended_at = ?1,
    reason = iif((SELECT encoding FROM events e WHERE e.seq = event) = 2,
      'The data of this event was erased.', 'The stored event is damaged, so it was not sent.')
  WHERE seq = ?2 AND state < 2 RETURNING tenant
