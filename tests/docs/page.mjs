// /docs in Chromium: nothing is refused by its policy or comes from elsewhere, search finds, an
// operation shows how to call it. Pictures of it go into the folder.
//
//   node page.mjs FOLDER CHROMIUM URL
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, executablePath, url] = process.argv.slice(2);
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

/** A page at /docs; what it must not do is added to `faults`. */
async function open(options) {
  const page = await browser.newPage(options);
  const faults = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !request.url().startsWith("data:"))
      faults.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  await page.getByText("Authentication", { exact: true }).first().waitFor();
  await page.reload(); // now the renderer is in the browser's cache
  await page.getByText("Authentication", { exact: true }).first().waitFor();
  return { page, faults };
}

try {
  const { page, faults } = await open({ viewport: { width: 1280, height: 900 } });
  await page.screenshot({ path: join(folder, "docs.png") });

  await page.getByText("subscriptions", { exact: true }).first().click();
  await page.getByText("/v1/subscriptions", { exact: true }).first().click();
  await page.getByText("Deliver events to a receiver").first().waitFor();
  const sample = page.locator("code, pre").filter({ hasText: "curl" }).filter({ hasText: '"name": "billing"' });
  await sample.first().waitFor();
  const shown = await sample.first().textContent();
  assert.match(shown, /Authorization: Bearer/);
  assert.match(shown, new RegExp(`${new URL(url).origin}/v1/subscriptions`));
  await page.screenshot({ path: join(folder, "docs_operation.png") });

  await page.keyboard.press("Control+k");
  await page.keyboard.type("subscriptions");
  await page.getByRole("option").filter({ hasText: "/v1/subscriptions" }).first().waitFor();
  await page.screenshot({ path: join(folder, "docs_search.png") });
  assert.deepEqual(faults, []);

  for (const [name, options] of Object.entries({
    dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
    narrow: { viewport: { width: 400, height: 800 } },
  })) {
    const other = await open(options);
    await other.page.screenshot({ path: join(folder, `docs_${name}.png`) });
    assert.deepEqual(other.faults, [], name);
  }
  console.log("page: search, curl and three looks are as they should be");
} finally {
  await browser.close();
}
