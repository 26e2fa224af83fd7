import assert from "node:assert/strict";
import { test } from "node:test";
import { KatydidClient, KatydidError, RetryLater } from "@katydid/sdk";
import { fakeHub } from "./support/fake_hub.mjs";
import { fakeFetch } from "./support/wire.mjs";

function delivery(id, more = {}) {
  return {
    type: "delivery",
    delivery: id,
    attempt: 1,
    deadline: "2026-06-15T18:00:00.000Z",
    event: { id: "evt_1", type: "order.made" },
    headers: [
      ["Content-Type", "application/json"],
      ["webhook-id", "evt_1"],
    ],
    content_type: "application/json",
    payload: '{"n":1}',
    ...more,
  };
}

function clientOf() {
  const { fetch, calls } = fakeFetch([201, { ticket: "kt_a", expires_at: "" }]);
  return { client: new KatydidClient({ url: "http://hub/", apiKey: "k", fetch }), calls };
}

test("a return is an ack, a throw a nack, and what comes is readable", async () => {
  const hub = fakeHub();
  const { client, calls } = clientOf();
  const stop = new AbortController();
  const seen = [];
  const opened = hub.next();
  const running = client.consume({
    subscription: "work",
    credit: 4,
    WebSocket: hub.WebSocket,
    signal: stop.signal,
    handler: async (each) => {
      seen.push([each.id, each.json(), each.headers.get("webhook-id"), [...each.bytes()].length]);
      if (each.id === "dlv_2") throw new RetryLater(7, "busy");
      if (each.id === "dlv_3") throw new Error("broken");
      return each.id === "dlv_1" ? { status: 201, body: "made" } : undefined;
    },
  });
  const socket = await opened;
  assert.equal(socket.url, "ws://hub/v1/subscriptions/work/consume?ticket=kt_a&credit=4");
  assert.deepEqual(socket.protocols, ["katydid.v1"]);
  assert.deepEqual(calls[0].body, { path: "/v1/subscriptions/work/consume" });
  socket.say({ type: "hello", consumer: "con_1" });
  socket.say(delivery("dlv_1"));
  assert.deepEqual(await socket.next(), { type: "ack", status: 201, body: "made", delivery: "dlv_1" });
  socket.say(delivery("dlv_2", { payload: undefined, payload_base64: btoa('{"n":2}') }));
  assert.deepEqual(await socket.next(), {
    type: "nack",
    reason: "busy",
    retry_after: "7s",
    delivery: "dlv_2",
  });
  socket.say(delivery("dlv_3"));
  assert.deepEqual(await socket.next(), { type: "nack", reason: "broken", delivery: "dlv_3" });
  socket.say(delivery("dlv_4"));
  assert.deepEqual(await socket.next(), { type: "ack", delivery: "dlv_4" });
  assert.deepEqual(seen[1], ["dlv_2", { n: 2 }, "evt_1", 7]);
  stop.abort();
  await running;
  assert.deepEqual(socket.said, [{ type: "credit", count: 0 }]);
});

test("it connects again, and what was taken back is not answered", async () => {
  const hub = fakeHub();
  const { client } = clientOf();
  const stop = new AbortController();
  const states = [];
  let release;
  let opened = hub.next();
  const running = client.consume({
    subscription: "work",
    WebSocket: hub.WebSocket,
    signal: stop.signal,
    onState: (state, reason) => states.push(reason ? `${state}: ${reason}` : state),
    handler: (each) =>
      new Promise((done) => {
        each.extend();
        each.signal.addEventListener("abort", () => (release = done));
      }),
  });
  let socket = await opened;
  socket.say({ type: "hello" });
  socket.say(delivery("dlv_1"));
  assert.deepEqual(await socket.next(), { type: "extend", delivery: "dlv_1" });
  socket.say({ type: "revoked", delivery: "dlv_1", reason: "not acknowledged within 15s" });
  release();
  await new Promise(setImmediate);
  assert.deepEqual(socket.said, []);
  opened = hub.next();
  socket.end(1001, "the hub is ending");
  socket = await opened;
  socket.say({ type: "hello" });
  stop.abort();
  await running;
  assert.deepEqual(states, [
    "connecting",
    "connected",
    "waiting: the hub is ending",
    "connecting",
    "connected",
    "ended",
  ]);
});

test("a subscription that is gone and a key that is not good end it", async () => {
  for (const [code, status] of [
    [4403, 409],
    [4401, 401],
  ]) {
    const hub = fakeHub();
    const { client } = clientOf();
    const opened = hub.next();
    const running = client.consume({
      subscription: "work",
      WebSocket: hub.WebSocket,
      handler: () => {},
    });
    (await opened).end(code, "why");
    await assert.rejects(running, (error) => {
      assert.ok(error instanceof KatydidError);
      assert.deepEqual([error.status, error.message], [status, "why"]);
      return true;
    });
  }
});

