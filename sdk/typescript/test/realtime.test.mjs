import assert from "node:assert/strict";
import { test } from "node:test";
import { connectRealtime, KatydidError } from "@katydid/sdk";
import { fakeHub } from "./support/fake_hub.mjs";
import { queue } from "./support/serve.mjs";

function update(n, payload = { n }) {
  return { type: "update", id: `evt_${n}`, name: "resource.updated", occurredAt: "2026-06-15T18:00:00Z", payload };
}

/** A platform whose hub is fake. `next()` is the hub's end of its next connection. */
function platform(t, options = {}) {
  const hub = fakeHub();
  const seen = queue();
  const realtime = connectRealtime({
    url: "http://hub/",
    ticket: () => "kt_a",
    topics: ["resource.*"],
    on: ({ payload }) => seen.put(payload.n),
    WebSocket: hub.WebSocket,
    ...options,
  });
  t.after(() => realtime.close().catch(() => {}));
  return { hub, seen, realtime };
}

test("after a cut it asks for what follows the last update, and passes none on twice", async (t) => {
  const tickets = ["kt_a", "kt_b"];
  let saved = "none";
  const position = { load: () => undefined, save: (id) => void (saved = id) };
  const { hub, seen } = platform(t, { ticket: () => tickets.shift(), position, as: "grasshopper" });
  let socket = await hub.next();
  assert.equal(socket.url, "ws://hub/api/realtime?ticket=kt_a&as=grasshopper");
  assert.deepEqual(socket.protocols, ["katydid.realtime.v1"]);
  socket.open();
  assert.deepEqual(await socket.next(), { type: "subscribe", topics: ["resource.*"] });
  socket.say({ type: "subscribed", topics: ["resource.*"], after: "evt_0" });
  assert.equal(saved, "evt_0");
  socket.say(update(1));
  socket.say(update(2));
  assert.deepEqual([await seen.take(), await seen.take()], [1, 2]);
  const opened = hub.next();
  socket.end(1006, "");
  socket = await opened;
  assert.match(socket.url, /kt_b/);
  socket.open();
  assert.equal((await socket.next()).after, "evt_2");
  socket.say({ type: "subscribed", topics: ["resource.*"], after: "evt_2" });
  for (const n of [2, 3]) socket.say(update(n));
  assert.equal(await seen.take(), 3);
  await new Promise(setImmediate);
  assert.equal(saved, "evt_3");
});

test("what is not acknowledged is sent again with the same id, what is refused is told", async (t) => {
  const { hub, realtime } = platform(t, { publish: [{ id: "p0", name: "a.b", payload: 0 }] });
  const first = realtime.publish({ id: "p1", name: "a.b", payload: 1, occurredAt: new Date(0) });
  const second = realtime.publish({ name: "a.b", payload: 2 });
  let socket = await hub.next();
  socket.open();
  const told = [];
  for (let i = 0; i < 4; i += 1) told.push(await socket.next());
  assert.deepEqual(told.map((each) => each.payload), [undefined, 1, 2, 0]);
  assert.equal(told[1].occurredAt, "1970-01-01T00:00:00.000Z");
  assert.match(told[2].id, /^[0-9a-f]{32}$/);
  socket.say({ type: "accepted", ref: told[1].ref, id: "evt_1", duplicate: false });
  assert.deepEqual(await first, { id: "evt_1", duplicate: false });
  const opened = hub.next();
  socket.end(1001, "the hub is ending");
  socket = await opened;
  socket.open();
  assert.equal((await socket.next()).type, "subscribe");
  assert.deepEqual(await socket.next(), told[2]);
  assert.deepEqual(await socket.next(), told[3]);
  socket.say({ type: "refused", ref: told[2].ref, detail: "later", retry_after: "1s" });
  assert.deepEqual(await socket.next(), told[2]);
  socket.say({ type: "refused", ref: told[2].ref, detail: "no" });
  await assert.rejects(second, { status: 422, message: "no" });
});

test("what no connection could carry is refused at once, and the next goes out", async (t) => {
  const { hub, realtime } = platform(t);
  const socket = await hub.next();
  socket.open();
  await socket.next();
  const large = { name: "a.b", payload: "é".repeat(600_000) };
  await assert.rejects(realtime.publish(large), { name: "KatydidError", status: 413 });
  await assert.rejects(realtime.publish({ name: "a.b", payload: 1n }), TypeError);
  await assert.rejects(realtime.publish({ name: "a.b", occurredAt: new Date(NaN) }), RangeError);
  void realtime.publish({ name: "a.b", payload: 1 }).catch(() => {});
  assert.equal((await socket.next()).payload, 1);
});

test("a handler that is far behind gets no more until it has caught up", async (t) => {
  let release;
  const held = new Promise((done) => (release = done));
  const states = [];
  let count = 0;
  const { hub } = platform(t, {
    on: async () => {
      await held;
      count += 1;
    },
    onState: (state, reason) => states.push(reason ?? state),
  });
  let socket = await hub.next();
  socket.open();
  socket.say({ type: "subscribed", topics: [], after: "evt_0" });
  for (let n = 1; n <= 1000; n += 1) socket.say(update(n));
  const opened = hub.next();
  release();
  socket = await opened;
  assert.equal(count, 1000);
  socket.open();
  assert.equal((await socket.next()).after, "evt_1000");
  assert.deepEqual(states, ["connecting", "connected", "the handler is behind", "connecting"]);
});

test("a key that is not good, or wrong topics, end it; close() lets the handler return", async (t) => {
  for (const [end, status] of [
    [(socket) => socket.end(4401, "the API key was revoked"), 401],
    [(socket) => socket.say({ type: "error", detail: "/topics/0 has blanks" }), 422],
  ]) {
    const { hub, realtime } = platform(t);
    const socket = await hub.next();
    const waiting = realtime.publish({ name: "a.b", payload: 1 });
    socket.open();
    end(socket);
    await assert.rejects(realtime.ended, (error) => error instanceof KatydidError && error.status === status);
    await assert.rejects(waiting, { status: 0 });
    assert.equal(realtime.state, "ended");
  }
  let isDone = false;
  const begun = queue();
  const { hub, realtime } = platform(t, {
    on: async () => {
      begun.put(1);
      await new Promise(setImmediate);
      isDone = true;
    },
  });
  const socket = await hub.next();
  socket.open();
  socket.say(update(1));
  await begun.take();
  await realtime.close();
  assert.equal(isDone, true);
});
