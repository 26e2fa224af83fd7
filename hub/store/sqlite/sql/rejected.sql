-- name: insert_rejected
INSERT INTO rejected(tenant, id, bytes, source, at, reason, diagnosis, remote, method, target,
  headers, body_bytes, body, verified)
  VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)

-- What stays: verified ones before others, and of each source as much as of the others, so that a
-- flood at one takes nothing from another. A row's share is how full the tenant's bounds would be
-- with it and all newer ones of its source.
-- name: trim_rejected
DELETE FROM rejected WHERE seq IN (
  SELECT seq FROM (
    SELECT seq, row_number() OVER kept AS place, sum(bytes) OVER kept AS total FROM (
      SELECT seq, bytes, verified,
          max(1.0 * row_number() OVER own / ?2, 1.0 * sum(bytes) OVER own / ?3) AS share
        FROM rejected WHERE tenant = ?1
        WINDOW own AS (PARTITION BY verified, source ORDER BY seq DESC))
      WINDOW kept AS (ORDER BY verified DESC, share, seq DESC))
    WHERE place > ?2 OR total > ?3)

-- name: delete_rejected
DELETE FROM rejected WHERE tenant = ?1 AND id = ?2

-- name: rejected_columns
id, source, at, reason, diagnosis, remote, method, target, headers, body_bytes, verified

-- name: list_rejected
SELECT @rejected_columns@ FROM rejected
  WHERE tenant = (SELECT no FROM tenants WHERE id = ?1)
    AND (?2 IS NULL OR source = ?2) AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4

-- name: get_rejected
SELECT @rejected_columns@, body FROM rejected
  WHERE tenant = (SELECT no FROM tenants WHERE id = ?1) AND id = ?2