test("a hub that refuses a ticket is not asked again", async () => {
  const { fetch, calls } = fakeFetch([403, { detail: "no scope" }]);
  const client = new KatydidClient({ url: "http://hub", fetch });
  const hub = fakeHub();
  await assert.rejects(
    client.consume({ subscription: "w", WebSocket: hub.WebSocket, handler: () => {} }),
    KatydidError,
  );
  assert.equal(calls.length, 1);
});

test("what a handler returns or throws is made an answer that the hub takes", async () => {
  const long = `a${"😀".repeat(20_000)}`;
  const cases = [
    [() => ({ id: 7, type: "row", status: "paid" }), { type: "ack" }],
    [() => "ok", { type: "ack" }],
    [() => [1], { type: "ack" }],
    [() => ({ status: 99, body: { a: 1 } }), { type: "ack" }],
    [() => ({ status: 500, body: "no" }), { type: "nack", status: 500, body: "no" }],
    [() => ({ body: long }), { type: "ack", body: `${long.slice(0, 16 * 1024 - 1)}\ufffd` }],
    [() => fail(new Error(long)), { type: "nack", reason: `${long.slice(0, 499)}\ufffd` }],
    [() => fail(new RetryLater(1.25, "x")), { type: "nack", reason: "x", retry_after: "1250ms" }],
    [() => fail(new RetryLater(-1, "x")), { type: "nack", reason: "x", retry_after: "0s" }],
    [() => fail(new RetryLater(NaN, "x")), { type: "nack", reason: "x" }],
    [() => fail(new RetryLater(Infinity, "x")), { type: "nack", reason: "x", retry_after: "86400s" }],
    [() => fail(undefined), { type: "nack", reason: "undefined" }],
  ];
  const fail = (error) => {
    throw error;
  };
  const hub = fakeHub();
  const { client } = clientOf();
  const stop = new AbortController();
  const opened = hub.next();
  const running = client.consume({
    subscription: "work",
    WebSocket: hub.WebSocket,
    signal: stop.signal,
    handler: ({ id }) => cases[Number(id)][0](),
  });
  const socket = await opened;
  socket.say({ type: "hello" });
  for (const [index, [, answer]] of cases.entries()) {
    socket.say(delivery(String(index)));
    assert.deepEqual(await socket.next(), { ...answer, delivery: String(index) });
  }
  stop.abort();
  await running;
});

test("a connection that is refused ends it with the hub's reason", async () => {
  const ticket = [201, { ticket: "kt_a", expires_at: "" }];
  for (const [status, isFinal] of [
    [404, true],
    [409, true],
    [426, false],
    [503, false],
  ]) {
    const { fetch, calls } = fakeFetch(ticket, [status, { detail: "why" }], ticket);
    const client = new KatydidClient({ url: "http://hub", fetch });
    const hub = fakeHub();
    const stop = new AbortController();
    const states = [];
    let opened = hub.next();
    const running = client.consume({
      subscription: "a b",
      credit: 3,
      WebSocket: hub.WebSocket,
      signal: stop.signal,
      onState: (state, reason) => states.push(reason ? `${state}: ${reason}` : state),
      handler: () => {},
    });
    let socket = await opened;
    opened = hub.next();
    socket.end(1006, "");
    if (isFinal) {
      await assert.rejects(running, { name: "KatydidError", status });
    } else {
      socket = await opened;
      stop.abort();
      await running;
      assert.match(states[1], status === 426 ? /^waiting: the connection ended \(1006\)$/ : / 503: why$/);
    }
    assert.equal(calls[1].url, "http://hub/v1/subscriptions/a%20b/consume?credit=3");
  }
});

test("a hub that says nothing is left, one that answers is not", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const hub = fakeHub();
  const { client } = clientOf();
  const stop = new AbortController();
  const states = [];
  let opened = hub.next();
  let taken;
  const running = client.consume({
    subscription: "work",
    WebSocket: hub.WebSocket,
    signal: stop.signal,
    onState: (state, reason) => states.push(reason ? `${state}: ${reason}` : state),
    handler: ({ signal }) => {
      taken = signal;
      return new Promise((done) => signal.addEventListener("abort", done));
    },
  });
  let socket = await opened;
  socket.say({ type: "hello" });
  socket.say(delivery("dlv_1"));
  for (let n = 0; n < 10; n += 1) {
    t.mock.timers.tick(13_000);
    assert.deepEqual(await socket.next(), { type: "ping" });
    socket.say({ type: "pong" });
  }
  assert.equal(taken.aborted, false);
  opened = hub.next();
  t.mock.timers.tick(39_000);
  assert.equal(taken.aborted, true);
  socket = await opened;
  socket.say({ type: "hello" });
  stop.abort();
  await running;
  assert.deepEqual(states.slice(1), [
    "connected",
    "waiting: the hub is silent",
    "connecting",
    "connected",
    "ended",
  ]);
});
