-- name: find_record_version
SELECT version FROM records
  WHERE tenant = $1 AND kind = $2 AND id = $3 AND (expires_at IS NULL OR expires_at > $4)

-- name: find_record_of_name
SELECT 1 FROM records
  WHERE tenant = $1 AND kind = $2 AND name = $3 AND name <> '' AND id <> $4

-- name: put_record
INSERT INTO records(tenant, kind, id, name, version, updated_at, json, expires_at)
  VALUES($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (tenant, kind, id) DO UPDATE
    SET name = $4, version = $5, updated_at = $6, json = $7, expires_at = $8

-- name: delete_record
DELETE FROM records WHERE tenant = $1 AND kind = $2 AND id = $3

-- name: record_columns
tenant, id, name, json, version, updated_at, expires_at

-- name: list_records
SELECT @record_columns@ FROM records WHERE kind = $1 ORDER BY tenant, id

-- name: get_record
SELECT @record_columns@ FROM records WHERE tenant = $1 AND kind = $2 AND id = $3

-- Two hubs may change one setting at a time; the second waits here and then sees the first.
-- name: lock_name
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))
