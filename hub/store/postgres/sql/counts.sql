-- name: add_activity
INSERT INTO activity AS a (tenant, width, start, slot, accepted, delivered, dead, failed)
  SELECT t, w, s, $8, c, d, x, f
  FROM unnest($1, $2, $3, $4, $5, $6, $7) AS rows(t, w, s, c, d, x, f)
  ON CONFLICT (tenant, width, start, slot) DO UPDATE
  SET accepted = a.accepted + excluded.accepted, delivered = a.delivered + excluded.delivered,
    dead = a.dead + excluded.dead, failed = a.failed + excluded.failed

-- name: add_counts
INSERT INTO counters(tenant, what, slot, rows)
  SELECT t, w, $4, n FROM unnest($1, $2, $3) AS x(t, w, n)
  ON CONFLICT (tenant, what, slot) DO UPDATE SET rows = counters.rows + excluded.rows

-- The start of a query: its condition follows.
-- name: count_rows
SELECT what, sum(rows)::bigint FROM counters

-- name: bytes_on_disk
SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class
  WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
