-- name: find_event_rows
SELECT seq, first_delivery, deliveries FROM events WHERE tenant = ?1 AND id = ?2

-- name: has_many_waiting
SELECT 1 FROM deliveries INDEXED BY deliveries_due WHERE subscriber = ?1 AND state < 2
LIMIT 1 OFFSET ?2

-- name: find_delivery_seq
SELECT seq FROM deliveries
  WHERE seq = ?1 AND created_at = ?2 AND tenant = (SELECT no FROM tenants WHERE id = ?3)

-- name: count_of_job
SELECT s.id, n.state, n.rows FROM (
  SELECT state, subscriber, count(*) AS rows FROM deliveries INDEXED BY deliveries_of_job
    WHERE job = ?1 AND state = ?2 GROUP BY subscriber) n
  CROSS JOIN subscribers s ON s.no = n.subscriber
  WHERE s.tenant = (SELECT no FROM tenants WHERE id = ?3)

-- name: list_attempts
SELECT id, number, started_at, duration, outcome, status, error, response, timing FROM attempts
  WHERE delivery = ?1 ORDER BY id

-- name: find_event_by_key
SELECT event FROM dedupe WHERE tenant = ?1 AND key = ?2

-- name: kind_columns
SELECT e.type, e.source, t.text, s.text FROM events e INDEXED BY events_by_kind
  CROSS JOIN names t ON t.no = e.type
  CROSS JOIN names s ON s.no = e.source
  WHERE e.tenant = ?1

-- The next kind in two statements: SQLite seeks by the first of two compared columns only.
-- name: next_source
@kind_columns@ AND e.type = ?2 AND e.source > ?3 ORDER BY e.source LIMIT 1

-- name: next_type
@kind_columns@ AND e.type > ?2 ORDER BY e.type, e.source LIMIT 1

-- name: next_of_kind
SELECT seq FROM events INDEXED BY events_by_kind
  WHERE tenant = ?1 AND type = ?2 AND source = ?3 AND seq BETWEEN ?4 AND ?5 ORDER BY seq LIMIT 1

-- name: previous_of_kind
SELECT seq FROM events INDEXED BY events_by_kind
  WHERE tenant = ?1 AND type = ?2 AND source = ?3 AND seq BETWEEN ?4 AND ?5
  ORDER BY seq DESC LIMIT 1
