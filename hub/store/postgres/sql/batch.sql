-- "+d.state" keeps the planner away from the indices over waiting rows: by the key it is one row.

-- name: save_time_disorder
UPDATE katydid_meta SET value = greatest(value, $1) WHERE key = 'time_disorder'

-- name: insert_events
INSERT INTO events(tenant, id, first_delivery, last_delivery, occurred_at, received_at,
  payload_bytes, encoding, origin, type_unsigned, repeat_of, source, type, external_id, subject,
  key, content_type, traceparent, headers, digest, payload)
  SELECT *
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
    $19, $20, $21)

-- name: insert_deliveries
INSERT INTO deliveries(tenant, id, event, subscription, created_at, due_at, ended_at,
  restarted_at, attempts, attempts_before, last_status, state, lane, replayed, order_key, reason)
  SELECT t, i, e, s, c, c, 0, 0, 0, 0, 0, 0, 0, false, o, ''
  FROM unnest($1, $2, $3, $4, $5, $6) AS x(t, i, e, s, c, o)

-- name: insert_attempts
INSERT INTO attempts(tenant, delivery, id, started_at, duration, number, status, outcome, error,
    response, timing)
  SELECT x.t, x.d, x.i, x.b, x.l, x.n, x.u, x.o, x.e, x.r, x.m
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    AS x(t, d, s, k, i, b, l, n, u, o, e, r, m)
  JOIN deliveries d ON d.tenant = x.t AND d.id = x.d AND +d.state < 2
  WHERE x.k = (SELECT l.token FROM leases l WHERE l.tenant = x.t AND l.subscription = x.s)
  ON CONFLICT DO NOTHING

-- name: write_outcomes
UPDATE deliveries d
  SET state = x.a, lane = coalesce(x.n, d.lane), due_at = coalesce(x.u, d.due_at),
    slot_at = 0, ended_at = x.e, attempts = x.c, attempts_before = d.attempts_before + x.b, reason = x.r,
    last_status = coalesce(x.h, d.last_status)
  FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    AS x(t, i, s, k, a, n, u, e, c, b, h, r)
  WHERE d.tenant = x.t AND d.id = x.i AND +d.state < 2
    AND x.k = (SELECT l.token FROM leases l WHERE l.tenant = x.t AND l.subscription = x.s)
  RETURNING d.id

-- name: insert_dedupe
INSERT INTO dedupe(tenant, key, event, digest)
  SELECT * FROM unnest($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING tenant, key

-- name: find_dedupe
SELECT d.tenant, d.key, d.event, d.digest FROM unnest($1, $2) AS x(t, k)
  JOIN dedupe d ON d.tenant = x.t AND d.key = x.k

-- name: correct_dedupe
UPDATE dedupe d SET event = x.e, digest = x.g FROM unnest($1, $2, $3, $4) AS x(t, k, e, g)
  WHERE d.tenant = x.t AND d.key = x.k

-- name: delete_dedupe_keys
DELETE FROM dedupe d USING unnest($1, $2) AS x(t, k)
  WHERE d.tenant = x.t AND d.key = x.k
