-- name: last_audit_entry
SELECT seq, hash FROM audit WHERE tenant = $1 ORDER BY tenant DESC, seq DESC LIMIT 1

-- name: insert_audit_entry
INSERT INTO audit(tenant, seq, at, actor, action, object, detail, previous_hash, hash)
  VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- The start of a query: its conditions follow.
-- name: list_audit_entries
SELECT seq, at, actor, action, object, detail, previous_hash, hash FROM audit WHERE tenant = ?
