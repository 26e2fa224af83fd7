// What every browser test stands on: a hub with something in it, a receiver, a browser that is signed in.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { fillHub, stageAnswers, startHub, startReceiver } from "../../scripts/stage.mjs";

export const program = process.env.KATYDID_PROGRAM;
if (!program) throw new Error("KATYDID_PROGRAM names the built katydid");

/** \param answers  what the receiver says to each path */
export async function openStage(answers = stageAnswers) {
  const ends = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const receiver = await startReceiver(answers);
    ends.push(receiver.stop);
    const hub = await startHub(program);
    ends.push(hub.stop);
    const filled = await fillHub(hub, receiver);
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    ends.push(() => browser.close());
    return { hub, receiver, browser, ...filled, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A page that fails the test for what it complains of: errors, policy violations, failed requests. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const check = (what) => assert.deepEqual(complaints.splice(0), [], what);
  return { page, context, complaints, check };
}

export async function signIn(page, hub, key = hub.key) {
  await page.goto(`${hub.url}/console/`);
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#content").waitFor();
}

/** Signed in; the answer 401 before that is no complaint. */
export async function openSignedIn(stage, options = {}) {
  const opened = await openPage(stage.browser, options);
  await signIn(opened.page, stage.hub, options.key);
  opened.complaints.length = 0;
  return opened;
}

export async function visit(page, path) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${path}`);
  await page.locator("main h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".loading"));
}

let axe;

/** What axe finds in the page as it is. It is put in by the browser's own means, past the policy. */
export async function findingsOfAxe(page) {
  axe ??= await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  return page
    .evaluate(async (source) => {
      if (!window.axe) (0, eval)(source);
      const { violations, passes } = await window.axe.run(document);
      if (passes.length < 10) return ["axe did not look at the page"];
      return violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map((each) => `${each.html} ${each.failureSummary}`)
            .join(" | ")}`,
      );
    }, axe)
    .catch((error) => [String(error)]);
}

/** Every view there is, with one of everything. */
export async function viewsOf({ call, subscriptions }) {
  const first = async (path) =>
    (await call("GET", `${path}${path.includes("?") ? "&" : "?"}limit=1`)).data[0];
  const dead = await first("/v1/deliveries?state=dead");
  const event = await first("/v1/events?type=order.paid");
  const source = await first("/v1/sources");
  const rejected = await first("/v1/rejected");
  return {
    overview: "overview",
    events: "events",
    event: `events/${event.id}`,
    deliveries: "deliveries",
    delivery: `deliveries/${dead.id}`,
    jobs: "jobs",
    subscriptions: "subscriptions",
    subscription: `subscriptions/${subscriptions.invoices.id}`,
    "subscription-new": "subscriptions/new",
    "subscription-edit": `subscriptions/${subscriptions.warehouse.id}/edit`,
    sources: "sources",
    source: `sources/${source.id}`,
    "source-new": "sources/new",
    "source-edit": `sources/${source.id}/edit`,
    "rejected-list": "rejected",
    rejected: `rejected/${rejected.id}`,
    "event-types": "event_types",
    "event-type": "event_types/order.paid",
    "event-type-edit": "event_types/order.paid/edit",
    "event-type-new": "event_types/+new",
    keys: "keys",
    sessions: "sessions",
    tenants: "tenants",
    audit: "audit",
    limits: "limits",
    bridge: "bridge",
    identities: "identities",
    settings: "settings",
    certificates: "certificates",
    doctor: "doctor",
  };
}
