// People without a key, in a browser: portal links, frames, sessions. KATYDID_PROGRAM names the hub.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { caller } from "../../scripts/stage.mjs";
import { findingsOfAxe, openPage, openSignedIn, openStage, visit } from "./stage.mjs";

let stage;
let host;

before(async () => {
  stage = await openStage();
  host = await startHost();
});
after(async () => {
  await host?.stop();
  await stage?.close();
});

/** Another site, with the hub's page in a frame. On localhost, so that it has another host. */
async function startHost() {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, "http://host").searchParams.get("url");
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><title>host</title><iframe src="${url}"></iframe>`);
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  const stop = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return { url: `http://localhost:${server.address().port}`, stop };
}

const makeLink = (body) => stage.call("POST", "/v1/portal-links", body);

test("a portal link opens the page once and leaves the address", async () => {
  const { url } = await makeLink({ role: "operate", subscriptions: ["invoices"] });
  const { page, context } = await openPage(stage.browser);
  await page.goto(url);
  await page.locator("#content").waitFor();
  assert.ok(!page.url().includes("kl_"), page.url());
  const cookies = await context.cookies();
  assert.deepEqual(
    cookies.map(({ name, httpOnly }) => [name, httpOnly]),
    [["katydid-portal", true]],
  );
  await page.reload();
  await page.locator("#content").waitFor();
  await context.close();

  const second = await openPage(stage.browser);
  await second.page.goto(url);
  await second.page.getByText("was used already").waitFor();
  assert.equal(await second.page.getByLabel("API key").count(), 0);
  await second.context.close();
});

test("only the origins of its link may frame the portal, and nobody the console", async () => {
  const link = await makeLink({ role: "read", frame_origins: [host.url] });
  const { page, context } = await openPage(stage.browser);
  const frame = async (url) => {
    await page.goto(`${host.url}/?url=${encodeURIComponent(url)}`);
    return page.frames()[1];
  };
  // Without TLS the browser gives no cookie to the frame: that it is shown is what counts here.
  const shown = await frame(link.url);
  await shown.locator("#app > *").first().waitFor();
  const other = await makeLink({ role: "read", frame_origins: ["https://app.example"] });
  for (const url of [other.url, `${stage.hub.url}/portal/`, `${stage.hub.url}/console/`]) {
    const refused = await frame(url);
    await assert.rejects(refused.locator("#app").waitFor({ timeout: 1_000 }), url);
  }
  await context.close();
});

test("a session is ended on the page of another, and its browser is asked to sign in", async () => {
  const admin = await openSignedIn(stage);
  const reader = await stage.call("POST", "/v1/keys", { name: "reader", scopes: ["events:read"] });
  const other = await openSignedIn(stage, { key: reader.key });
  await visit(admin.page, "sessions");
  await admin.page.getByRole("button", { name: "End: reader" }).click();
  await admin.page.getByRole("dialog").getByRole("button", { name: "End", exact: true }).click();
  await admin.page.getByText("Ended.").waitFor();
  await other.page.reload();
  await other.page.getByLabel("API key").waitFor();
  await other.context.close();
  await admin.context.close();
});

/** A person who came by a link. */
async function openPortal(body, options = {}) {
  const { url } = await makeLink(body);
  const opened = await openPage(stage.browser, options);
  await opened.page.goto(url);
  await opened.page.locator("#content").waitFor();
  return { ...opened, url };
}

const button = (page, name) => page.getByRole("button", { name, exact: true });

test("a person with a link sees and repairs what is theirs, and nothing of others", async () => {
  const { page, context, complaints, check } = await openPortal({
    role: "operate",
    subscriptions: ["invoices"],
  });
  await page.getByRole("cell", { name: "invoices", exact: true }).waitFor();
  assert.equal(await page.locator("tr.opens").count(), 1);
  const offered = await page.locator("nav.side .group a").allInnerTexts();
  assert.deepEqual(offered.map((each) => each.trim()), ["Deliveries", "Subscriptions"]);
  assert.equal(await button(page, "New subscription").count(), 0);
  check("subscriptions");

  await page.locator("tr.opens").click();
  await page.getByRole("heading", { name: "Latest deliveries" }).waitFor();
  assert.equal(await button(page, "Delete").count(), 0);
  await button(page, "Show: Secret").click();
  const first = await page.getByText(/^whsec_/).innerText();
  await button(page, "Rotate secret").click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate secret" }).click();
  const second = await page.getByRole("dialog").getByText(/^whsec_/).innerText();
  assert.notEqual(first, second);
  await button(page, "Close").click();
  await button(page, "Send a test").click();
  await page.getByText("A test event is on its way.").waitFor();
  await button(page, "Replay since…").click();
  await page.getByRole("dialog").getByRole("button", { name: "Replay" }).click();
  await page.getByText("It goes on in the background.").waitFor();
  await button(page, "Go on in the background").click();
  check("subscription");

  await button(page, "Edit").click();
  await page.getByLabel("timeout", { exact: true }).fill("25s");
  assert.equal(await page.getByLabel("Event types").count(), 0);
  await button(page, "Save").click();
  await page.getByText("Saved.").waitFor();
  check("edit");

  await visit(page, "deliveries");
  await page.locator("tr.opens").first().click();
  await page.getByRole("heading", { name: "Attempts" }).waitFor();
  await page.locator("dd a[href*='events/']").click();
  await page.getByRole("heading", { name: "Where it went: invoices" }).waitFor();
  await page.locator(".card tr.opens").first().waitFor();
  assert.equal(await button(page, "Replay to all").count(), 0);
  check("deliveries");

  // An address that somebody else shared opens nothing.
  await page.evaluate((id) => {
    location.hash = `#/subscriptions/${id}`;
  }, stage.subscriptions.warehouse.id);
  await page.getByText("There is no subscription of that id or name.").waitFor();
  complaints.length = 0;
  await context.close();
});

