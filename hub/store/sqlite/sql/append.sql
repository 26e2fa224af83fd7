-- name: insert_dedupe
INSERT INTO dedupe(tenant, key, event, digest) VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING

-- name: find_dedupe
SELECT event, digest FROM dedupe WHERE tenant = ?1 AND key = ?2

-- name: insert_event
INSERT INTO events(seq, tenant, id, source, type, external_id, subject, key, occurred_at,
  received_at, content_type, traceparent, headers, first_delivery, deliveries, payload_bytes,
  digest, encoding, origin, type_unsigned, repeat_of, payload)
  VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19, ?20,?21,?22)

-- name: insert_delivery
INSERT INTO deliveries(seq, tenant, event, subscriber, state, lane, attempts, last_status,
  created_at, due_at, ended_at, replayed, order_key, reason)
  VALUES(?1, ?2, ?3, ?4, 0, ?5, 0, 0, ?6, ?6, 0, ?7, ?8, '')
