-- name: insert_rejected
INSERT INTO rejected(tenant, id, source, at, bytes, body_bytes, reason, diagnosis, remote, method,
  target, headers, body, verified)
  VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- What stays: verified ones before others, and of each source as much as of the others, so that a
-- flood at one takes nothing from another. A row's share is how full the tenant's bounds would be
-- with it and all newer ones of its source.
-- name: trim_rejected
DELETE FROM rejected WHERE tenant = $1 AND id IN (
  SELECT id FROM (
    SELECT id, row_number() OVER kept AS place, sum(bytes) OVER kept AS total FROM (
      SELECT id, bytes, verified,
          greatest(1.0 * row_number() OVER own / $2, 1.0 * sum(bytes) OVER own / $3) AS share
        FROM rejected WHERE tenant = $1
        WINDOW own AS (PARTITION BY verified, source ORDER BY id DESC)) s
      WINDOW kept AS (ORDER BY verified DESC, share, id DESC)) x
    WHERE place > $2 OR total > $3)

-- name: delete_rejected
DELETE FROM rejected WHERE tenant = $1 AND id = $2

-- name: rejected_columns
tenant, id, source, at, reason, diagnosis, remote, method, target, headers, body_bytes, verified

-- The start of a query: its conditions follow.
-- name: list_rejected
SELECT @rejected_columns@ FROM rejected WHERE tenant = ?

-- name: get_rejected
SELECT @rejected_columns@, body FROM rejected WHERE tenant = $1 AND id = $2
