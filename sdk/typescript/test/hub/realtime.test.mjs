// connectRealtime() and consume() against a running hub, over connections that break.
import assert from "node:assert/strict";
import { connectRealtime, KatydidClient } from "@katydid/sdk";
import { cuttingProxy } from "../support/cutting_proxy.mjs";
import { startHub, test } from "../support/programs.mjs";
import { queue } from "../support/serve.mjs";
import { WebSocket } from "../support/websocket.mjs";

async function platforms(t) {
  const hub = await startHub(t);
  const operator = new KatydidClient({ url: hub.url, apiKey: hub.operatorKey });
  const keyFor = async (scope) => (await operator.createKey({ name: scope, scopes: [scope] })).key;
  return { hub, operator, grasshopper: await keyFor("bridge:atlvs"), atlvs: await keyFor("bridge:grasshopper") };
}

function opened(t, options) {
  let connected = 0;
  const waiting = [];
  const realtime = connectRealtime({
    WebSocket,
    topics: ["*"],
    ...options,
    onState: (state) => {
      if (state !== "connected") return;
      connected += 1;
      for (const each of waiting.splice(0)) each();
    },
  });
  t.after(() => realtime.close().catch(() => {}));
  const isConnected = async (times) => {
    while (connected < times) await new Promise((done) => waiting.push(done));
  };
  return { realtime, isConnected };
}

const CUTS = 100;

// Goal: nothing is lost or comes twice, in either direction, however often the connection breaks.
test("over 100 cuts each update is handled once, in order, and each event is stored once", async (t) => {
  const { hub, operator, grasshopper, atlvs } = await platforms(t);
  const proxy = await cuttingProxy(t, hub.url);
  const seen = [];
  let enough;
  const all = new Promise((done) => (enough = done));
  const count = 5 * CUTS;
  const hears = opened(t, {
    url: proxy.url,
    key: grasshopper,
    on: ({ payload }) => {
      seen.push(payload.n);
      if (seen.length === count) enough();
    },
  });
  await hears.isConnected(1);
  const says = opened(t, { url: proxy.url, key: atlvs, topics: ["ticket.sold"], on: () => {} });
  const published = [];
  for (let cut = 0; cut < CUTS; cut += 1) {
    for (let n = 5 * cut; n < 5 * cut + 5; n += 1) {
      published.push(says.realtime.publish({ name: "resource.updated", payload: { id: "r", n } }));
      if (n % 5 === cut % 5) await published.at(-1);
    }
    if (cut % 3 === 0) await hears.isConnected(1 + cut / 3);
    proxy.cut();
  }
  const ids = (await Promise.all(published)).map((each) => each.id);
  await all;
  assert.equal(new Set(ids).size, count);
  assert.deepEqual(seen, Array.from({ length: count }, (_, n) => n));
  const stored = await operator.listEvents({ limit: 1, source: "atlvs" });
  assert.equal(stored.data.length, 1);
});

// Goal: what was handled is not handled again by the next process, what was not is.
test("it goes on from the saved position, and a handler that throws gets the update again", async (t) => {
  const { hub, grasshopper, atlvs } = await platforms(t);
  let saved;
  const position = { load: () => saved, save: (id) => void (saved = id) };
  const seen = [];
  const errors = [];
  const turn = async (stopAt) => {
    const options = { url: hub.url, key: grasshopper, position, onError: (what) => errors.push(what) };
    let stop;
    const stopped = new Promise((done) => (stop = done));
    const on = {
      "resource.*": ({ name, payload }) => {
        if (payload.n === 2 && errors.length === 0) throw new Error("busy");
        seen.push(`${name} ${payload.n}`);
        if (payload.n === stopAt) stop();
      },
    };
    const { realtime, isConnected } = opened(t, { ...options, topics: ["resource.*"], on });
    await isConnected(1);
    return { stopped, close: () => realtime.close() };
  };
  const says = opened(t, { url: hub.url, key: atlvs, on: () => {} }).realtime;
  const publish = (n) => says.publish({ id: `e${n}`, name: "resource.updated", payload: { n } });
  let process = await turn(3);
  for (const n of [1, 2, 3]) await publish(n);
  await process.stopped;
  await process.close();
  for (const n of [4, 5]) await publish(n);
  assert.equal((await publish(5)).duplicate, true);
  process = await turn(5);
  await process.stopped;
  await process.close();
  assert.deepEqual(seen, [1, 2, 3, 4, 5].map((n) => `resource.updated ${n}`));
  assert.deepEqual(errors, ["busy"]);
});

