// `npm pack`, installed into examples/nextjs, built and run between a hub and a simulated ATLVS.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  ATLVS_KEY,
  ATLVS_SECRET,
  postJson,
  startATLVS,
  startHub,
  test,
} from "../support/programs.mjs";
import { queue } from "../support/serve.mjs";

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLE = join(process.env.KATYDID_SOURCE ?? join(PACKAGE, "../.."), "examples/nextjs");
let app;

before(async () => {
  app = await mkdtemp(join(tmpdir(), "katydid-sdk-"));
  await run("npm", ["pack", "--offline", "--pack-destination", app], { cwd: PACKAGE });
  const packed = (await readdir(app)).find((name) => name.endsWith(".tgz"));
  const isSource = (path) => !/\/(node_modules|build|package-lock\.json)$/.test(path);
  await cp(EXAMPLE, app, { recursive: true, filter: isSource });
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(app, packed)], {
    cwd: app,
  });
  await run("tsc", ["-p", "."], { cwd: app }).catch((error) => assert.fail(error.stdout));
});
after(() => rm(app, { recursive: true }));

/** The app at a free port: its URL, and the lines that it prints. */
async function startApp(t, variables) {
  const lines = queue();
  const child = spawn(process.execPath, ["serve.mjs"], {
    cwd: app,
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, PORT: "0", ...variables },
  });
  const ended = once(child, "exit");
  createInterface(child.stdout).on("line", lines.put);
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const first = await Promise.race([
    lines.take(),
    ended.then(() => assert.fail("the app ended by itself")),
  ]);
  return { url: first.replace("listening on ", ""), next: lines.take };
}

async function eventRow(appUrl) {
  return (await (await fetch(`${appUrl}/api/events`)).json())[0];
}

async function stage(t) {
  const atlvs = await startATLVS(t);
  const hub = await startHub(t, { ATLVS_API_URL: `${atlvs.url}/api`, ATLVS_API_KEY: ATLVS_KEY });
  const authorization = { Authorization: `Bearer ${hub.operatorKey}` };
  const { key } = await postJson(
    `${hub.url}/v1/keys`,
    { name: "app", scopes: ["bridge:atlvs"] },
    authorization,
  );
  const secret = `whsec_${Buffer.from("what the hub and the app share").toString("base64")}`;
  const grasshopper = await startApp(t, {
    ATLVS_API_URL: `${hub.url}/api`,
    ATLVS_API_KEY: key,
    ATLVS_WEBHOOK_SECRET: ATLVS_SECRET,
    KATYDID_WEBHOOK_SECRET: secret,
  });
  const handler = { kind: "endpoint", url: `${grasshopper.url}/api/webhooks/atlvs` };
  await postJson(
    `${hub.url}/v1/subscriptions`,
    {
      name: "webhooks",
      sources: ["atlvs"],
      event_types: ["*"],
      handler,
      dialect: "grasshopper",
      secret: ATLVS_SECRET,
    },
    authorization,
  );
  await postJson(
    `${hub.url}/v1/subscriptions`,
    {
      name: "results",
      sources: ["bridge"],
      event_types: ["production.created", "sales.recorded"],
      handler,
      secret,
    },
    authorization,
  );
  return { atlvs, hub, grasshopper };
}

test("the package holds what it needs and no more", async () => {
  const installed = join(app, "node_modules/@katydid/sdk");
  assert.deepEqual((await readdir(installed)).sort(), [
    "LICENSE",
    "README.md",
    "dist",
    "package.json",
  ]);
  const lock = await readFile(join(app, "package-lock.json"), "utf8");
  assert.deepEqual(Object.keys(JSON.parse(lock).packages).sort(), [
    "",
    "node_modules/@katydid/sdk",
  ]);
});

test("ATLVS's webhooks reach the app's route", async (t) => {
  const { atlvs, hub, grasshopper } = await stage(t);
  await atlvs.post(12, hub.url);
  // The simulator's dozen is the same each time; the app says one line for each webhook.
  await waitFor(grasshopper, "webhook resource.updated", "webhook artist.updated");
});

