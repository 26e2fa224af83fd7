// <katydid-analytics> in a page of another origin, with a strict policy, against a real hub.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { caller, startHub, startReceiver } from "../../scripts/stage.mjs";
import { openPage, program } from "./stage.mjs";

const EVENT = "evt_harbour_1";
let hub;
let atlvs;
let site;
let browser;
let grasshopper;
let isAway = false;

/** A server of another origin: what() makes its page. */
async function startSite(what) {
  const server = http.createServer((_request, response) => {
    const policy = `default-src 'none'; script-src ${hub.url}; connect-src ${hub.url}`;
    response.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": policy });
    response.end(what());
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stop = () => (server.closeAllConnections(), server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

let html = "";

before(async () => {
  atlvs = await startReceiver((path) => {
    if (isAway) return { status: 503 };
    if (path.startsWith("/api/intelligence/analytics"))
      return {
        status: 200,
        body: '{"ticketSales":{"total":9},"resourceUtilisation":0.75,"budget":{"planned":40000,"actual":38250},"attendancePrediction":3100}',
      };
    return { status: 200, body: '{"id":"sale_1","status":"ok"}' };
  });
  hub = await startHub(program, {
    ATLVS_API_URL: `${atlvs.url}/api`,
    ATLVS_API_KEY: "key-of-the-stage",
    KATYDID_BRIDGE_FRESH_MAX: "1ms",
  });
  const call = caller(hub);
  const key = async (scope) =>
    (await call("POST", "/v1/keys", { name: scope, scopes: [scope] })).key;
  grasshopper = caller({ url: hub.url, key: await key("bridge:grasshopper") });
  const toAtlvs = caller({ url: hub.url, key: await key("bridge:atlvs") });
  for (const [day, ticketsSold] of [
    ["2026-06-15", 3],
    ["2026-06-17", 4],
  ])
    await toAtlvs("POST", "/api/business/sales", {
      eventId: EVENT,
      ticketsSold,
      revenue: 45 * ticketsSold,
      timestamp: `${day}T10:00:00Z`,
    });
  site = await startSite(() => html);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  site?.stop();
  await hub?.stop();
  await atlvs?.stop();
});

async function makeToken(more = {}) {
  const body = { widget: "analytics", event_id: EVENT, origins: [site.url], ...more };
  return (await grasshopper("POST", "/v1/embed-tokens", body)).token;
}

/** The example's own plain page, filled in. */
async function openWidget({ token, event = EVENT, ...options }) {
  const file = new URL("../../../../../examples/widgets/index.html", import.meta.url);
  html = (await readFile(process.env.KATYDID_WIDGET_PAGE ?? file, "utf8"))
    .replaceAll('src="HUB', `src="${hub.url}`)
    .replace('"EVENT"', `"${event}"`)
    .replace('"TOKEN"', `"${token}"`);
  const opened = await openPage(browser, options);
  await opened.page.goto(site.url);
  const widget = opened.page.locator("katydid-analytics");
  return { ...opened, widget };
}

test("the script is small, and pages of any origin may load it", async () => {
  const response = await fetch(`${hub.url}/embed/widgets.js`);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  const bytes = gzipSync(Buffer.from(await response.arrayBuffer()), { level: 9 }).length;
  console.log(`widgets: ${bytes} bytes compressed`);
  assert.ok(bytes <= 60_000);
});

test("the figures are shown, as charts and as a table, without complaint of page or axe", async () => {
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  for (const colorScheme of ["light", "dark"]) {
    const { page, context, widget, check } = await openWidget({
      token: await makeToken(),
      colorScheme,
    });
    await widget.getByText("9 Tickets · €315").waitFor();
    await widget.getByText("75%").waitFor();
    await widget.getByText("€38,250").waitFor();
    await widget.getByText("3,100").waitFor();
    await widget.getByText("As a table").click();
    await widget.getByRole("cell", { name: "Jun 17, 2026" }).waitFor();
    const drawn = await widget.locator("svg .bar").count();
    assert.ok(drawn >= 3, `${drawn} bars`);
    check(colorScheme);
    const found = await page.evaluate(async (source) => {
      (0, eval)(source);
      const { violations } = await window.axe.run(document.querySelector("katydid-analytics"));
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    }, axe);
    assert.deepEqual(found, [], colorScheme);
    await context.close();
  }
});

test("a token of another event, origin or time shows nothing of it", async () => {
  const others = {
    "another event": [{ token: await makeToken(), event: "evt_other" }, "not allowed here"],
    "another origin": [
      { token: await makeToken({ origins: ["https://app.example"] }) },
      "does not answer",
    ],
    "another time": [{ token: await makeToken({ expires_in: "1ms" }) }, "has expired"],
  };
  for (const [name, [options, said]] of Object.entries(others)) {
    const { context, widget } = await openWidget(options);
    await widget.getByRole("alert").waitFor();
    const text = await widget.evaluate((element) => element.shadowRoot.textContent);
    assert.ok(!text.includes("Tickets"), `${name}: ${text}`);
    if (name !== "another event") assert.ok(text.includes(said), `${name}: ${text}`);
    await context.close();
  }
});

test("an expired token is told to the page, and a new one goes on", async () => {
  const { page, context, widget } = await openWidget({
    token: await makeToken({ expires_in: "1ms" }),
  });
  await widget.getByRole("alert").waitFor();
  const fresh = await makeToken();
  await widget.evaluate((element, token) => element.setAttribute("token", token), fresh);
  await widget.getByText("9 Tickets").waitFor();
  await page.close();
  await context.close();
});

test("stale figures say so; without the hub they stay, and come back by themselves", async () => {
  const { page, context, widget } = await openWidget({ token: await makeToken() });
  await widget.getByText("9 Tickets").waitFor();
  isAway = true;
  await widget.evaluate((element) => element.setAttribute("currency", "USD"));
  await widget.getByText(/ATLVS does not answer\. Its figures are \d+ s old/).waitFor();
  isAway = false;
  await page.route("**/embed/analytics*", (route) => route.abort());
  await widget.evaluate((element) => element.setAttribute("currency", "EUR"));
  await widget.getByRole("alert").waitFor();
  await widget.getByText("9 Tickets").waitFor();
  await page.unroute("**/embed/analytics*");
  await widget.getByRole("button", { name: "Try again" }).click();
  await widget.getByRole("alert").waitFor({ state: "detached" });
  await context.close();
});

test("an event without figures is empty, and in light or dark as it is told", async () => {
  isAway = true;
  const token = await makeToken({ event_id: "evt_none" });
  const { context, widget } = await openWidget({ token, event: "evt_none", colorScheme: "dark" });
  await widget.getByText("Nothing was sold yet.").waitFor();
  const colour = (theme) =>
    widget.evaluate((element, name) => {
      element.setAttribute("theme", name);
      return getComputedStyle(element).backgroundColor;
    }, theme);
  assert.equal(await colour("light"), "rgb(255, 255, 255)");
  assert.equal(await colour("dark"), "rgb(23, 27, 31)");
  await widget.evaluate((element) => element.style.setProperty("--katydid-background", "#123456"));
  assert.equal(await colour("dark"), "rgb(18, 52, 86)");
  isAway = false;
  await context.close();
});
