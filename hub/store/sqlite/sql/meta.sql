-- name: delivery_id_secret
SELECT value FROM meta WHERE key = 'delivery_id_secret'

-- name: count_meta
SELECT count(*) FROM meta

-- name: count_tables
SELECT count(*) FROM sqlite_schema

-- name: time_disorder
SELECT value FROM meta WHERE key = 'time_disorder'

-- name: grow_probe
UPDATE meta SET value = zeroblob(131072) WHERE key = 'probe'

-- name: shrink_probe
UPDATE meta SET value = x'' WHERE key = 'probe'

-- name: last_event_seq
SELECT max(ifnull((SELECT max(seq) FROM events), 0),
           (SELECT value FROM meta WHERE key = 'event_seq_floor'))

-- name: last_delivery_seq
SELECT max(ifnull((SELECT max(seq) FROM deliveries), 0),
           (SELECT value FROM meta WHERE key = 'delivery_seq_floor'))

-- name: save_seq_floor
UPDATE meta SET value = ?2 WHERE key = ?1

-- name: save_time_disorder
UPDATE meta SET value = max(value, ?1) WHERE key = 'time_disorder'
