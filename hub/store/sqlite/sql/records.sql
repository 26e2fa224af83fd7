-- name: find_record_version
SELECT version FROM records
  WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND (expires_at IS NULL OR expires_at > ?4)

-- name: find_record_of_name
SELECT 1 FROM records
  WHERE tenant = ?1 AND kind = ?2 AND name = ?3 AND name <> '' AND id <> ?4

-- name: put_record
INSERT INTO records(tenant, kind, id, name, version, updated_at, json, expires_at)
  VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
  ON CONFLICT(tenant, kind, id) DO UPDATE
    SET name = ?4, version = ?5, updated_at = ?6, json = ?7, expires_at = ?8

-- name: delete_record
DELETE FROM records WHERE tenant = ?1 AND kind = ?2 AND id = ?3

-- name: record_columns
t.id, r.id, r.name, r.json, r.version, r.updated_at, r.expires_at

-- name: list_records
SELECT @record_columns@ FROM records r CROSS JOIN tenants t ON t.no = r.tenant
  WHERE r.kind = ?1 ORDER BY r.tenant, r.id

-- name: get_record
SELECT @record_columns@ FROM tenants t CROSS JOIN records r ON r.tenant = t.no
  WHERE t.id = ?1 AND r.kind = ?2 AND r.id = ?3
