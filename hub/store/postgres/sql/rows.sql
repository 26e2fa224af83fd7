-- Fragments: @name@ stands for them in other statements.

-- name: event_columns
e.tenant, e.id, e.source, e.type, e.external_id, e.subject, e.key, e.occurred_at,
  e.received_at, e.content_type, e.headers, e.traceparent, e.payload_bytes, e.origin,
  e.type_unsigned, e.repeat_of

-- name: payload_columns
e.digest, e.encoding, e.payload

-- name: delivery_columns
d.tenant, d.id, d.event, d.subscription, d.state, d.lane, d.attempts, d.attempts_before,
  d.created_at, d.restarted_at, d.due_at, d.ended_at, d.order_key, d.reason,
  d.slot_at

-- name: scan_due
SELECT @delivery_columns@ FROM deliveries d
  WHERE tenant = $1 AND subscription = $2 AND lane = $3 AND state < 2
    AND (due_at, id) >= ($4, $5)
  ORDER BY due_at, id LIMIT $6

-- name: load_events
SELECT @event_columns@, @payload_columns@
  FROM unnest($1, $2) AS x(t, i) JOIN events e ON e.tenant = x.t AND e.id = x.i

-- name: get_event
SELECT @event_columns@, @payload_columns@ FROM events e WHERE tenant = $1 AND id = $2

-- name: get_delivery
SELECT @delivery_columns@ FROM deliveries d WHERE tenant = $1 AND id = $2
