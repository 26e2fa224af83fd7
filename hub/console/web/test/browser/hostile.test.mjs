// Texts of strangers that are markup or script: wherever they are shown they stay text.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { caller, until } from "../../scripts/stage.mjs";
import { openSignedIn, openStage, viewsOf, visit } from "./stage.mjs";

const ATTACK = `"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script><svg onload=window.pwned=1>javascript:window.pwned=1`;
let stage;

before(async () => {
  stage = await openStage((path) => ({
    status: path === "/moved" ? 301 : 500,
    body: ATTACK,
    type: "text/html",
  }));
});
after(() => stage?.close());

test("a payload, header, name, answer or diagnosis is never markup", async () => {
  const { hub, receiver } = stage;
  const call = caller(hub);
  const name = ATTACK.slice(0, 100);
  const subscription = await call("POST", "/v1/subscriptions", {
    name,
    event_types: ["*"],
    handler: {
      url: `${receiver.url}/?q=${encodeURIComponent(ATTACK)}`,
      headers: { "X-Attack": "<b>" },
    },
    retry: { statuses: { "5xx": "dead" } },
    filter: { or: [{ "/none": { equals: ATTACK } }, {}] },
  }).catch(() =>
    call("POST", "/v1/subscriptions", {
      name,
      event_types: ["*"],
      handler: { url: `${receiver.url}/` },
      retry: { statuses: { "5xx": "dead" } },
    }),
  );
  await call("POST", "/v1/events", {
    type: "order.paid",
    id: ATTACK.slice(0, 200),
    subject: ATTACK.slice(0, 200),
    key: ATTACK.slice(0, 200),
    data: { [ATTACK]: ATTACK, list: [ATTACK] },
  });
  await call("POST", "/v1/keys", { name, scopes: ["events:read"] });
  await call("PUT", "/v1/event-types/order.paid", {
    description: ATTACK,
    schema: { title: ATTACK },
  });
  await call("POST", "/v1/tenants", { name });
  await fetch(`${hub.url}/api/webhooks/stripe?${encodeURIComponent(ATTACK)}`, {
    method: "POST",
    headers: { "Stripe-Signature": `t=1,v1=${ATTACK}`, "X-Attack": ATTACK, "User-Agent": ATTACK },
    body: ATTACK,
  });
  const dead = await until(
    () => call("GET", `/v1/deliveries?state=dead&subscription=${subscription.id}&limit=1`),
    ({ data }) => data.length > 0,
    "a dead delivery",
  );
  const views = {
    ...(await viewsOf(stage)),
    delivery: `deliveries/${dead.data[0].id}`,
    subscription: `subscriptions/${subscription.id}`,
    "subscription-edit": `subscriptions/${subscription.id}/edit`,
    filtered: `deliveries?state=${encodeURIComponent(ATTACK)}`,
    unknown: encodeURIComponent(ATTACK),
  };
  const { page, context, complaints } = await openSignedIn(stage);
  for (const [view, path] of Object.entries(views)) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${path}`);
    await page.locator("main > *").first().waitFor();
    await page.waitForFunction(() => document.querySelector(".loading") === null);
    for (const button of await page.getByRole("button", { name: "Expand all" }).all())
      await button.click();
    const found = await page.evaluate(() => ({
      pwned: window.pwned,
      planted: document.querySelectorAll(
        "main img, main script, main b, main svg:not(.icon):not(.chart svg):not(.timing svg)",
      ).length,
      links: [...document.querySelectorAll("a[href]")].filter(
        (each) => each.protocol === "javascript:",
      ).length,
    }));
    assert.deepEqual(found, { pwned: undefined, planted: 0, links: 0 }, view);
  }
  // A refused filter (400, 404, 422) is an answer of the hub; what must not be is a violation.
  assert.deepEqual(
    complaints.filter((each) => !/Failed to load resource/.test(each)),
    [],
  );
  await context.close();
});
