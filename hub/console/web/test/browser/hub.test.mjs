// Pages about the hub itself, filters that are tried, and the timing of attempts, in a browser.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { startHub, startReceiver, until } from "../../scripts/stage.mjs";
import { findingsOfAxe, openSignedIn, openStage, program, visit } from "./stage.mjs";

let stage;

before(async () => {
  stage = await openStage();
});
after(() => stage?.close());

test("settings say where they come from and can be searched, and show no secret", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "settings");
  const row = page.locator("tr", { has: page.getByText("egress.allow", { exact: true }) });
  await row.getByText("KATYDID_EGRESS_ALLOW", { exact: true }).waitFor();
  await page.getByLabel("Find").fill("breaker");
  await page.getByText("breaker.open", { exact: true }).waitFor();
  await row.waitFor({ state: "detached" });
  await page.getByLabel("From").selectOption("set");
  await page.getByText("No setting matches.").waitFor();
  assert.match(page.url(), /find=breaker&origin=set/);
  check("settings");
  await context.close();
});

test("the doctor's findings come with what to do, and receivers are asked only when wanted", async () => {
  const { page, context, check } = await openSignedIn(stage);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await visit(page, "doctor");
  await page.getByText("The hub runs.").waitFor();
  assert.ok(!asked.some((url) => url.includes("receivers=true")));
  await page.getByRole("button", { name: "Ask the receivers, too" }).click();
  await page.getByText(/"warehouse" .* answers \(200 to HEAD\)/).waitFor();
  check("doctor");
  await context.close();
});

test("a platform that is not set up says how, and an opt-out is in no URL", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "bridge");
  await page.getByText("Set ATLVS_API_URL and ATLVS_API_KEY for the hub.").waitFor();
  await page.getByLabel("Person (subject)").fill("ada@example.com");
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByLabel("Grasshopper").check();
  await page.getByText("It counts from the next event on.", { exact: true }).first().waitFor();
  const stored = await stage.call("GET", "/v1/subjects/ada%40example.com/privacy");
  assert.deepEqual(stored.opt_out, ["grasshopper"]);
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
  );
  assert.ok(!kept.includes("ada"));
  check("bridge");
  await context.close();
});

const sum = (all) => all.reduce((total, each) => total + each, 0);

test("the chart draws what was accepted as a line above what became of it, with a table", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "overview");
  const chart = page.locator(".chart");
  for (const name of ["accepted", "delivered", "failed", "dead"])
    await chart.locator(`svg .series-${name}`).first().waitFor();
  await page.getByText("As a table").click();
  const table = page.locator(".card", { has: chart }).locator("table");
  const heads = ["Time", "Accepted", "Delivered", "Failing, tried again", "Dead"];
  assert.deepEqual(await table.locator("th").allInnerTexts(), heads);
  const shown = () =>
    table.locator("tbody tr").evaluateAll((all) =>
      all.map((row) => [...row.cells].slice(1).map(({ textContent }) => Number(textContent))),
    );
  const told = ({ accepted, delivered, failed, dead }) => [accepted, delivered, failed, dead];
  // Both may change once more while they are read.
  const [rows] = await until(
    async () => [await shown(), (await stage.call("GET", "/v1/stats?bucket=1m")).buckets],
    ([rows, buckets]) => isDeepStrictEqual(rows, buckets.map(told).reverse()),
    "a table of the API's counts",
  );
  assert.ok(rows.some(([, , failed]) => failed > 0));
  // Each line stands as high as its minute's count, measured from what is drawn to scale.
  const top = Math.max(...rows.map(([accepted, ...ended]) => Math.max(accepted, sum(ended))));
  const lines = await chart
    .locator("svg .series-accepted")
    .evaluateAll((all) => all.map((each) => 140 - Number(each.getAttribute("y"))));
  const heights = rows.filter(([accepted]) => accepted > 0).map(([accepted]) => accepted / top);
  assert.equal(lines.length, heights.length);
  for (const [index, line] of lines.reverse().entries())
    assert.ok(Math.abs(line - Math.max(2, heights[index] * 132)) < 0.01, `${line}`);
  check("chart");
  await context.close();
});

test("what follows a table in a card stands below it", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "bridge");
  const rows = await page.getByText("6 rows", { exact: true }).boundingBox();
  const note = await page.getByText("Nothing older than a day is served").boundingBox();
  assert.ok(note.y >= rows.y + rows.height, JSON.stringify([rows, note]));
  check("bridge");
  await context.close();
});

test("the overview says how the platforms are: one answers, one does not", async () => {
  const platform = await startReceiver(() => ({ status: 200, body: '{"version":"1"}' }));
  const hub = await startHub(program, {
    ATLVS_API_URL: platform.url,
    ATLVS_API_KEY: "atlvs-key",
    GRASSHOPPER_API_URL: "http://127.0.0.1:9",
    GRASSHOPPER_API_KEY: "grasshopper-key",
    KATYDID_BRIDGE_HEALTH_INTERVAL: "200ms",
  });
  try {
    const { page, context, check } = await openSignedIn({ ...stage, hub });
    const row = (name) =>
      page.locator(".card", { hasText: "Platforms" }).locator("li", { hasText: name });
    await row("ATLVS").getByText("Answers", { exact: true }).waitFor();
    await row("ATLVS").getByText(/ago$|now$/).waitFor();
    await row("Grasshopper").getByText("Does not answer", { exact: true }).waitFor();
    assert.deepEqual(await findingsOfAxe(page), []);
    await row("Grasshopper").getByRole("link").click();
    await page.getByRole("heading", { name: "Bridge" }).waitFor();
    check("platforms");
    await context.close();
  } finally {
    await hub.stop();
    await platform.stop();
  }
});