// Goal: the guide's first story, with ATLVS up.
test("an event is created, and the app learns the production's id", async (t) => {
  const { grasshopper } = await stage(t);
  const wrong = await fetch(`${grasshopper.url}/api/events`, {
    method: "POST",
    body: '{"id":"e1","name":"Night"}',
  });
  assert.equal(wrong.status, 422);
  await postJson(`${grasshopper.url}/api/events`, {
    id: "e1",
    name: "Night",
    start_date: "2026-06-15T18:00:00Z",
  });
  await waitFor(grasshopper, "webhook production.created");
  assert.match((await eventRow(grasshopper.url)).production_id, /^prd_/);
});

// Goal: both stories with ATLVS down: the users notice nothing, and ATLVS has everything in the end.
test("ATLVS is down, events and sales go on, and arrive once", async (t) => {
  const { atlvs, grasshopper } = await stage(t);
  await atlvs.setMode("down");
  await postJson(`${grasshopper.url}/api/events`, {
    id: "e1",
    name: "Night",
    start_date: "2026-06-15T18:00:00Z",
  });
  const order = {
    id: "o1",
    event_id: "e1",
    tickets: 2,
    total: 90,
    paid_at: "2026-06-15T18:00:00Z",
  };
  await waitFor(grasshopper, "event e1 queued");
  for (let times = 0; times < 2; ++times) {
    await postJson(`${grasshopper.url}/api/checkout`, order);
    await waitFor(grasshopper, "order o1 queued");
  }
  assert.equal((await eventRow(grasshopper.url)).production_id, undefined);
  await atlvs.setMode("ok");
  await waitFor(grasshopper, "webhook production.created", "webhook sales.recorded");
  assert.match((await eventRow(grasshopper.url)).production_id, /^prd_/);
  const { entries } = await atlvs.writes();
  assert.deepEqual(
    entries.map((each) => each.call),
    ["event", "sale"],
  );
});

// Goal: the page with the widget holds a token for its event and its site, and never a key.
test("the figures' page has a token for this event and this site, and no key", async (t) => {
  const hub = await startHub(t, {});
  const authorization = { Authorization: `Bearer ${hub.operatorKey}` };
  const body = { name: "page", scopes: ["bridge:grasshopper"] };
  const { key } = await postJson(`${hub.url}/v1/keys`, body, authorization);
  const { url } = await startApp(t, { KATYDID_URL: hub.url, KATYDID_EMBED_KEY: key });
  const id = 'e1"><script>alert(1)</script>&';
  const page = await fetch(`${url}/events/figures?id=${encodeURIComponent(id)}`);
  const html = await page.text();
  assert.equal(page.status, 200, html);
  assert.ok(!html.includes(key) && !html.includes("<script>"), html);
  assert.ok(html.includes(`<script src="${hub.url}/embed/widgets.js" defer>`));
  assert.ok(html.includes('event-id="e1&quot;>&lt;script>alert(1)&lt;/script>&amp;"'), html);

  const [, token] = /token="([^"]+)"/.exec(html);
  const figures = (event, origin) =>
    fetch(`${hub.url}/embed/analytics?event_id=${encodeURIComponent(event)}`, {
      headers: { Authorization: `Bearer ${token}`, Origin: origin },
    });
  const own = await figures(id, url);
  assert.equal(own.headers.get("access-control-allow-origin"), url);
  assert.notEqual(own.status, 403);
  assert.equal((await figures("e2", url)).status, 403);
  assert.equal((await figures(id, "https://other.example")).status, 403);

  const without = await startApp(t, { KATYDID_URL: hub.url });
  const refused = await fetch(`${without.url}/events/figures?id=e1`);
  assert.equal(refused.status, 503);
});

/** Reads the app's lines until each of these has been there. */
async function waitFor(grasshopper, ...beginnings) {
  const missing = new Set(beginnings);
  while (missing.size > 0) {
    const line = await grasshopper.next();
    for (const each of missing) if (line.startsWith(each)) missing.delete(each);
  }
}
