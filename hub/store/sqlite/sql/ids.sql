-- name: find_tenant
SELECT no FROM tenants WHERE id = ?1

-- name: add_tenant
INSERT INTO tenants(id) VALUES(?1)

-- name: find_name
SELECT no FROM names WHERE text = ?1

-- name: add_name
INSERT INTO names(text) VALUES(?1)

-- name: find_subscriber
SELECT no FROM subscribers WHERE tenant = ?1 AND id = ?2

-- name: add_subscriber
INSERT INTO subscribers(tenant, id) VALUES(?1, ?2)

-- name: change_name_uses
UPDATE names SET uses = uses + ?2 WHERE no = ?1

-- name: delete_unused_names
DELETE FROM names WHERE no IN (SELECT no FROM names WHERE uses = 0 LIMIT ?1)