test("a filter is built, tried on recorded events as one types, and its fault is told", async () => {
  const { page, context, complaints, check } = await openSignedIn(stage);
  await visit(page, `subscriptions/${stage.subscriptions.warehouse.id}/edit`);
  await page.locator(".editor").first().waitFor();
  await page.getByText(/It would get \d+ of the latest 50 events/).waitFor();
  await page.getByLabel("Field", { exact: true }).fill("payload.total");
  await page.getByLabel("Comparison").selectOption("$gte");
  await page.getByRole("textbox", { name: "Value" }).fill("999999999999999999");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText(/It would get 0 of the latest 50 events/).waitFor();
  await page.getByText("Filtered out").first().waitFor();
  check("filter");
  const editor = page.locator(".editor").first().locator(".cm-content");
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type('{"payload":{"total":{"$more":1}}}');
  await page.locator(".try .fault").waitFor();
  complaints.length = 0; // the answer 422
  await context.close();
});

test("a provider is set up, its refused webhook diagnosed, and let in after the fix", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "sources/new");
  await page.getByLabel("Name").fill("shop");
  await page.getByLabel("Provider").selectOption("github");
  await page.getByLabel("Secret", { exact: true }).fill("not-the-secret-of-the-shop");
  await page.getByRole("button", { name: "Create" }).click();
  const url = await page.locator("main code").first().innerText();
  assert.equal(url, `${stage.hub.url}/api/webhooks/shop`);
  const body = '{"ref":"refs/heads/main"}';
  const mac = createHmac("sha256", "secret-of-the-shop").update(body).digest("hex");
  const sent = await fetch(url, {
    method: "POST",
    headers: {
      "X-GitHub-Event": "push",
      "X-GitHub-Delivery": "shop-1",
      "X-Hub-Signature-256": `sha256=${mac}`,
      "Content-Type": "application/json",
    },
    body,
  });
  assert.equal(sent.status, 401);
  await page.getByRole("link", { name: "Open" }).click();
  await page.getByRole("heading", { name: "shop", exact: true }).waitFor();
  await page.locator("tr.opens").first().click();
  await page.getByText(/secret/).first().waitFor();
  await page.getByRole("link", { name: "Source", exact: true }).click();
  await page.getByRole("button", { name: "Rotate secret" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("New secret").fill("secret-of-the-shop");
  await dialog.getByRole("button", { name: "Rotate secret" }).click();
  await dialog.getByText("Rotated: the new secret is in use.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.locator("tr.opens").first().click();
  await page.getByRole("button", { name: "Judge again" }).click();
  await page.getByText("refs/heads/main").waitFor();
  check("let in");
  await context.close();
});

test("an attempt shows how long each step took", async () => {
  const { page, context, check } = await openSignedIn(stage);
  const { data } = await stage.call("GET", "/v1/deliveries?state=delivered&limit=1");
  await visit(page, `deliveries/${data[0].id}`);
  const steps = page.locator("dl.timing").first();
  await steps.getByText("First byte").waitFor();
  assert.match(await steps.innerText(), /Total/);
  check("timing");
  await context.close();
});

test("a transform is written, tried on a recorded event, its fault marked, and saved", async () => {
  const { page, context, complaints, check } = await openSignedIn(stage);
  const { id } = stage.subscriptions.analytics;
  await visit(page, `subscriptions/${id}/edit`);
  await page.getByLabel("Preset").selectOption({ label: "Slack" });
  const output = page.locator(".try").last();
  await output.getByLabel("What would be sent").waitFor();
  const code = page.locator(".editor").last().locator(".cm-content");
  const write = async (text) => {
    await code.click();
    await page.keyboard.press("Control+a");
    // Text that replaces text takes over its colour, which the policy blocks and tells of.
    await page.keyboard.press("Delete");
    await page.keyboard.insertText(text);
  };
  await write("function transform() {\n  return { payload: nothing.here };\n}");
  await output.getByText(/nothing.*\(line 2\)/).waitFor();
  const marked = page.locator(".editor").last().locator(".cm-lintRange-error");
  await marked.first().waitFor();
  assert.match(await marked.first().innerText(), /nothing/);

  await write("function transform() {\n  return { paylod: 1 };\n}");
  await output.getByText("paylod", { exact: true }).waitFor();
  await write('function transform({ event }) {\n  return { payload: { kind: event.type } };\n}');
  await marked.first().waitFor({ state: "detached" });
  const tried = page.getByLabel("Tried on");
  await tried.waitFor();
  const choices = await tried.locator("option").allInnerTexts();
  const chosen = choices.find((each) => each.startsWith("customer.created"));
  await tried.selectOption({ label: chosen });
  await output.getByText('"customer.created"', { exact: true }).waitFor();
  check("transform");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Transform: javascript" }).waitFor();
  const saved = await stage.call("GET", `/v1/subscriptions/${id}`);
  assert.match(saved.transform.code, /kind: event\.type/);
  complaints.length = 0;
  await context.close();
});
