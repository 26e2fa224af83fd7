#!/usr/bin/env node
// The console under a stream of events: how soon an event is on the screen, and how much the page
// grows. Fails over 1 s or 150 MB.
//
//   node scripts/live_load.mjs PROGRAM [MINUTES=10] [EVENTS_PER_SECOND=1000]
import { readdir, readFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { startHub } from "./stage.mjs";

const SEEN_MS_MAX = 1_000;
const GROWTH_MB_MAX = 150;
const BATCHES = 20;
const [program, minutes = "10", rate = "1000"] = process.argv.slice(2);
const hub = await startHub(program);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--js-flags=--expose-gc"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });

/** \param view  what is looked at */
async function open(view) {
  const page = await context.newPage();
  await page.goto(`${hub.url}/console/${view}`);
  return page;
}

const first = await open("");
await first.getByLabel("API key").fill(hub.key);
await first.getByRole("button", { name: "Sign in" }).click();
await first.locator("#content").waitFor();
await first.close();
// One page shows everything as it comes, another one what is looked for among it.
const everything = await open("#/events");
const page = await open("#/events?type=marked.*");
for (const each of [everything, page]) await each.locator("main h1").first().waitFor();

async function publish(lines) {
  const response = await fetch(`${hub.url}/v1/events`, {
    method: "POST",
    headers: { Authorization: `Bearer ${hub.key}`, "Content-Type": "application/x-ndjson" },
    body: lines.map((each) => JSON.stringify(each)).join("\n"),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

/** Of all processes of the browser that draw pages, the largest: MB. */
async function rendererMb() {
  let largest = 0;
  for (const id of await readdir("/proc")) {
    if (!/^\d+$/.test(id)) continue;
    const command = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
    if (!command.includes("--type=renderer")) continue;
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    const kb = /VmRSS:\s+(\d+)/.exec(status)?.[1];
    largest = Math.max(largest, Number(kb ?? 0) / 1024);
  }
  return largest;
}

const end = Date.now() + Number(minutes) * 60_000;
let sent = 0;
const load = (async () => {
  const begin = Date.now();
  while (Date.now() < end) {
    const due = Math.floor(((Date.now() - begin) / 1000) * Number(rate));
    const count = Math.min(due - sent, Math.ceil(Number(rate) / BATCHES) * 4);
    if (count > 0) {
      await publish(
        Array.from({ length: count }, (_, index) => ({
          type: `order.step${(sent + index) % 7}`,
          data: { id: sent + index, total: 1999, currency: "EUR", note: "x".repeat(200) },
        })),
      );
      sent += count;
    }
    await new Promise((done) => setTimeout(done, 1000 / BATCHES));
  }
})();

const seen = [];
await new Promise((done) => setTimeout(done, 10_000));
for (const each of [everything, page]) await each.evaluate(() => globalThis.gc?.());
const before = await rendererMb();
for (let number = 0; Date.now() < end - 6_000; number++) {
  const type = `marked.number${number}`;
  const begin = Date.now();
  await publish([{ type, data: {} }]);
  await page.getByText(type, { exact: true }).first().waitFor({ timeout: 20_000 });
  seen.push(Date.now() - begin);
  await new Promise((done) => setTimeout(done, 4_000));
}
await load;
for (const each of [everything, page]) await each.evaluate(() => globalThis.gc?.());
const growth = (await rendererMb()) - before;
seen.sort((a, b) => a - b);
const median = seen[Math.floor(seen.length / 2)];
const slowest = seen.at(-1);
console.log(
  `${sent} events in ${minutes} min; seen after ${median} ms (median), ${slowest} ms (slowest of ${seen.length}); the page grew by ${growth.toFixed(0)} MB from ${before.toFixed(0)} MB`,
);
await browser.close();
await hub.stop();
process.exitCode = slowest <= SEEN_MS_MAX && growth <= GROWTH_MB_MAX ? 0 : 1;
