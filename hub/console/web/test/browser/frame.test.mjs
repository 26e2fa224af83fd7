// The portal in a frame of another site, over TLS with certificates of `katydid certs dev`: how its
// session begins and ends under the rules for cookies of third parties. KATYDID_PROGRAM names the hub.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startHub } from "../../scripts/stage.mjs";
import { openPage, program } from "./stage.mjs";

const ends = [];
let hub;
let ca;
let host;
let browser;

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "katydid-certs-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  execFileSync(program, ["certs", "dev", "--dir", folder]);
  const file = (name) => join(folder, name);
  hub = await startHub(program, {
    KATYDID_TLS_CERTIFICATE_FILE: file("server.pem"),
    KATYDID_TLS_KEY_FILE: file("server.key"),
  });
  ends.push(hub.stop);
  ca = await readFile(file("ca.pem"));
  host = await startHost(await readFile(file("server.pem")), await readFile(file("server.key")));
  await call("POST", "/v1/subscriptions", {
    name: "invoices",
    event_types: ["*"],
    handler: { url: "https://127.0.0.1:9/" },
  });
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    // Cookies of third parties only where they are partitioned, as browsers are about to have it.
    args: ["--no-sandbox", "--test-third-party-cookie-phaseout"],
  });
  ends.push(() => browser.close());
});
after(async () => {
  for (const end of ends.reverse()) await end();
});

/** Another site: on localhost, while the hub is at 127.0.0.1. */
async function startHost(cert, key) {
  const server = https.createServer({ cert, key }, (request, response) => {
    const url = new URL(request.url, "https://host").searchParams.get("url");
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>host</title><iframe src="${url}"></iframe>`);
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  ends.push(() => (server.close(), server.closeAllConnections()));
  return `https://localhost:${server.address().port}`;
}

function call(method, path, body) {
  return new Promise((done, fail) => {
    const headers = { Authorization: `Bearer ${hub.key}`, "Content-Type": "application/json" };
    const request = https.request(hub.url + path, { method, ca, headers }, async (response) => {
      const text = (await response.toArray()).join("");
      if (response.statusCode < 300) done(text && JSON.parse(text));
      else fail(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
    });
    request.on("error", fail).end(body && JSON.stringify(body));
  });
}

/** A person in the frame of the host's page. */
async function openFrame() {
  const link = await call("POST", "/v1/portal-links", { role: "operate", frame_origins: [host] });
  const opened = await openPage(browser, { ignoreHTTPSErrors: true });
  const { page } = opened;
  await page.goto(`${host}/?url=${encodeURIComponent(link.url)}`);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("cell", { name: "invoices" }).waitFor();
  const reload = () => page.frames()[1].evaluate(() => location.reload());
  return { ...opened, frame, reload };
}

test("a person signs in and out in a frame, and leaves no cookie", async () => {
  const { page, context, frame, reload, check } = await openFrame();
  const [cookie, ...others] = await context.cookies();
  assert.equal(cookie.name, "__Host-katydid-portal");
  assert.equal(cookie.partitionKey, "https://localhost");
  assert.deepEqual([cookie.secure, cookie.httpOnly, others.length], [true, true, 0]);
  await reload();
  await frame.getByRole("cell", { name: "invoices" }).waitFor();
  await frame.getByRole("link", { name: "invoices" }).click();
  await frame.getByRole("button", { name: "Copy" }).first().click();
  await frame.getByRole("button", { name: "Copied" }).waitFor();
  await context.grantPermissions(["clipboard-read"], { origin: host });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, "https://127.0.0.1:9/");
  // A frame of another site may not ask by the browser's dialogs.
  await frame.getByRole("button", { name: "Edit" }).click();
  await frame.getByLabel("timeout", { exact: true }).fill("25s");
  await frame.getByRole("button", { name: "Cancel" }).click();
  await frame.getByRole("button", { name: "Leave" }).click();
  await frame.getByRole("heading", { name: "Latest deliveries" }).waitFor();
  check("in the frame");
  await frame.getByRole("button", { name: "Sign out" }).click();
  await frame.getByText("A link is good once.").waitFor();
  assert.deepEqual(await context.cookies(), []);
  await context.close();
});

test("a session that ends leaves the page below the word as it was", async () => {
  const { context, frame } = await openFrame();
  const look = () =>
    frame.locator("html").evaluate((html) => ({
      side: html.querySelector("nav.side").textContent,
      actions: [...html.querySelectorAll("main button.primary")].map((each) => each.textContent),
    }));
  const before = await look();
  assert.match(before.side, /^default.*Deliveries/);
  assert.deepEqual(before.actions, ["New subscription"]);
  const { data } = await call("GET", "/v1/sessions");
  await call("DELETE", `/v1/sessions/${data.find(({ kind }) => kind === "portal").id}`);
  await frame.getByRole("dialog").getByText("The session has ended.").waitFor();
  assert.deepEqual(await look(), before);
  await context.close();
});

test("a session that an admin ends is told in the frame, also after a reload", async () => {
  const { context, frame, reload } = await openFrame();
  const { data } = await call("GET", "/v1/sessions");
  await call("DELETE", `/v1/sessions/${data.find(({ kind }) => kind === "portal").id}`);
  await frame.getByRole("dialog").getByText("The session has ended.").waitFor();
  await reload();
  await frame.getByRole("alert").getByText("The session has ended.").waitFor();
  await context.close();
});
