// Signing in at a provider and out again, in a browser, with npm's oidc-provider. KATYDID_PROVIDER
// names the module that starts one, KATYDID_PROGRAM the hub.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { startHub } from "../../scripts/stage.mjs";
import { openPage, program } from "./stage.mjs";

const { SECRET, signOnSettings, startProvider } = await import(process.env.KATYDID_PROVIDER);
const ends = [];
let url;
let browser;

/** Where browsers reach the hub has to be known before it starts. */
async function startProxy() {
  const proxy = { hub: undefined };
  const server = http.createServer((request, response) => {
    const options = { method: request.method, headers: request.headers };
    const onward = http.request(proxy.hub + request.url, options, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  ends.push(() => (server.close(), server.closeAllConnections()));
  return proxy;
}

before(async () => {
  const proxy = await startProxy();
  url = proxy.url;
  const method = "client_secret_basic";
  const provider = await startProvider("ES256", method, url);
  ends.push(provider.stop);
  const toml = `[console]
public_url = "${url}"
${signOnSettings(provider, method, { ops: "operate", staff: "read" })}`;
  const hub = await startHub(program, { CLIENT_SECRET: SECRET }, toml);
  ends.push(hub.stop);
  proxy.hub = hub.url;
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  ends.push(() => browser.close());
});
after(async () => {
  for (const end of ends.reverse()) await end();
});

/** From the console's page to the provider's, and back to the view where one was. */
async function signInAs(login, view) {
  const opened = await openPage(browser);
  const { page, context } = opened;
  // The provider's pages ask for fonts of the internet.
  await context.route(/^https:/, (route) => route.abort());
  await page.goto(`${url}/console/#/${view}`);
  await page.getByRole("link", { name: "Sign in with Example" }).click();
  await page.locator("[name=login]").fill(login);
  await page.locator("[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.locator("#content").waitFor();
  opened.complaints.length = 0;
  return opened;
}

test("a person who may read is back where they were, and sees what they lack", async () => {
  const { page, context, check } = await signInAs("eve", "subscriptions");
  await page.getByRole("heading", { name: "Subscriptions" }).waitFor();
  assert.equal(page.url(), `${url}/console/#/subscriptions`);
  assert.equal(await page.getByRole("button", { name: "New subscription" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Keys" }).count(), 0);
  await page.getByRole("link", { name: "Sessions" }).click();
  await page.getByRole("cell", { name: "by sign-on" }).waitFor();
  check("read");
  await page.evaluate(() => {
    location.hash = "#/keys";
  });
  await page.getByText("Your role lacks the scope admin.").waitFor();
  await context.close();
});

test("a person signs out, here and at the provider", async () => {
  const { page, context } = await signInAs("ada", "events");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await page.getByLabel("API key").waitFor();
  const left = await context.cookies(url);
  assert.deepEqual(left.filter(({ name }) => name.startsWith("katydid")), []);
  // Not by itself in again: the provider asks who it is.
  await page.getByRole("link", { name: "Sign in with Example" }).click();
  await page.locator("[name=login]").waitFor();
  await context.close();
});
