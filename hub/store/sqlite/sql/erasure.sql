-- name: find_events_of_subject
SELECT e.seq, e.first_delivery, e.deliveries, e.id, source_of.text, e.external_id FROM events e
  JOIN names source_of ON source_of.no = e.source
  WHERE e.tenant = ?1 AND e.subject = ?2 AND e.subject <> '' LIMIT ?3

-- name: erase_event
UPDATE events
  SET subject = '', key = '', traceparent = '', headers = x'', payload_bytes = 0, digest = x'',
    encoding = 2, payload = x'', external_id = ?2
  WHERE seq = ?1

-- name: forget_digest
UPDATE dedupe SET digest = x'' WHERE tenant = ?1 AND key = ?2

-- name: find_deliveries_of_event
SELECT seq FROM deliveries WHERE seq >= ?1 AND seq < ?1 + ?2
  UNION ALL SELECT seq FROM deliveries WHERE event = ?3 AND replayed = 1

-- name: forget_order_key
UPDATE deliveries SET order_key = '' WHERE seq = ?1 AND order_key <> ''

-- name: cancel_erased
UPDATE deliveries SET state = 4, ended_at = ?1, reason = 'The data of this event was erased.'
  WHERE seq = ?2 AND state = ?3

-- name: erase_attempts
UPDATE attempts SET error = '', response = x'' WHERE delivery = ?1
