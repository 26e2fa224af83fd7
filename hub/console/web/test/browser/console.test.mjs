// The console in a browser against a real hub. KATYDID_PROGRAM names the hub.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { until } from "../../scripts/stage.mjs";
import { findingsOfAxe, openPage, openSignedIn, openStage, signIn, viewsOf, visit } from "./stage.mjs";

const BYTES_MAX = 150_000;
const FIRST_PAINT_MS_MAX = 200;
let stage;
let views;
let isFixed = false;

before(async () => {
  stage = await openStage((path) => {
    if (isFixed) return { status: 200, body: "{}" };
    if (path === "/invoices")
      return { status: 500, body: '{"error":"database is locked","trace":9007199254740993}' };
    return path === "/moved" ? { status: 301 } : { status: 200, body: "{}" };
  });
  await addLongNames();
  views = await viewsOf(stage);
});

/** Names as long as the hub takes them, in the lists and in the frame. */
async function addLongNames() {
  const long = "a-name-that-says-everything-of-what-it-is-for-and-then-some-more-".repeat(2);
  const type = `long.${"part_of_a_type.".repeat(6)}made`;
  await stage.call("POST", "/v1/tenants", { name: long.slice(0, 60) });
  await stage.call("POST", "/v1/subscriptions", {
    name: long.slice(0, 100),
    event_types: ["long.*", type],
    handler: { url: `${stage.receiver.url}/${"folder/".repeat(40)}` },
  });
  await stage.call("POST", "/v1/events", { type, subject: long, data: 1 });
}
after(() => stage?.close());

test("a wrong key is told, a right one is exchanged for a cookie and kept nowhere", async () => {
  const { page, context, complaints } = await openPage(stage.browser);
  await page.goto(`${stage.hub.url}/console/`);
  await page.getByLabel("API key").fill("kd_live_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("This is no key of this hub").waitFor();
  complaints.length = 0;
  await signIn(page, stage.hub);
  const cookies = await context.cookies();
  assert.equal(cookies.length, 1);
  assert.equal(cookies[0].httpOnly, true);
  assert.equal(cookies[0].sameSite, "Lax");
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
  );
  assert.ok(!kept.includes(stage.hub.key) && !cookies[0].value.includes(stage.hub.key));
  await page.reload();
  await page.locator("#content").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("API key").waitFor();
  const response = await fetch(`${stage.hub.url}/v1/events`, {
    headers: { cookie: `${cookies[0].name}=${cookies[0].value}`, "Katydid-Csrf": "x" },
  });
  assert.ok([401, 403].includes(response.status));
  await context.close();
});

for (const colorScheme of ["light", "dark"])
  test(`every page opens without complaint and without findings of axe, ${colorScheme}`, async () => {
    const { page, context, check } = await openSignedIn(stage, { colorScheme });
    for (const [name, path] of Object.entries(views)) {
      await visit(page, path);
      check(name);
      assert.deepEqual(await findingsOfAxe(page), [], name);
    }
    await context.close();
  });

/** Drawn as it is to be. */
const settled = (page) =>
  page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await Promise.all(document.getAnimations().map(({ finished }) => finished));
  });

test("dialogs are without findings of axe, fit a phone and give the focus back", async () => {
  const { page, context, check } = await openSignedIn(stage);
  const click = (name) => page.getByRole("button", { name }).first().press("Enter");
  const dialogs = [
    ["overview", () => page.keyboard.press("Control+k")],
    ["overview", () => click("Keyboard shortcuts")],
    ["deliveries", () => click("Retry all that match…")],
    [views.subscription, () => click("Rotate secret")],
    [views.subscription, () => click("Replay since…")],
    [views.source, () => click("Delete")],
    ["keys", () => click("New key")],
    ["tenants", () => click(/^Edit: /)],
    ["audit", () => click(/^Details?: /)],
  ];
  for (const [view, open] of dialogs) {
    await visit(page, view);
    await page.locator("header.top .search").focus();
    await open();
    const title = await page.locator("dialog h2").innerText();
    await page.locator("dialog .loading").waitFor({ state: "detached" });
    const has = page.locator("dialog").evaluate((each) => each.contains(document.activeElement));
    assert.ok(await has, `${title}: the focus is not in it`);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      assert.deepEqual(await findingsOfAxe(page), [], `${title}, ${colorScheme}`);
    }
    await page.setViewportSize({ width: 360, height: 640 });
    const isCut = page.locator("dialog").evaluate((each) => each.scrollWidth > each.clientWidth);
    assert.ok(!(await isCut), `${title}: wider than a phone`);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    const isLost = await page.evaluate(() => document.activeElement === document.body);
    assert.ok(!isLost, `${title}: the focus is lost`);
  }
  check("dialogs");
  await context.close();
});

