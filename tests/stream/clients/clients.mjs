// Clients that people use, against a running hub: npm's `ws` and `eventsource`, and Chromium.
//
//   node clients.mjs FOLDER SDK      FOLDER: where the packages are or are put, SDK: the built sdk/typescript
//
// Exit status 77 where the packages cannot be had.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cuttingProxy } from "../../../sdk/typescript/test/support/cutting_proxy.mjs";
import { startHub, test } from "../../../sdk/typescript/test/support/programs.mjs";
import { queue } from "../../../sdk/typescript/test/support/serve.mjs";

const SKIPPED = 77;
const CHROMIUM = "/usr/bin/chromium";
const [folder, sdk] = process.argv.slice(2);

function install() {
  mkdirSync(folder, { recursive: true });
  copyFileSync(new URL("package.json", import.meta.url), join(folder, "package.json"));
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--fetch-retries=1"], {
      cwd: folder,
      stdio: "pipe",
      timeout: 120_000,
    });
  } catch (error) {
    console.log(`skipped: the npm registry cannot be reached here: ${String(error.stderr).slice(-300)}`);
    process.exit(SKIPPED);
  }
}

install();
const require = createRequire(pathToFileURL(join(folder, "package.json")));
const { WebSocket } = require("ws");
const { EventSource } = require("eventsource");
const { KatydidClient, connectRealtime } = await import(pathToFileURL(join(sdk, "dist/index.js")));

async function start(t) {
  const hub = await startHub(t);
  const client = new KatydidClient({ url: hub.url, apiKey: hub.operatorKey });
  const keyFor = async (scope) => (await client.createKey({ name: scope, scopes: [scope] })).key;
  return { hub, client, grasshopper: await keyFor("bridge:atlvs"), atlvs: await keyFor("bridge:grasshopper") };
}

/** A `ws` connection: what it hears, and JSON to say. */
function open(t, hub, key, path, protocol) {
  const socket = new WebSocket(hub.url.replace("http", "ws") + path, protocol, {
    headers: { Authorization: `Bearer ${key}` },
  });
  t.after(() => socket.terminate());
  const heard = queue();
  socket.on("message", (text) => heard.put(JSON.parse(text)));
  socket.on("close", (code, reason) => heard.put({ type: "closed", code, reason: String(reason) }));
  socket.on("error", () => {});
  const say = (frame) => socket.send(JSON.stringify(frame));
  return { socket, heard, say };
}

function realtime(t, options) {
  let tell;
  const connected = new Promise((done) => (tell = done));
  const made = connectRealtime({
    WebSocket,
    ...options,
    onState: (state) => state === "connected" && tell(),
  });
  t.after(() => made.close().catch(() => {}));
  return { made, connected };
}

test("ws consumes a stream, and watches the feed", async (t) => {
  const { hub, client } = await start(t);
  await client.createSubscription({ name: "work", event_types: ["order.*"], handler: { kind: "stream" } });
  const feed = open(t, hub, hub.operatorKey, "/v1/feed?include=deliveries", "katydid.feed.v1");
  await new Promise((done) => feed.socket.on("open", done));
  const consumer = open(t, hub, hub.operatorKey, "/v1/subscriptions/work/consume", "katydid.v1");
  assert.equal((await consumer.heard.take()).type, "hello");
  const { id } = await client.publish({ type: "order.made", data: { n: 1 } });
  const delivery = await consumer.heard.take();
  assert.equal(delivery.payload, '{"n":1}');
  consumer.say({ type: "ack", delivery: delivery.delivery });
  const wanted = new Set([id, "delivered"]);
  while (wanted.size > 0) {
    const told = await feed.heard.take();
    wanted.delete(told.event?.id ?? told.state);
  }
  await client.deleteSubscription({ id: "work" });
  assert.equal((await consumer.heard.take()).code, 4403);
});

test("ws speaks for a platform", async (t) => {
  const { hub, grasshopper, atlvs } = await start(t);
  const hears = open(t, hub, grasshopper, "/api/realtime", "katydid.realtime.v1");
  const says = open(t, hub, atlvs, "/api/realtime", "katydid.realtime.v1");
  await Promise.all([hears, says].map(({ socket }) => new Promise((done) => socket.on("open", done))));
  hears.say({ type: "subscribe", topics: ["resource.*"] });
  assert.equal((await hears.heard.take()).type, "subscribed");
  const at = "2026-06-15T18:00:00.000Z";
  says.say({ type: "publish", ref: "1", id: "r1", name: "resource.updated", occurredAt: at, payload: { id: "r" } });
  const { id, ...accepted } = await says.heard.take();
  assert.deepEqual(accepted, { type: "accepted", ref: "1", duplicate: false });
  assert.deepEqual(await hears.heard.take(), {
    type: "update",
    id,
    name: "resource.updated",
    occurredAt: at,
    payload: { id: "r" },
  });
});

