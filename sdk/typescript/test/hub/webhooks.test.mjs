// A running hub delivers to a route made by webhookHandler, in every dialect, until it succeeds.
import assert from "node:assert/strict";
import { memoryDedupe, RetryLater, webhookHandler } from "@katydid/sdk";
import { ATLVS_SECRET, postJson, startHub, test } from "../support/programs.mjs";
import { queue, serve } from "../support/serve.mjs";
import { hex } from "../support/wire.mjs";

const secrets = new Map();

async function subscribe(hub, url, dialect, more = {}) {
  const made = await postJson(
    `${hub.url}/v1/subscriptions`,
    {
      name: `to-${dialect}-${secrets.size}`,
      event_types: ["*"],
      handler: { kind: "endpoint", url },
      dialect,
      retry: { delays: ["10ms", "10ms", "10ms", "10ms"] },
      ...more,
    },
    { Authorization: `Bearer ${hub.operatorKey}` },
  );
  secrets.set(url, made.secret ?? more.secret);
  return made;
}

/** As ATLVS's dispatcher posts. */
async function postAsATLVS(hub, id, name, payload) {
  const body = { id, name, occurredAt: "2026-06-15T18:00:00.000Z", payload };
  const signature = hex(JSON.stringify(body), ATLVS_SECRET);
  return postJson(`${hub.url}/api/webhooks/atlvs`, body, {
    "X-Webhook-Signature": signature,
    "X-Webhook-Event": name,
  });
}

for (const dialect of ["grasshopper", "atlvs", "standard"]) {
  // Goal: fails twice, asks for later once, succeeds: the hub comes back each time and then no more.
  test(`dialect ${dialect}: from ATLVS through the hub to the handler, at the fourth attempt`, async (t) => {
    const hub = await startHub(t);
    const handled = queue();
    const attempts = [];
    let secret;
    const url = await serve(t, (request) =>
      webhookHandler({
        secret,
        onError() {},
        on: {
          "resource.updated": (event) => {
            attempts.push(event.id);
            if (attempts.length < 3) throw new Error("the database is away");
            if (attempts.length === 3) throw new RetryLater(0);
            handled.put(event);
          },
        },
      })(request),
    );
    secret =
      (await subscribe(hub, url, dialect, dialect === "standard" ? {} : { secret: ATLVS_SECRET }))
        .secret ?? ATLVS_SECRET;
    await postAsATLVS(hub, "w1", "resource.updated", { id: "res_42", availability: false });
    const event = await handled.take();
    assert.deepEqual(event.data, { id: "res_42", availability: false });
    assert.equal(event.occurredAt, "2026-06-15T18:00:00.000Z");
    assert.equal(event.dialect, dialect);
    assert.deepEqual([attempts.length, new Set(attempts).size], [4, 1]);
  });
}

test("a wrong secret is a 401, which the hub tries again: nothing is lost while it is fixed", async (t) => {
  const hub = await startHub(t);
  const handled = queue();
  const answers = [];
  let secret = "the old one";
  const url = await serve(t, async (request) => {
    const response = await webhookHandler({
      secret,
      on: { "event.cancelled": (event) => handled.put(event.data.id) },
    })(request);
    answers.push(response.status);
    if (answers.length === 2) secret = ["the old one", ATLVS_SECRET];
    return response;
  });
  await subscribe(hub, url, "grasshopper", { secret: ATLVS_SECRET });
  await postAsATLVS(hub, "w1", "event.cancelled", { id: "evt_7" });
  assert.equal(await handled.take(), "evt_7");
  assert.deepEqual(answers.slice(0, 2), [401, 401]);
});

test("a lost answer is a second delivery; with dedupe it is handled once", async (t) => {
  const hub = await startHub(t);
  const answered = queue();
  let times = 0;
  const handler = webhookHandler({
    secret: ATLVS_SECRET,
    dedupe: memoryDedupe(),
    on: {
      "resource.updated": () => {
        ++times;
      },
    },
  });
  let isFirst = true;
  const url = await serve(t, async (request) => {
    const response = await handler(request);
    if (isFirst) {
      isFirst = false;
      return new Response("the proxy lost it", { status: 502 });
    }
    answered.put(await response.clone().json());
    return response;
  });
  await subscribe(hub, url, "grasshopper", { secret: ATLVS_SECRET });
  await postAsATLVS(hub, "w1", "resource.updated", { id: "res_42" });
  assert.deepEqual(await answered.take(), { success: true, duplicate: true });
  assert.equal(times, 1);
});
