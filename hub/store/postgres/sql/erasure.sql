-- name: erase_events
UPDATE events e
  SET subject = '', key = '', traceparent = '', headers = '', payload_bytes = 0, digest = '',
    encoding = 2, payload = '', external_id = x.n FROM unnest($2, $3) AS x(i, n)
  WHERE e.tenant = $1 AND e.id = x.i

-- name: forget_digests
UPDATE dedupe SET digest = '' WHERE tenant = $1 AND key = ANY($2)

-- name: find_events_of_subject
SELECT id, first_delivery, last_delivery, source, external_id FROM events
  WHERE tenant = $1 AND subject = $2 AND subject <> '' LIMIT $3 FOR UPDATE

-- name: find_deliveries_of_events
SELECT d.id, d.state FROM unnest($2, $3, $4) AS x(e, a, z)
  JOIN deliveries d ON d.tenant = $1 AND d.id BETWEEN x.a AND x.z AND d.event = x.e
  UNION ALL
  SELECT d.id, d.state FROM unnest($2) AS x(e)
  JOIN deliveries d ON d.tenant = $1 AND d.event = x.e AND d.replayed

-- name: forget_order_keys
UPDATE deliveries SET order_key = ''
  WHERE tenant = $1 AND id = ANY($2) AND order_key <> ''

-- name: erase_attempts
UPDATE attempts SET error = '', response = '' WHERE tenant = $1 AND delivery = ANY($2)

-- name: cancel_erased
UPDATE deliveries SET state = 4, ended_at = $3, reason = 'The data of this event was erased.'
  WHERE tenant = $1 AND id = ANY($2) AND state < 2
