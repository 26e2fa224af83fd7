#!/usr/bin/env node
// Screenshots of the console's pages, of a hub that is filled for them.
//
//   node scripts/screenshots.mjs PROGRAM FOLDER [WIDTH,…] [light|dark,…] [VIEW,…]
//
// Those of docs/console.md: … ../../../docs/images 1280 light overview,delivery
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startDevServer } from "./dev.mjs";
import { fillHub, stageAnswers, startHub, startReceiver } from "./stage.mjs";

const [program, folder, widths = "1280", schemes = "light,dark", wanted = ""] =
  process.argv.slice(2);
const receiver = await startReceiver(stageAnswers);
const hub = await startHub(program);
const { call, subscriptions } = await fillHub(hub, receiver);
const dead = (await call("GET", "/v1/deliveries?state=dead&limit=1")).data[0];
const event = (await call("GET", "/v1/events?type=order.paid&limit=1")).data[0];
const rejected = (await call("GET", "/v1/rejected?limit=1")).data[0];
const source = (await call("GET", "/v1/sources?limit=1")).data[0];
const views = {
  overview: "overview",
  events: "events",
  event: `events/${event.id}`,
  deliveries: "deliveries",
  delivery: `deliveries/${dead.id}`,
  subscriptions: "subscriptions",
  subscription: `subscriptions/${subscriptions.invoices.id}`,
  "subscription-edit": `subscriptions/${subscriptions.warehouse.id}/edit`,
  sources: "sources",
  source: `sources/${source.id}`,
  rejected: `rejected/${rejected.id}`,
  keys: "keys",
  audit: "audit",
  bridge: "bridge",
  settings: "settings",
  doctor: "doctor",
};
const dev = await startDevServer({ hub: hub.url, key: hub.key });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
await mkdir(folder, { recursive: true });
for (const width of widths.split(",").map(Number))
  for (const scheme of schemes.split(",")) {
    const page = await browser.newPage({
      viewport: { width, height: width < 500 ? 780 : Math.round(width * 0.62) },
      colorScheme: scheme,
    });
    page.on("console", (message) => message.type() === "error" && console.error(message.text()));
    page.on("pageerror", (error) => console.error(error));
    for (const [name, path] of Object.entries(views)) {
      if (wanted !== "" && !wanted.split(",").includes(name)) continue;
      await page.goto(`${dev.url}#/${path}`);
      await page.locator("h1").first().waitFor();
      await page.waitForLoadState("load");
      await page.waitForFunction(() => !document.querySelector(".loading"));
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) });
    }
    await page.close();
  }
await browser.close();
await dev.bundle.dispose();
dev.server.close();
dev.server.closeAllConnections();
await hub.stop();
await receiver.stop();
