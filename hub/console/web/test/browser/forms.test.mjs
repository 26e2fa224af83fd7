// Forms in a browser: what is refused, what two people change at once, what is not saved yet.
// KATYDID_PROGRAM names the hub.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findingsOfAxe, openSignedIn, openStage, viewsOf, visit } from "./stage.mjs";

let stage;
let views;

before(async () => {
  stage = await openStage();
  views = await viewsOf(stage);
});
after(() => stage?.close());

test("what is typed is refused at its field, and two people see what differs", async () => {
  const { page, context } = await openSignedIn(stage);
  await visit(page, views["subscription-edit"]);
  await page.getByLabel("timeout", { exact: true }).fill("soon");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator(".field.wrong").getByText("duration").first().waitFor();
  await page.getByLabel("timeout", { exact: true }).fill("20s");
  await stage.call("PATCH", `/v1/subscriptions/${stage.subscriptions.warehouse.id}`, {
    limits: { burst: 7 },
  });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody else changed it").waitFor();
  assert.match(await page.locator("form [role=alert]").innerText(), /burst: .* → 7/);
  await page.getByRole("button", { name: "Save mine all the same" }).click();
  await page.getByRole("heading", { name: /warehouse/ }).waitFor();
  const saved = await stage.call("GET", `/v1/subscriptions/${stage.subscriptions.warehouse.id}`);
  assert.equal(saved.timeout, "20s");
  assert.equal(saved.limits.burst, 7);
  await context.close();
});

test("whatever two people edit, the second one sees what differs", async () => {
  const { page, context } = await openSignedIn(stage);
  const source = (await stage.call("GET", "/v1/sources?limit=1")).data[0].id;
  const edit = async (view, label, text, path, method, theirs, said) => {
    await visit(page, view);
    if (view === "tenants") await page.getByRole("button", { name: "Edit: northwind" }).click();
    await page.getByLabel(label, { exact: true }).fill(text);
    await stage.call(method, path, theirs);
    await page.getByRole("button", { name: "Save" }).click();
    const conflict = page.locator("form [role=alert]", { hasText: "Somebody else changed it" });
    await conflict.waitFor();
    assert.match(await conflict.innerText(), said);
    await page.getByRole("button", { name: "Save mine all the same" }).click();
    await conflict.waitFor({ state: "detached" });
    return stage.call("GET", path);
  };
  const { tolerance, gzip } = await edit(
    `sources/${source}/edit`,
    "tolerance",
    "9m",
    `/v1/sources/${source}`,
    "PATCH",
    { gzip: true },
    /gzip: false → true/,
  );
  assert.deepEqual([tolerance, gzip], ["9m", true]);
  const type = await edit(
    "event_types/order.paid/edit",
    "Description",
    "mine",
    "/v1/event-types/order.paid",
    "PUT",
    { description: "theirs", schema: { maximum: 9 } },
    /JSON Schema: [^]*maximum/,
  );
  assert.deepEqual([type.description, type.schema], ["mine", { maximum: 9 }]);
  await stage.call("PATCH", "/v1/tenants/northwind", {
    retention: { dead: "3d", delivered: "2d" },
    branding: { accent: "#0a7d55" },
  });
  const tenant = await edit(
    "tenants",
    "Retention: dead",
    "4d",
    "/v1/tenants/northwind",
    "PATCH",
    { schema_mode: "warn" },
    /warn/,
  );
  // Nothing of what the hub takes as a whole is lost.
  assert.deepEqual(tenant.retention, { dead: "4d", delivered: "2d" });
  assert.equal(tenant.branding.accent, "#0a7d55");
  assert.equal(tenant.schema_mode, "warn");
  await context.close();
});

/** What was typed stays, and who is asked says so. */
async function stay(page) {
  const dialog = page.getByRole("dialog", { name: "Unsaved changes" });
  assert.deepEqual(await findingsOfAxe(page), []);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Name").inputValue(), "half done");
}

test("what is typed in a dialog is not lost by a key", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, "keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("half done");
  await page.keyboard.press("Escape");
  await stay(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Leave" }).click();
  await page.locator("dialog").waitFor({ state: "detached" });
  check("a dialog's form");
  await context.close();
});

test("what is typed for one tenant is not lost when another is chosen", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, views["subscription-new"]);
  await page.getByLabel("Name").fill("half done");
  await page.getByLabel("Tenant").selectOption("northwind");
  await stay(page);
  assert.equal(await page.getByLabel("Tenant").inputValue(), "default");
  await page.getByLabel("Tenant").selectOption("northwind");
  await page.getByRole("button", { name: "Leave" }).click();
  await page.waitForFunction(() => location.hash.includes("tenant=northwind"));
  assert.equal(await page.getByLabel("Name").inputValue(), "");
  check("another tenant");
  await context.close();
});

test("a refusal stands at its field, also in a dialog and where a part is missing", async () => {
  const { page, context } = await openSignedIn(stage);
  const wrong = (label) => page.locator(".field.wrong", { hasText: label });
  await visit(page, "subscriptions/new");
  await page.getByRole("button", { name: "Create" }).click();
  await wrong("URL").getByText("is missing").waitFor();
  await visit(page, "sources/new");
  await page.getByRole("button", { name: "Create" }).click();
  await wrong("Provider").getByText("name 1 to 8 signature schemes").waitFor();
  await visit(page, views.subscription);
  await page.getByRole("button", { name: "Rotate secret" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Overlap").fill("soon");
  await dialog.getByRole("button", { name: "Rotate secret" }).click();
  await wrong("Overlap").getByText("must be a duration").waitFor();
  assert.deepEqual(await findingsOfAxe(page), []);
  await context.close();
});

test("every field of a form has its help beside it", async () => {
  const { page, context, check } = await openSignedIn(stage);
  for (const view of ["subscription-new", "subscription-edit", "source-new", "source-edit"]) {
    await visit(page, views[view]);
    await page.getByText("e.g. ").first().waitFor();
    const without = await page
      .locator(".field", { hasNotText: /^Name/ })
      .evaluateAll((all) =>
        all
          .filter((each) => !each.querySelector(".help").textContent.trim())
          .map((each) => each.querySelector("label").textContent),
      );
    assert.deepEqual(without, [], view);
  }
  check("help");
  await context.close();
});

test("unsaved changes are not lost by a key or a link", async () => {
  const { page, context, check } = await openSignedIn(stage);
  await visit(page, views["subscription-new"]);
  await page.getByLabel("Name").fill("half done");
  const link = page.getByRole("link", { name: "Events", exact: true });
  await link.click();
  await page.waitForFunction(() => location.hash.endsWith("/new"));
  await stay(page);
  await page.goBack();
  await stay(page);
  await link.click();
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("heading", { name: "Events" }).waitFor();
  assert.match(page.url(), /#\/events$/);
  check("unsaved");
  await context.close();
});
