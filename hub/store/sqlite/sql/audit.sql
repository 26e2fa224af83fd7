-- name: last_audit_entry
SELECT number, hash FROM audit WHERE tenant = ?1 ORDER BY number DESC LIMIT 1

-- name: insert_audit_entry
INSERT INTO audit(tenant, at, actor, action, object, detail, previous_hash, hash, number)
  VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- The start of a query: its conditions follow.
-- name: list_audit_entries
SELECT number, at, actor, action, object, detail, previous_hash, hash
  FROM audit INDEXED BY audit_by_number
  WHERE tenant = (SELECT no FROM tenants WHERE id = CAST(? AS BLOB))
