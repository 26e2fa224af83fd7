-- name: scan_deliveries
SELECT id, state, ended_at FROM deliveries
  WHERE tenant = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4

-- Another hub may have deleted some since they were looked at, or made them due again: those
-- that went are counted.
-- name: delete_deliveries
DELETE FROM deliveries WHERE tenant = $1 AND id = ANY($2) AND state > 1 RETURNING id, state

-- name: delete_attempts
DELETE FROM attempts WHERE tenant = $1 AND delivery = ANY($2)

-- name: scan_events
SELECT e.id, e.received_at,
    EXISTS(SELECT 1 FROM deliveries d WHERE d.tenant = e.tenant
      AND d.id BETWEEN e.first_delivery AND e.last_delivery AND d.event = e.id)
    OR EXISTS(SELECT 1 FROM deliveries d
      WHERE d.tenant = e.tenant AND d.event = e.id AND d.replayed)
  FROM events e WHERE e.tenant = $1 AND e.id > $2 AND e.id < $3 ORDER BY e.id LIMIT $4

-- name: delete_events
DELETE FROM events e WHERE e.tenant = $1 AND e.id = ANY($2)
  AND NOT EXISTS(SELECT 1 FROM deliveries d
    WHERE d.tenant = e.tenant AND d.event = e.id AND d.replayed)

-- name: scan_dedupe
SELECT k.key, k.event, EXISTS(SELECT 1 FROM events e WHERE e.tenant = k.tenant AND e.id = k.event)
  FROM dedupe k
  WHERE k.tenant = $1 AND k.key > $2 ORDER BY k.key LIMIT $3

-- name: delete_dedupe
DELETE FROM dedupe k WHERE k.tenant = $1 AND k.key = ANY($2)
  AND NOT EXISTS(SELECT 1 FROM events e WHERE e.tenant = k.tenant AND e.id = k.event)

-- name: delete_old_rejected
DELETE FROM rejected WHERE tenant = $1 AND id IN (
  SELECT id FROM rejected WHERE tenant = $1 AND at < $2 ORDER BY id LIMIT $3)

-- name: delete_expired_records
DELETE FROM records WHERE tenant = $1 AND ctid = ANY(ARRAY(
  SELECT ctid FROM records WHERE tenant = $1 AND expires_at <= $2 LIMIT 1000))

-- name: delete_activity
DELETE FROM activity
  WHERE tenant = $1 AND (width = 60 AND start < $2 OR width = 3600 AND start < $3)
