-- Whose the leases are that a move keeps from all hubs.
-- name: mover
'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid

-- The subscription of the row that says so, which is none.
-- name: no_subscription
'00000000-0000-0000-0000-000000000000'::uuid

-- What the one who moves a tenant from or to this shard holds, as an advisory lock.
-- name: mover_key
hashtextextended('katydid move ' || current_schema(), 0)

-- Tenants whose subscriptions no hub may keep: a row without a subscription says so, as long as the
-- one who moves them lives.
-- name: list_moving
SELECT tenant FROM leases
  WHERE hub = @mover@ AND subscription = @no_subscription@
    AND NOT pg_try_advisory_xact_lock_shared(@mover_key@)

-- Leases go to any hub; those that should own them take over.
-- name: give_to_any_hub
UPDATE leases SET token = token + 1,
    hub = (SELECT id FROM hubs WHERE alive_until >= statement_timestamp()
      ORDER BY id LIMIT 1)

-- Those of a tenant that has arrived.
-- name: activate_leases
@give_to_any_hub@ WHERE tenant = $1 AND hub = @mover@

-- From when the server got the statement, which is after the hub began to count.
-- name: add_hub
INSERT INTO hubs(id, alive_until, address)
  VALUES($1, statement_timestamp() + $2 * interval '1 millisecond', $3)

-- name: notify
SELECT pg_notify($1, $2)

-- name: renew_hub
UPDATE hubs SET alive_until = statement_timestamp() + $2 * interval '1 millisecond'
  WHERE id = $1 RETURNING id

-- name: list_hubs
SELECT id, alive_until < clock_timestamp() FROM hubs

-- name: list_living_hubs
SELECT id, address FROM hubs WHERE alive_until >= clock_timestamp()

-- name: find_owners
SELECT l.token IS NULL, coalesce(h.address, '')
  FROM unnest($1, $2) WITH ORDINALITY AS x(t, s, n)
  LEFT JOIN leases l ON l.tenant = x.t AND l.subscription = x.s
  LEFT JOIN hubs h ON h.id = l.hub AND h.alive_until >= clock_timestamp() ORDER BY x.n

-- name: delete_dead_hubs
DELETE FROM hubs
  WHERE id IN (SELECT id FROM hubs WHERE alive_until < clock_timestamp() FOR UPDATE SKIP LOCKED)
  RETURNING id

-- name: find_orphans
SELECT l.tenant, l.subscription, l.token FROM leases l
  WHERE l.hub IS DISTINCT FROM @mover@
    AND (l.hub IS NULL OR NOT EXISTS (SELECT 1 FROM hubs h WHERE h.id = l.hub))

-- name: reassign_leases
UPDATE leases l SET hub = x.h, token = l.token + 1 FROM unnest($1, $2, $3, $4) AS x(t, s, k, h)
  WHERE l.tenant = x.t AND l.subscription = x.s AND l.token = x.k

-- name: list_own_leases
SELECT tenant, subscription, token FROM leases WHERE hub = $1

-- name: delete_hub
DELETE FROM hubs WHERE id = $1

-- name: insert_leases
INSERT INTO leases(tenant, subscription, hub, token)
  SELECT t, s, h, 1 FROM unnest($1, $2, $3) AS x(t, s, h)
  ON CONFLICT DO NOTHING RETURNING tenant, subscription, hub, token