test("eventsource watches the feed, and goes on after a cut where it was", async (t) => {
  const { hub, client } = await start(t);
  const before = await client.publish({ type: "order.made", data: 0 });
  const proxy = await cuttingProxy(t, hub.url);
  const source = new EventSource(`${proxy.url}/v1/feed?after=${before.id}`, {
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${hub.operatorKey}` } }),
  });
  t.after(() => source.close());
  const heard = queue();
  source.addEventListener("event", (message) => heard.put(JSON.parse(message.data).event.id));
  for (let n = 1; n <= 6; n += 1) {
    const { id } = await client.publish({ type: "order.made", data: n });
    assert.equal(await heard.take(), id);
    if (n % 3 === 0) proxy.cut();
  }
});

const browserTest = existsSync(CHROMIUM) ? test : (name) => console.log(`skipped, no Chromium: ${name}`);

/** A page of the hub's own origin that can import the SDK. */
async function openPage(t, hub) {
  const { chromium } = require("playwright-core");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  t.after(() => browser.close());
  const page = await browser.newPage();
  const asked = (route) => {
    const path = new URL(route.request().url()).pathname.slice("/sdk/".length);
    const source = readFileSync(join(sdk, "dist", path), "utf8").replace('"#crypto"', '"/sdk/crypto_web.js"');
    return route.fulfill({ contentType: "text/javascript", body: source });
  };
  await page.route("**/sdk/**", asked);
  await page.goto(`${hub.url}/openapi.json`);
  return page;
}

browserTest("a browser speaks for a platform, by the SDK and tickets", async (t) => {
  const { hub, grasshopper, atlvs } = await start(t);
  const page = await openPage(t, hub);
  const heard = queue();
  const tickets = new KatydidClient({ url: hub.url, apiKey: grasshopper });
  await page.exposeFunction("tell", (what) => heard.put(what));
  await page.exposeFunction("ticket", async () => (await tickets.createTicket({ path: "/api/realtime" })).ticket);
  await page.evaluate(async (url) => {
    const { connectRealtime } = await import("/sdk/index.js");
    window.atlvs = connectRealtime({
      url,
      ticket: window.ticket,
      topics: ["resource.*"],
      on: ({ name, payload }) => window.tell([name, payload.n]),
      onState: (state) => window.tell(state),
    });
  }, hub.url);
  assert.deepEqual([await heard.take(), await heard.take()], ["connecting", "connected"]);
  const sold = queue();
  const other = realtime(t, {
    url: hub.url,
    key: atlvs,
    topics: ["ticket.*"],
    on: ({ payload }) => sold.put(payload.id),
  });
  await other.connected;
  await other.made.publish({ name: "resource.updated", payload: { id: "r", n: 1 } });
  assert.deepEqual(await heard.take(), ["resource.updated", 1]);
  const answer = await page.evaluate(() =>
    window.atlvs.publish({ name: "ticket.sold", payload: { id: "tkt_1" } }),
  );
  assert.equal(answer.duplicate, false);
  assert.equal(await sold.take(), "tkt_1");
});

browserTest("a browser consumes by a WebSocket and watches by its EventSource", async (t) => {
  const { hub, client } = await start(t);
  await client.createSubscription({ name: "work", event_types: ["order.*"], handler: { kind: "stream" } });
  const page = await openPage(t, hub);
  const heard = queue();
  const path = "/v1/subscriptions/work/consume";
  await page.exposeFunction("tell", (what) => heard.put(what));
  const { ticket } = await client.createTicket({ path });
  await page.evaluate(
    ([url, name]) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}?ticket=${name}`, "katydid.v1");
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        window.tell(frame.type);
        if (frame.type === "delivery")
          socket.send(JSON.stringify({ type: "ack", delivery: frame.delivery }));
      };
    },
    [hub.url + path, ticket],
  );
  assert.equal(await heard.take(), "hello");
  const feed = await client.createTicket({ path: "/v1/feed" });
  await page.evaluate(
    (url) =>
      new Promise((done) => {
        const source = new EventSource(url);
        source.onopen = done;
        source.addEventListener("event", (message) => window.tell(JSON.parse(message.data).event.type));
      }),
    `${hub.url}/v1/feed?ticket=${feed.ticket}`,
  );
  await client.publish({ type: "order.made", data: 1 });
  assert.deepEqual([await heard.take(), await heard.take()].sort(), ["delivery", "order.made"]);
});