test("who may only read is offered no change and no secret", async () => {
  const { page, context, check } = await openPortal({ role: "read", subscriptions: ["invoices"] });
  await page.locator("tr.opens").click();
  await page.getByRole("heading", { name: "Latest deliveries" }).waitFor();
  for (const name of ["Show: Secret", "Rotate secret", "Send a test", "Pause", "Edit"])
    assert.equal(await button(page, name).count(), 0, name);
  await visit(page, "deliveries");
  await page.locator("tr.opens").first().click();
  await page.getByRole("heading", { name: "Attempts" }).waitFor();
  assert.equal(await button(page, "Retry now").count(), 0);
  check("read");
  await context.close();
});

for (const colorScheme of ["light", "dark"])
  test(`the portal is without findings of axe and fits a phone, ${colorScheme}`, async () => {
    const { page, context, check } = await openPortal(
      { role: "operate" },
      { colorScheme, viewport: { width: 360, height: 780 } },
    );
    const own = stage.subscriptions.invoices.id;
    const { data } = await stage.call("GET", `/v1/deliveries?subscription=${own}&limit=1`);
    const views = ["subscriptions", `subscriptions/${own}`, `subscriptions/${own}/edit`];
    views.push("deliveries", `deliveries/${data[0].id}`, "events", "jobs");
    for (const view of views) {
      await visit(page, view);
      check(view);
      assert.deepEqual(await findingsOfAxe(page), [], view);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 360, `${view}: ${wide} px`);
    }
    await context.close();
  });

test("a portal whose session ends says why, and asks for no key", async () => {
  const { key, id } = await stage.call("POST", "/v1/keys", { name: "maker", scopes: ["admin"] });
  const links = caller({ url: stage.hub.url, key });
  const { url } = await links("POST", "/v1/portal-links", { role: "read" });
  const { page, context } = await openPage(stage.browser);
  await page.goto(url);
  await page.locator("tr.opens").first().waitFor();
  await stage.call("DELETE", `/v1/keys/${id}`);
  const dialog = page.getByRole("dialog");
  await dialog.getByText("What the link gave access to was taken away.").waitFor();
  await dialog.getByText("Ask for a new link where you got this one.").waitFor();
  assert.equal(await page.getByLabel("API key").count(), 0);
  await page.reload();
  await page.getByRole("alert").getByText("was taken away").waitFor();
  assert.equal(await page.getByLabel("API key").count(), 0);
  await context.close();

  // Ended by an admin, and in a page that asks for nothing by itself.
  const other = await openPortal({ role: "operate" });
  const { data } = await stage.call("GET", "/v1/sessions");
  const { id: session } = data.find(({ kind }) => kind === "portal");
  await visit(other.page, `subscriptions/${stage.subscriptions.mail.id}/edit`);
  await other.page.getByLabel("timeout", { exact: true }).fill("25s");
  await stage.call("DELETE", `/v1/sessions/${session}`);
  // Unless the page has noticed by itself.
  const save = { force: true, timeout: 2_000 };
  await button(other.page, "Save")
    .click(save)
    .catch(() => undefined);
  await other.page.getByRole("dialog").getByText("The session has ended.").waitFor();
  assert.equal(await other.page.getByLabel("timeout", { exact: true }).inputValue(), "25s");
  await other.context.close();
});

test("a frame of one link shows no session of another", async () => {
  const mine = await makeLink({ role: "read", frame_origins: [host.url] });
  const evil = await makeLink({ role: "read", frame_origins: ["https://evil.example"] });
  const { page, context } = await openPage(stage.browser);
  await page.goto(mine.url);
  await page.locator("#content").waitFor();
  await page.reload();
  await page.locator("#content").waitFor();
  // As the page of a site that has another link: the cookie is the same, the session is not shown.
  await page.goto(evil.url.replace(/#.*/, ""));
  await page.getByText("This page opens with a link").waitFor();
  await context.close();
});
