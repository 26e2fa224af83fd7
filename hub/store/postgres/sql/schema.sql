-- Every key leads with the tenant, so that what belongs to one is together. Ids are ULIDs in a uuid:
-- they sort by time, so lists and time ranges need no index of their own. Senders' words are bytea:
-- they may hold any bytes, and compare as such. Deliveries of one append have ids from
-- first_delivery to last_delivery, which saves an index over events.
-- name: initial_schema
CREATE TABLE events(
  tenant uuid NOT NULL, id uuid NOT NULL, first_delivery uuid NOT NULL, last_delivery uuid NOT NULL,
  occurred_at bigint NOT NULL, received_at bigint NOT NULL, payload_bytes bigint NOT NULL,
  encoding smallint NOT NULL, origin smallint NOT NULL, type_unsigned smallint NOT NULL,
  repeat_of uuid, source bytea NOT NULL, type bytea NOT NULL,
  external_id bytea NOT NULL, subject bytea NOT NULL, key bytea NOT NULL,
  content_type bytea NOT NULL, traceparent bytea NOT NULL, headers bytea NOT NULL,
  digest bytea NOT NULL, payload bytea NOT NULL,
  committed xid8 NOT NULL DEFAULT pg_current_xact_id(), PRIMARY KEY(tenant, id));
-- The order of followers: all hubs' events, and nothing comes before what ended transactions wrote.
CREATE INDEX events_by_commit ON events(tenant, committed, id);
ALTER TABLE events ALTER payload SET STORAGE EXTERNAL;
-- A type and a source are found together, or stepped over.
CREATE INDEX events_by_kind ON events(tenant, type, source, id);
CREATE INDEX events_by_subject ON events(tenant, subject, id) WHERE subject <> '';

CREATE TABLE dedupe(tenant uuid NOT NULL, key bytea NOT NULL, event uuid NOT NULL,
  digest bytea NOT NULL, PRIMARY KEY(tenant, key));

CREATE TABLE deliveries(
  tenant uuid NOT NULL, id uuid NOT NULL, event uuid NOT NULL, subscription uuid NOT NULL,
  created_at bigint NOT NULL, due_at bigint NOT NULL, ended_at bigint NOT NULL,
  restarted_at bigint NOT NULL, attempts integer NOT NULL, attempts_before integer NOT NULL,
  last_status integer NOT NULL, state smallint NOT NULL, lane smallint NOT NULL,
  replayed boolean NOT NULL, order_key bytea NOT NULL, reason bytea NOT NULL,
  slot_at bigint NOT NULL DEFAULT 0, state_before smallint NOT NULL DEFAULT 0, job uuid,
  PRIMARY KEY(tenant, id));
CREATE INDEX deliveries_due ON deliveries(tenant, subscription, lane, due_at, id) WHERE state < 2;
CREATE INDEX deliveries_waiting ON deliveries(tenant, id) WHERE state < 2;
CREATE INDEX deliveries_by_subscription ON deliveries(tenant, subscription, id);
CREATE INDEX deliveries_ended_badly ON deliveries(tenant, id) WHERE state IN (3, 4);
CREATE INDEX deliveries_ended_badly_by_subscription ON deliveries(tenant, subscription, id)
  WHERE state IN (3, 4);
CREATE INDEX deliveries_by_status ON deliveries(tenant, last_status, id)
  WHERE last_status NOT BETWEEN 200 AND 299 AND last_status <> 0;
CREATE INDEX deliveries_replayed ON deliveries(tenant, event) WHERE replayed;
-- Those that a replay job made due keep how they had ended: `reason`, `ended_at`, `state_before`.
CREATE INDEX deliveries_of_job ON deliveries(tenant, job, state, subscription)
  WHERE job IS NOT NULL;

CREATE TABLE attempts(tenant uuid NOT NULL, delivery uuid NOT NULL, id uuid NOT NULL,
  started_at bigint NOT NULL, duration bigint NOT NULL, number integer NOT NULL,
  status integer NOT NULL, outcome smallint NOT NULL, error bytea NOT NULL,
  response bytea NOT NULL, timing bigint NOT NULL, PRIMARY KEY(tenant, delivery, id));

CREATE TABLE counters(tenant uuid NOT NULL, what smallint NOT NULL, slot smallint NOT NULL,
  rows bigint NOT NULL, PRIMARY KEY(tenant, what, slot)) WITH (fillfactor = 20);

CREATE TABLE records(tenant uuid NOT NULL, kind bytea NOT NULL, id bytea NOT NULL,
  name bytea NOT NULL, version bigint NOT NULL, updated_at bigint NOT NULL, json bytea NOT NULL,
  expires_at bigint, PRIMARY KEY(tenant, kind, id));
CREATE INDEX records_by_kind ON records(kind);
CREATE UNIQUE INDEX records_by_name ON records(tenant, kind, name) WHERE name <> '';
CREATE INDEX records_by_expiry ON records(tenant, expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE audit(tenant uuid NOT NULL, seq bigint NOT NULL, at bigint NOT NULL,
  actor bytea NOT NULL, action bytea NOT NULL, object bytea NOT NULL, detail bytea NOT NULL,
  previous_hash bytea NOT NULL, hash bytea NOT NULL, PRIMARY KEY(tenant, seq));
CREATE TABLE rejected(tenant uuid NOT NULL, id uuid NOT NULL, source uuid NOT NULL,
  at bigint NOT NULL, bytes bigint NOT NULL, body_bytes bigint NOT NULL,
  verified smallint NOT NULL, reason bytea NOT NULL,
  diagnosis bytea NOT NULL, remote bytea NOT NULL, method bytea NOT NULL, target bytea NOT NULL,
  headers bytea NOT NULL, body bytea NOT NULL, PRIMARY KEY(tenant, id));
CREATE INDEX rejected_by_time ON rejected(at);

CREATE TABLE hubs(id uuid PRIMARY KEY, alive_until timestamptz NOT NULL, address text NOT NULL);
CREATE TABLE leases(tenant uuid NOT NULL, subscription uuid NOT NULL, hub uuid,
  token bigint NOT NULL, PRIMARY KEY(tenant, subscription));
CREATE INDEX leases_by_hub ON leases(hub);

-- Counts over time. Each hub adds to rows of its own (`slot`), as with `counters`.
CREATE TABLE activity(tenant uuid NOT NULL, width integer NOT NULL, start bigint NOT NULL,
  slot smallint NOT NULL, accepted bigint NOT NULL, delivered bigint NOT NULL,
  dead bigint NOT NULL, failed bigint NOT NULL, PRIMARY KEY(tenant, width, start, slot))
  WITH (fillfactor = 50);
INSERT INTO katydid_meta VALUES('time_disorder', 0);

ALTER TABLE deliveries SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE leases SET (autovacuum_vacuum_scale_factor = 0.02);
