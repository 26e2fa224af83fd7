-- name: scan_deliveries
SELECT seq, tenant, state, ended_at, created_at FROM deliveries
  WHERE seq > ?1 ORDER BY seq LIMIT ?2

-- name: delete_delivery
DELETE FROM deliveries WHERE seq = ?1

-- name: delete_attempts
DELETE FROM attempts WHERE delivery = ?1

-- name: scan_events
SELECT e.seq, e.tenant, e.received_at,
    EXISTS(SELECT 1 FROM deliveries d
      WHERE d.seq >= e.first_delivery AND d.seq < e.first_delivery + e.deliveries)
    OR EXISTS(SELECT 1 FROM deliveries d WHERE d.event = e.seq AND d.replayed = 1),
    e.source, e.type, e.content_type
  FROM events e WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2

-- name: delete_event
DELETE FROM events WHERE seq = ?1

-- name: scan_dedupe
SELECT tenant, key, event,
    EXISTS(SELECT 1 FROM events e WHERE e.tenant = dedupe.tenant AND e.id = dedupe.event)
  FROM dedupe WHERE (tenant, key) > (?1, ?2) ORDER BY tenant, key LIMIT ?3

-- name: delete_dedupe
DELETE FROM dedupe WHERE tenant = ?1 AND key = ?2

-- name: scan_rejected
SELECT seq, tenant, at FROM rejected INDEXED BY rejected_by_time ORDER BY at LIMIT ?1

-- name: delete_rejected_row
DELETE FROM rejected WHERE seq = ?1

-- name: delete_expired_records
DELETE FROM records WHERE (tenant, kind, id) IN (
  SELECT tenant, kind, id FROM records WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)

-- name: next_tenant
SELECT no FROM tenants WHERE no > ?1 ORDER BY no LIMIT 1

-- name: delete_activity
DELETE FROM activity WHERE tenant = ?1 AND width = ?2 AND start < ?3