test("no page is wider than a window, from 360 to 3840 px", async () => {
  const { page, context, check } = await openSignedIn(stage);
  for (const [name, path] of Object.entries(views)) {
    await visit(page, path);
    for (const width of [3840, 1280, 1000, 768, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const at = `${name}, ${width} px`;
      // Once it is drawn so. A table that is cut off at its box does not make the page wider.
      await settled(page);
      const { wide, cut } = await page.evaluate(() => {
        const tables = [...document.querySelectorAll(".table-box")];
        return {
          wide: document.documentElement.scrollWidth,
          cut: tables.filter((each) => each.scrollWidth > each.clientWidth).length,
        };
      });
      assert.ok(wide <= width, `${at}: ${wide} px wide`);
      assert.equal(cut, 0, `${at}: a table is cut off`);
      const leave = await page.getByRole("button", { name: "Sign out" }).boundingBox();
      assert.ok(leave.x + leave.width <= width, `${at}: the upper bar is cut off`);
    }
  }
  check("widths");
  await context.close();
});

test("failure → reason → replayed in three clicks", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "overview");
  isFixed = true;
  await page
    .getByRole("link", { name: /^Dead \d/ })
    .first()
    .click();
  await page.locator("tr.opens").first().click();
  await page.getByText("What to do:").waitFor();
  await page.getByRole("heading", { name: "The receiver redirects (301)" }).waitFor();
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await page.locator("h1 .state.good").waitFor();
  check("three clicks");
  await context.close();
});

test("many deliveries are counted, sent again, and followed to the end", async () => {
  isFixed = true;
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, `deliveries?state=dead&subscription=${stage.subscriptions.legacy.id}`);
  await page.getByRole("button", { name: "Retry all that match…" }).click();
  await page.getByText(/\d+ deliveries/).waitFor();
  await page.getByRole("button", { name: "Retry them" }).click();
  await page.getByText("Completed").waitFor();
  check("bulk");
  await until(
    () =>
      stage.call("GET", `/v1/deliveries?state=dead&subscription=${stage.subscriptions.legacy.id}`),
    ({ data }) => data.length === 0,
    "no dead deliveries",
  );
  await context.close();
});

test("what happens is on the screen at once, because the hub says so", async () => {
  const { page, context } = await openPage(stage.browser);
  const feed = page.waitForResponse((each) => each.url().includes("/v1/feed"));
  await signIn(page, stage.hub);
  assert.equal((await feed).status(), 200);
  await visit(page, "events");
  await page.locator("tr.opens").first().waitFor();
  const began = Date.now();
  await stage.call("POST", "/v1/events", { type: "live.now", data: 1 });
  await page.getByText("live.now", { exact: true }).first().waitFor();
  console.log(`console: an event is on the screen after ${Date.now() - began} ms`);
  await context.close();
});

test("the overview says how old is what waits, how soon it is tried, and what fails", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "overview");
  const figure = (name) => page.locator(".figure", { hasText: name });
  await figure("Waiting").getByText(/^oldest .* ago$/).waitFor();
  await figure("First attempt after").getByText(/at most/).waitFor();
  await figure("Failing, tried again").waitFor();
  check("overview");
  await context.close();
});

test("who did it may be a person, and is in no URL", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "audit");
  await page.getByLabel("Who").fill("ada@example.com");
  await page.getByText("Nothing was changed").waitFor();
  assert.ok(!page.url().includes("ada"), page.url());
  check("audit");
  await context.close();
});

test("an event type shows its latest example", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, views["event-type"]);
  await page.locator(".card", { hasText: "Latest example" }).getByText("9007199254740993").waitFor();
  check("example");
  await context.close();
});

test("numbers are shown digit for digit", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, views.event);
  for (const digits of ["9007199254740993", "1.10", "123456789012345678901234567890"])
    await page.getByText(digits, { exact: true }).waitFor();
  const id = stage.subscriptions.mail.id;
  const filter = '{"payload":{"id":{"$gte":9007199254740993}}}';
  await stage.call("PATCH", `/v1/subscriptions/${id}`, `{"filter":${filter}}`);
  await visit(page, `subscriptions/${id}`);
  await page.getByRole("button", { name: "Expand all" }).click();
  await page.getByText("9007199254740993", { exact: true }).waitFor();
  check("digits");
  await context.close();
});

test("while the hub is away a banner says so, and the page comes back by itself", async () => {
  const { page, context } = await openSignedIn(stage);
  await visit(page, "deliveries");
  await page.route("**/*", (route) => route.abort());
  await page.getByText("The hub does not answer.").waitFor();
  assert.ok((await page.locator("tr.opens").count()) > 0, "what was shown stays");
  await page.unroute("**/*");
  await page.getByText("The hub does not answer.").waitFor({ state: "detached" });
  await context.close();
});