// Goal: what another try cannot change is said, and ends it.
test("a wrong key, a missing scope, wrong topics and a refused event are told apart", async (t) => {
  const { hub, operator, grasshopper } = await platforms(t);
  const other = (await operator.createKey({ name: "o", scopes: ["events:read"] })).key;
  const end = async (options) => {
    const { realtime } = opened(t, { url: hub.url, on: () => {}, ...options });
    return realtime.ended.then(
      () => assert.fail("it did not end"),
      (error) => error.status,
    );
  };
  assert.equal(await end({ key: "kd_live_wrong" }), 401);
  assert.equal(await end({ key: other }), 403);
  assert.equal(await end({ key: hub.operatorKey }), 422);
  assert.equal(await end({ key: grasshopper, topics: ["a b"] }), 422);
  const { realtime } = opened(t, { url: hub.url, key: grasshopper, on: () => {} });
  await assert.rejects(realtime.publish({ name: "katydid.x", payload: 1 }), { status: 422 });
  await realtime.close();
  await assert.rejects(realtime.publish({ name: "a.b", payload: 1 }), { status: 0 });
  assert.equal(realtime.state, "ended");
});

// Goal: a consumer's work is done over cuts, too, each event acknowledged.
test("consume() answers for every delivery over cuts of the connection", async (t) => {
  const { hub, operator } = await platforms(t);
  const proxy = await cuttingProxy(t, hub.url);
  await operator.createSubscription({ name: "work", event_types: ["order.*"], handler: { kind: "stream" } });
  const client = new KatydidClient({ url: proxy.url, apiKey: hub.operatorKey });
  const seen = new Set();
  const stop = new AbortController();
  let enough;
  const all = new Promise((done) => (enough = done));
  const consuming = client.consume({
    subscription: "work",
    WebSocket,
    signal: stop.signal,
    handler: (delivery) => {
      seen.add(delivery.json().n);
      if (seen.size === 60) enough();
    },
  });
  for (let n = 0; n < 60; n += 1) {
    await operator.publish({ type: "order.made", data: { n } });
    if (n % 15 === 14) proxy.cut();
  }
  await all;
  for (;;) {
    const { data } = await operator.listDeliveries({ subscription: "work", state: "delivered", limit: 100 });
    if (data.length === 60) break;
  }
  stop.abort();
  await consuming;
});

// Goal: a hub that vanishes without closing is noticed, and the work goes on by a new connection.
test("consume() and connectRealtime() leave a hub that fell silent", async (t) => {
  const { hub, operator, grasshopper, atlvs } = await platforms(t);
  t.mock.timers.enable({ apis: ["setInterval"] });
  const proxy = await cuttingProxy(t, hub.url);
  await operator.createSubscription({ name: "work", event_types: ["order.*"], handler: { kind: "stream" } });
  const client = new KatydidClient({ url: proxy.url, apiKey: hub.operatorKey });
  const stop = new AbortController();
  const states = queue();
  const seen = queue();
  const consuming = client.consume({
    subscription: "work",
    WebSocket,
    signal: stop.signal,
    onState: (state, reason) => states.put(reason ?? state),
    handler: (delivery) => seen.put(delivery.json().n),
  });
  const hears = opened(t, { url: proxy.url, key: grasshopper, on: ({ payload }) => seen.put(payload.n) });
  const says = opened(t, { url: hub.url, key: atlvs, topics: ["ticket.sold"], on: () => {} });
  await Promise.all([hears.isConnected(1), says.isConnected(1)]);
  assert.deepEqual([await states.take(), await states.take()], ["connecting", "connected"]);
  proxy.swallow();
  await operator.publish({ type: "order.made", data: { n: 1 } });
  await says.realtime.publish({ name: "resource.updated", payload: { id: "r", n: 2 } });
  t.mock.timers.tick(39_000);
  assert.equal(await states.take(), "the hub is silent");
  assert.deepEqual([await seen.take(), await seen.take()].sort(), [1, 2]);
  await hears.isConnected(2);
  stop.abort();
  await consuming;
});
