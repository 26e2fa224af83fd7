-- Fragments: @name@ stands for them in other statements.

-- name: event_columns
tenant_of.id, e.id, source_of.text, type_of.text, e.external_id, e.subject, e.key,
  e.occurred_at, e.received_at, content_type_of.text, e.headers, e.traceparent,
  e.payload_bytes, e.digest, e.encoding, e.seq, e.origin, e.type_unsigned, e.repeat_of,
  e.payload

-- CROSS JOIN keeps SQLite to this order of tables: the small ones are only looked up.
-- name: event_joins
CROSS JOIN tenants tenant_of ON tenant_of.no = e.tenant
CROSS JOIN names source_of ON source_of.no = e.source
CROSS JOIN names type_of ON type_of.no = e.type
CROSS JOIN names content_type_of ON content_type_of.no = e.content_type

-- name: delivery_columns
tenant_of.id, d.seq, event_of.id, subscriber_of.id, d.state, d.lane, d.attempts, d.created_at,
  d.due_at, d.ended_at, d.order_key, d.reason, d.attempts_before, d.restarted_at,
  d.slot_at

-- name: delivery_joins
CROSS JOIN tenants tenant_of ON tenant_of.no = d.tenant
CROSS JOIN events event_of ON event_of.seq = d.event
CROSS JOIN subscribers subscriber_of ON subscriber_of.no = d.subscriber

-- name: load_event
SELECT @event_columns@ FROM events e @event_joins@ WHERE e.seq = ?1

-- name: get_event
SELECT @event_columns@ FROM events e @event_joins@
  WHERE e.tenant = (SELECT no FROM tenants WHERE id = ?1) AND e.id = ?2

-- name: get_delivery
SELECT @delivery_columns@ FROM deliveries d @delivery_joins@ WHERE d.seq = ?1
