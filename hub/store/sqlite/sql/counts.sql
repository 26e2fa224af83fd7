-- name: add_activity
INSERT INTO activity(tenant, width, start, accepted, delivered, dead, failed)
  VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE
  SET accepted = accepted + ?4, delivered = delivered + ?5, dead = dead + ?6, failed = failed + ?7

-- name: add_count
INSERT INTO counters(tenant, what, rows) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE
  SET rows = rows + ?3

-- name: newest_received_at
SELECT received_at FROM events ORDER BY seq DESC LIMIT 1

-- name: count_rows
SELECT what, sum(rows) FROM counters
  WHERE ?1 IS NULL OR tenant = (SELECT no FROM tenants WHERE id = ?1) GROUP BY what
