-- Rows that arrive in order of acceptance live in rowid tables, so that an append writes at the
-- end of each tree. What queries look up leads with the tenant. Senders' words (types,
-- sources, content types) and ids of tenants and subscriptions are numbered once, which keeps
-- the indices of the hot path at a dozen bytes a row. A delivery has no id column: its id is
-- computed from `seq` and `created_at` (delivery_ids.hpp).
-- name: initial_schema
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE tenants(no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE);
-- `uses`: places in `events` that have the number. A name that has none goes with a purge.
CREATE TABLE names(no INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE,
  uses INTEGER NOT NULL DEFAULT 0);
CREATE INDEX names_unused ON names(no) WHERE uses = 0;
CREATE TABLE subscribers(no INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id BLOB NOT NULL,
  UNIQUE(tenant, id));

CREATE TABLE events(
  seq INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id BLOB NOT NULL,
  source INTEGER NOT NULL, type INTEGER NOT NULL, external_id TEXT NOT NULL,
  subject TEXT NOT NULL, key TEXT NOT NULL, occurred_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL, content_type INTEGER NOT NULL, traceparent TEXT NOT NULL,
  headers BLOB NOT NULL, first_delivery INTEGER NOT NULL, deliveries INTEGER NOT NULL,
  payload_bytes INTEGER NOT NULL, digest BLOB NOT NULL, encoding INTEGER NOT NULL,
  origin INTEGER NOT NULL, type_unsigned INTEGER NOT NULL, repeat_of BLOB,
  payload BLOB NOT NULL);
CREATE UNIQUE INDEX events_by_id ON events(tenant, id);
CREATE INDEX events_by_tenant ON events(tenant);
-- A type and a source are found together, or stepped over.
CREATE INDEX events_by_kind ON events(tenant, type, source);
CREATE INDEX events_by_subject ON events(tenant, subject) WHERE subject <> '';

CREATE TABLE dedupe(tenant INTEGER NOT NULL, key BLOB NOT NULL, event BLOB NOT NULL,
  digest BLOB NOT NULL, PRIMARY KEY(tenant, key)) WITHOUT ROWID;

CREATE TABLE deliveries(
  seq INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, event INTEGER NOT NULL,
  subscriber INTEGER NOT NULL, state INTEGER NOT NULL, lane INTEGER NOT NULL,
  attempts INTEGER NOT NULL, last_status INTEGER NOT NULL, created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, replayed INTEGER NOT NULL,
  order_key TEXT NOT NULL, reason TEXT NOT NULL,
  attempts_before INTEGER NOT NULL DEFAULT 0, restarted_at INTEGER NOT NULL DEFAULT 0,
  slot_at INTEGER NOT NULL DEFAULT 0, state_before INTEGER NOT NULL DEFAULT 0, job BLOB);
CREATE INDEX deliveries_due ON deliveries(subscriber, lane, due_at) WHERE state < 2;
CREATE INDEX deliveries_waiting ON deliveries(tenant) WHERE state < 2;
CREATE INDEX deliveries_by_tenant ON deliveries(tenant);
CREATE INDEX deliveries_by_subscriber ON deliveries(subscriber);
CREATE INDEX deliveries_ended_badly ON deliveries(tenant) WHERE state IN (3, 4);
CREATE INDEX deliveries_ended_badly_by_subscriber ON deliveries(subscriber) WHERE state IN (3, 4);
CREATE INDEX deliveries_by_status ON deliveries(tenant, last_status)
  WHERE last_status NOT BETWEEN 200 AND 299 AND last_status <> 0;
CREATE INDEX deliveries_replayed ON deliveries(event) WHERE replayed = 1;
-- Those that a replay job made due keep how they had ended: `reason`, `ended_at`, `state_before`.
CREATE INDEX deliveries_of_job ON deliveries(job, state, subscriber) WHERE job IS NOT NULL;

CREATE TABLE attempts(delivery INTEGER NOT NULL, id BLOB NOT NULL, number INTEGER NOT NULL,
  started_at INTEGER NOT NULL, duration INTEGER NOT NULL, outcome INTEGER NOT NULL,
  status INTEGER NOT NULL, error TEXT NOT NULL, response BLOB NOT NULL,
  timing INTEGER NOT NULL, PRIMARY KEY(delivery, id)) WITHOUT ROWID;

CREATE TABLE counters(tenant INTEGER NOT NULL, what INTEGER NOT NULL, rows INTEGER NOT NULL,
  PRIMARY KEY(tenant, what)) WITHOUT ROWID;

CREATE TABLE audit(seq INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL,
  previous_hash BLOB NOT NULL, hash BLOB NOT NULL, number INTEGER NOT NULL);
CREATE INDEX audit_by_tenant ON audit(tenant);
CREATE INDEX audit_by_number ON audit(tenant, number);

-- Settings and other small documents, and rejected webhooks.
CREATE TABLE records(tenant INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  name TEXT NOT NULL, version INTEGER NOT NULL, updated_at INTEGER NOT NULL, json TEXT NOT NULL,
  expires_at INTEGER, PRIMARY KEY(tenant, kind, id)) WITHOUT ROWID;
CREATE INDEX records_by_kind ON records(kind);
CREATE UNIQUE INDEX records_by_name ON records(tenant, kind, name) WHERE name <> '';
CREATE INDEX records_by_expiry ON records(expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE rejected(
  seq INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id BLOB NOT NULL, bytes INTEGER NOT NULL,
  source BLOB NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, diagnosis TEXT NOT NULL,
  remote TEXT NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL, headers BLOB NOT NULL,
  body_bytes INTEGER NOT NULL, verified INTEGER NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX rejected_by_id ON rejected(tenant, id);
CREATE INDEX rejected_by_time ON rejected(at);

-- Counts over time.
CREATE TABLE activity(tenant INTEGER NOT NULL, width INTEGER NOT NULL, start INTEGER NOT NULL,
  accepted INTEGER NOT NULL, delivered INTEGER NOT NULL, dead INTEGER NOT NULL,
  failed INTEGER NOT NULL, PRIMARY KEY(tenant, width, start)) WITHOUT ROWID;

INSERT INTO meta VALUES('delivery_id_secret', randomblob(16));
INSERT INTO meta VALUES('event_seq_floor', 0);
INSERT INTO meta VALUES('delivery_seq_floor', 0);
INSERT INTO meta VALUES('probe', x'');
INSERT INTO meta VALUES('time_disorder', 0);