test("a hub that is silent is away, too", async () => {
  const { page, context } = await openSignedIn(stage);
  await page.clock.install();
  await page.route("**/v1/**", () => undefined);
  await page.getByRole("link", { name: "Jobs" }).click();
  await page.locator(".loading").waitFor();
  await page.clock.fastForward(61_000);
  await page.getByText("The hub does not answer.").first().waitFor();
  await page.unroute("**/v1/**");
  await page.clock.runFor(15_000);
  await page.locator(".banner").waitFor({ state: "detached" });
  await context.close();
});

test("without the permission the page says which", async () => {
  const made = await stage.call("POST", "/v1/keys", { name: "reader", scopes: ["events:read"] });
  const { page, context } = await openSignedIn(stage, { key: made.key });
  assert.equal(await page.getByRole("link", { name: "Keys" }).count(), 0);
  await visit(page, "deliveries");
  assert.equal(await page.getByRole("button", { name: "Retry all that match…" }).count(), 0);
  await page.evaluate(() => {
    location.hash = "#/subscriptions";
  });
  await page.getByText("lacks the scope subscriptions:read").waitFor();
  for (const [view, said] of [
    ["limits", "Only an operator's key"],
    ["subscriptions/x", "lacks the scope subscriptions:read"],
    ["no-such-page", "There is no such page."],
  ]) {
    await visit(page, view);
    await page.getByText(said).waitFor();
    assert.deepEqual(await findingsOfAxe(page), [], view);
  }
  await stage.call("DELETE", `/v1/keys/${made.id}`);
  await page.evaluate(() => {
    location.hash = "#/deliveries";
  });
  await page.getByText("Your session has ended.").waitFor();
  await context.close();
});

test("it works below a path prefix", async () => {
  const proxy = http.createServer((request, response) => {
    const path = request.url.replace(/^\/tools\/hub/, "");
    const onward = http.request(
      stage.hub.url + path,
      { method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
  const prefixed = { ...stage.hub, url: `http://127.0.0.1:${proxy.address().port}/tools/hub` };
  const { page, context, complaints, check } = await openPage(stage.browser);
  await page.goto(`${prefixed.url}/console`);
  await page.getByLabel("API key").waitFor();
  await signIn(page, prefixed);
  complaints.length = 0;
  await visit(page, "deliveries");
  await page.locator("tr.opens").first().click();
  await page.getByRole("heading", { name: "Attempts" }).waitFor();
  assert.match(page.url(), /\/tools\/hub\/console\/#\/deliveries\/dlv_/);
  check("prefix");
  await context.close();
  proxy.close();
  proxy.closeAllConnections();
});

test("the whole work goes by keyboard", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Keyboard shortcuts").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  await page.locator("dialog input").waitFor();
  await page.keyboard.type("deliv");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Deliveries", exact: true }).waitFor();
  await page.locator("tr.opens").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Attempts" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Deliveries", exact: true }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.getByRole("heading", { name: "Events" }).waitFor();
  check("keys");
  await context.close();
});

test("the files are small, and the first paint is early", async () => {
  let total = 0;
  for (const name of ["", "app.js", "app.css", "icon.svg"]) {
    const response = await fetch(`${stage.hub.url}/console/${name}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-encoding"), "gzip");
    total += gzipSync(Buffer.from(await response.arrayBuffer()), { level: 9 }).length;
    const again = await fetch(`${stage.hub.url}/console/${name}`, {
      headers: { "If-None-Match": response.headers.get("etag") },
    });
    assert.equal(again.status, 304);
  }
  const { page, context } = await openPage(stage.browser);
  await page.goto(`${stage.hub.url}/console/`);
  await page.getByLabel("API key").waitFor();
  const form = await page.evaluate(() => performance.now());
  const paint = await (await page.waitForFunction(paintOf)).jsonValue();
  console.log(
    `console: ${total} bytes compressed, first paint after ${Math.round(paint)} ms (aim ${FIRST_PAINT_MS_MAX}), the form after ${Math.round(form)} ms at most`,
  );
  assert.ok(total <= BYTES_MAX);
  await context.close();
});

const paintOf = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;

test("the first paint waits neither for the program nor for the session", async () => {
  const { page, context } = await openPage(stage.browser);
  let release;
  const held = new Promise((done) => (release = done));
  for (const what of ["**/app.js", "**/console/session"])
    await page.route(what, (route) => held.then(() => route.continue()));
  await page.goto(`${stage.hub.url}/console/`, { waitUntil: "commit" });
  await page.getByText("Loading…").waitFor();
  await page.waitForFunction(paintOf);
  release();
  await page.getByLabel("API key").waitFor();
  assert.equal(await page.getByText("Loading…").count(), 0);
  await context.close();
});
