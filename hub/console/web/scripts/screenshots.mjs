#!/usr/bin/env node
// Screenshots of the console's and the portal's pages, of a hub that is filled for them.
//
//   node scripts/screenshots.mjs PROGRAM FOLDER [WIDTH,…] [light|dark,…] [VIEW,…]
//
// Those of docs/: … ../../../docs/images 1280 light,dark \
//   overview,events,delivery,subscription-edit,transform,bridge,portal
//
// Needs pngquant, of Debian's package of that name: 256 colours take half the room of all.
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { caller, fillHub, stageAnswers, startHub, startReceiver, until } from "./stage.mjs";

const shrink = promisify(execFile);
const [program, folder, widths = "1280", schemes = "light,dark", wanted = ""] =
  process.argv.slice(2);
const receiver = await startReceiver(stageAnswers);
const hub = await startHub(program, {
  ATLVS_API_URL: `${receiver.url}/api`,
  ATLVS_API_KEY: "key-of-the-stage",
  GRASSHOPPER_API_URL: `${receiver.url}/api`,
  GRASSHOPPER_API_KEY: "key-of-the-stage",
});
const { call, subscriptions } = await fillHub(hub, receiver);
await fillBridge();
const portalLink = await fillPortal();
const first = async (path) => (await call("GET", path)).data[0].id;
const views = {
  overview: "overview",
  events: "events?type=order.*",
  event: `events/${await first("/v1/events?type=order.paid&limit=1")}`,
  deliveries: "deliveries",
  delivery: `deliveries/${await first("/v1/deliveries?state=dead&limit=1")}`,
  subscriptions: "subscriptions",
  subscription: `subscriptions/${subscriptions.invoices.id}`,
  "subscription-edit": `subscriptions/${subscriptions.warehouse.id}/edit`,
  transform: `subscriptions/${subscriptions.analytics.id}/edit`,
  sources: "sources",
  source: `sources/${await first("/v1/sources?limit=1")}`,
  rejected: `rejected/${await first("/v1/rejected?limit=1")}`,
  keys: "keys",
  audit: "audit",
  bridge: "bridge",
  settings: "settings",
  doctor: "doctor",
  portal: "deliveries",
};
const isWanted = (name) => wanted === "" || wanted.split(",").includes(name);

/** What Grasshopper tells ATLVS: events and sales. */
async function fillBridge() {
  const { key } = await call("POST", "/v1/keys", { name: "grasshopper", scopes: ["bridge:atlvs"] });
  const grasshopper = caller({ url: hub.url, key });
  await grasshopper("POST", "/api/production/events", {
    grasshopperId: "evt_harbour_1",
    name: "Harbour Lights",
    startDate: "2026-06-20T18:00:00Z",
    endDate: "2026-06-20T23:00:00Z",
  });
  for (let day = 15; day < 19; day++)
    await grasshopper("POST", "/api/business/sales", {
      eventId: "evt_harbour_1",
      ticketsSold: day - 12,
      revenue: 45 * (day - 12),
      timestamp: `2026-06-${day}T10:00:00Z`,
    });
}

/** A customer of the hub's owner with a subscription that fails. Returns makeLink(). */
async function fillPortal() {
  const tenant = "northwind";
  const branding = { accent: "#3b5bdb", logo: "" };
  await call("PATCH", `/v1/tenants/${tenant}`, { branding });
  for (const [name, path] of [
    ["orders", "/ok"],
    ["invoices", "/invoices"],
  ])
    await call(
      "POST",
      "/v1/subscriptions",
      {
        name,
        event_types: ["order.*"],
        handler: { url: receiver.url + path },
        retry: { statuses: { 500: "dead" } },
      },
      tenant,
    );
  for (let number = 1; number < 9; number++)
    await call("POST", "/v1/events", { type: "order.paid", data: { id: number } }, tenant);
  await until(
    () => call("GET", "/v1/deliveries?state=pending,in_flight", undefined, tenant),
    ({ data }) => data.length === 0,
    "the customer's deliveries",
  );
  return async () => (await call("POST", "/v1/portal-links", { role: "operate" }, tenant)).url;
}

/** The page of a view, as it is to be seen. */
async function open(page, name) {
  if (name === "portal") await page.goto(await portalLink());
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${views[name]}`);
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".loading"));
  if (name === "transform") {
    await page.getByLabel("Preset").selectOption({ label: "Slack" });
    const tried = page.getByLabel("Tried on");
    await tried.waitFor();
    const choices = await tried.locator("option").allInnerTexts();
    await tried.selectOption({ label: choices.find((each) => each.startsWith("order.paid")) });
    const output = page.getByLabel("What would be sent");
    await output.waitFor();
    await output.evaluate((element) => element.scrollIntoView({ block: "end" }));
  }
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400);
}

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
await mkdir(folder, { recursive: true });
for (const width of widths.split(",").map(Number))
  for (const scheme of schemes.split(",")) {
    const page = await browser.newPage({
      viewport: { width, height: width < 500 ? 780 : Math.round(width * 0.5625) },
      colorScheme: scheme,
    });
    page.on("pageerror", (error) => console.error(error));
    page.on("dialog", (dialog) => void dialog.accept());
    await page.goto(`${hub.url}/console/`);
    await page.getByLabel("API key").fill(hub.key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#content").waitFor();
    for (const name of Object.keys(views).filter(isWanted)) {
      await open(page, name);
      const file = join(folder, `${name}-${width}-${scheme}.png`);
      await page.screenshot({ path: file });
      await shrink("pngquant", ["--force", "--ext", ".png", "256", file]);
    }
    await page.close();
  }
await browser.close();
await hub.stop();
await receiver.stop();
