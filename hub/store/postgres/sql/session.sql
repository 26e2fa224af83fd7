-- name: set_session
SELECT set_config(name, value, false) FROM (VALUES
  ('synchronous_commit', 'on'), ('client_encoding', 'UTF8'), ('enable_seqscan', 'off'),
  ('enable_bitmapscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),
  ('jit', 'off')) x(name, value)

-- Citus plans a statement for the worker that has the rows, which it knows from the values only.
-- name: set_plans
SELECT set_config('plan_cache_mode',
    CASE WHEN EXISTS(SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN 'auto'
      ELSE 'force_generic_plan' END, false),
  set_config('enable_sort', 'off', false)

-- name: has_meta
SELECT to_regclass('katydid_meta') IS NOT NULL

-- name: insert_meta
INSERT INTO katydid_meta VALUES('schema', 0), ('probe', 0)

-- name: schema_version
SELECT value FROM katydid_meta WHERE key = 'schema'

-- name: lock_schema
SELECT pg_advisory_xact_lock($1)

-- name: set_schema_version
UPDATE katydid_meta SET value = $1 WHERE key = 'schema'

-- name: current_schema
SELECT current_schema()::text

-- name: ping
SELECT 1

-- name: try_write
UPDATE katydid_meta SET value = value + 1 WHERE key = 'probe'
