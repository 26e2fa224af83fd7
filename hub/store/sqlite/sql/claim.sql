-- name: scan_due
SELECT due_at, seq FROM deliveries INDEXED BY deliveries_due
  WHERE subscriber = ?1 AND lane = ?2 AND state < 2 AND (due_at, seq) >= (?3, ?4)
  ORDER BY due_at, seq

-- name: load_delivery
SELECT event, state, attempts, created_at, due_at, order_key, reason, attempts_before,
  restarted_at, slot_at FROM deliveries
  WHERE seq = ?1

-- name: next_lane
SELECT d.subscriber, d.lane, d.due_at, s.id, t.id FROM deliveries d INDEXED BY deliveries_due
  JOIN subscribers s ON s.no = d.subscriber
  JOIN tenants t ON t.no = s.tenant
  WHERE d.state < 2 AND (d.subscriber, d.lane) > (?1, ?2)
  ORDER BY d.subscriber, d.lane, d.due_at LIMIT 1
