// People without a key, in a browser: portal links, frames, sessions. KATYDID_PROGRAM names the hub.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { openPage, openSignedIn, openStage, visit } from "./stage.mjs";

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
