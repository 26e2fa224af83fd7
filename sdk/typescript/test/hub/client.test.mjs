// The generated client against a running hub.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { KatydidClient, rows } from "@katydid/sdk";
import { v1Source } from "../../scripts/v1_source.mjs";
import { startHub, test } from "../support/programs.mjs";
import { queue, serve } from "../support/serve.mjs";

async function connect(t) {
  const hub = await startHub(t);
  return new KatydidClient({ url: hub.url, apiKey: hub.operatorKey });
}

// Goal: an operation that changed without `npm run generate` does not go unnoticed.
test("src/generated/v1/ is what the hub says of itself", async (t) => {
  const { url } = await startHub(t);
  const document = await (await fetch(`${url}/openapi.json`)).json();
  const folder = new URL("../../src/generated/v1/", import.meta.url);
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
  assert.deepEqual(
    Object.fromEntries(names.map((name, at) => [name, texts[at]])),
    Object.fromEntries(v1Source(document)),
    "stale: run `npm run generate -- http://…/openapi.json` in sdk/typescript against a hub of this build",
  );
});

test("a subscription is made, changed with If-Match, tested, listed and deleted", async (t) => {
  const client = await connect(t);
  const arrived = queue();
  const url = await serve(t, async (request) => {
    arrived.put(request.headers.get("katydid-event-type"));
    return new Response(null);
  });
  let etag;
  const onReply = ({ headers }) => {
    etag = headers.get("etag");
  };
  const made = await client.createSubscription(
    { name: "mine", event_types: ["order.*"], handler: { kind: "endpoint", url } },
    { onReply },
  );
  assert.match(made.secret, /^whsec_/);
  await client.getSubscription({ id: made.id }, { onReply });
  const changed = await client.changeSubscription(
    { id: made.id, limits: { in_flight: 3 } },
    { ifMatch: etag },
  );
  assert.equal(changed.limits.in_flight, 3);
  const late = client.changeSubscription({ id: made.id, name: "late" }, { ifMatch: etag });
  await assert.rejects(late, { status: 412 });
  await client.publish({ type: "order.paid", data: { id: 1 } });
  assert.equal(await arrived.take(), "order.paid");
  assert.deepEqual(
    (await client.listSubscriptions()).data.map((each) => each.name),
    ["mine"],
  );
  assert.equal(await client.deleteSubscription({ id: made.id }), undefined);
  await assert.rejects(client.getSubscription({ id: made.id }), {
    status: 404,
    name: "KatydidError",
  });
});

test("publishing once, many, and twice", async (t) => {
  const client = await connect(t);
  const order = { type: "order.paid", id: "o1", data: { total: 12.5 } };
  const first = await client.publish(order);
  assert.deepEqual(await client.publish(order), { ...first, duplicate: true });
  await assert.rejects(client.publish({ ...order, data: {} }), { status: 409 });
  const keyed = { idempotencyKey: "k1" };
  const once = await client.publish({ type: "order.paid", data: 1 }, keyed);
  assert.deepEqual(await client.publish({ type: "order.paid", data: 1 }, keyed), once);
  const lines = [2, 3, 4].map((data) => JSON.stringify({ type: "order.paid", data })).join("\n");
  const many = await client.publishEvents({ contentType: "application/x-ndjson", body: lines });
  assert.equal(many.length, 3);
  const found = [];
  for await (const event of rows((cursor) =>
    client.listEvents({ cursor, limit: 2, type: "order.*" }),
  ))
    found.push(event.id);
  assert.deepEqual(found.sort(), [first.id, once.id, ...many.map((each) => each.id)].sort());
  const payload = new TextDecoder().decode(await client.getEventPayload({ id: many[0].id }));
  assert.equal(payload, "2");
});

test("a refusal says where and why", async (t) => {
  const client = await connect(t);
  await assert.rejects(
    client.createSubscription({
      name: "x",
      event_types: [],
      handler: { url: "https://a.example/" },
      timeout: "soon",
    }),
    (error) => {
      assert.deepEqual([error.status, error.isRetryable], [422, false]);
      assert.ok(error.errors.length > 0, error.message);
      assert.match(error.errors[0].pointer, /^\//);
      assert.match(error.message, /127\.0\.0\.1:.*\/event_types: .*\/timeout: /);
      return true;
    },
  );
  const stranger = new KatydidClient({ url: (await startHub(t)).url, apiKey: "kd_live_wrong" });
  await assert.rejects(stranger.listEvents(), { status: 401 });
});

// Goal: what the body's fields are is one object, with and without path and optional fields.
test("secrets rotate, and what is dead goes again", async (t) => {
  const client = await connect(t);
  const handler = { kind: "endpoint", url: "http://127.0.0.1:9/" };
  const { id } = await client.createSubscription({ name: "n", event_types: ["*"], handler });
  const rotated = await client.rotateSubscriptionSecret({ id });
  assert.match(rotated.secret, /^whsec_/);
  await client.rotateSubscriptionSecret({ id, overlap: "1h" });
  const job = await client.replaySubscription({ id, states: ["dead"] });
  assert.deepEqual(job.states, ["dead"]);
  await assert.rejects(client.listEvents({ typ: "a.b" }), /\?typ/);
});

test("following waits until there is something", async (t) => {
  const client = await connect(t);
  const { id } = await client.publish({ type: "a.b", data: 1 });
  const waiting = client.listEvents({ order: "asc", after: id, wait: "20s" });
  const next = await client.publish({ type: "a.c", data: 2 });
  assert.deepEqual(
    (await waiting).data.map((each) => each.id),
    [next.id],
  );
});

test("a person's opt-out and erasure", async (t) => {
  const client = await connect(t);
  await client.putPrivacy({ subject: "cus/1", opt_out: ["atlvs"] });
  assert.deepEqual((await client.getPrivacy({ subject: "cus/1" })).opt_out, ["atlvs"]);
  await client.publish({ type: "ticket.sold", subject: "cus/1", data: { id: "t1" } });
  assert.equal((await client.eraseSubject({ subject: "cus/1" })).events, 1);
});
