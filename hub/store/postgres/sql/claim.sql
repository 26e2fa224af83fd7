-- name: fail_corrupt
UPDATE deliveries d
  SET state = 3, ended_at = $3, reason = CASE
    WHEN (SELECT e.encoding FROM events e WHERE e.tenant = d.tenant AND e.id = d.event) = 2
      THEN 'The data of this event was erased.'::bytea
    ELSE 'The stored event is damaged, so it was not sent.'::bytea END
  FROM unnest($1, $2) AS x(t, i)
  WHERE d.tenant = x.t AND d.id = x.i AND +d.state < 2

-- name: first_of_lanes
CROSS JOIN (VALUES (0), (1), (2)) n(lane)
  CROSS JOIN LATERAL (SELECT d.due_at FROM deliveries d
    WHERE d.tenant = l.tenant AND d.subscription = l.subscription AND d.lane = n.lane
      AND d.state < 2
    ORDER BY d.due_at, d.id LIMIT 1) first
  WHERE l.hub = $1

-- name: find_backlog
SELECT l.tenant, l.subscription, n.lane, first.due_at FROM leases l @first_of_lanes@

-- name: find_backlog_of
SELECT l.tenant, l.subscription, n.lane, first.due_at
  FROM unnest($2, $3) AS x(t, s) JOIN leases l ON l.tenant = x.t AND l.subscription = x.s
  @first_of_lanes@
