-- name: insert_dedupe
INSERT INTO dedupe(tenant, key, event, digest) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING

-- name: find_dedupe
SELECT event, digest FROM dedupe WHERE tenant = ?1 AND key = ?2

-- More rows are written by repeating the last parentheses (row_inserter.hpp).
-- name: insert_event
INSERT OR FAIL INTO events(seq, tenant, id, source, type, external_id, subject, key, occurred_at,
  received_at, content_type, traceparent, headers, first_delivery, deliveries, payload_bytes,
  digest, encoding, origin, type_unsigned, repeat_of, payload)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert_delivery
INSERT OR FAIL INTO deliveries(seq, tenant, event, subscriber, state, lane, attempts, last_status,
  created_at, due_at, ended_at, replayed, order_key, reason)
  VALUES (?, ?, ?, ?, 0, ?, 0, 0, ?, ?, 0, ?, ?, '')
