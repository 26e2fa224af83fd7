import assert from "node:assert/strict";
import { test } from "node:test";
import { handleATLVSWebhook, memoryDedupe, RetryLater, webhookHandler } from "@katydid/sdk";
import {
  atlvs,
  grasshopper,
  hex,
  quietly,
  request,
  SECRET,
  standard,
  STANDARD_SECRET,
} from "./support/wire.mjs";

async function post(options, request) {
  const response = await webhookHandler({ secret: SECRET, ...options })(request);
  return { status: response.status, body: await response.json(), headers: response.headers };
}

function recorder(returned) {
  const events = [];
  return {
    events,
    handle: (event) => {
      events.push(event);
      return returned;
    },
  };
}

// Goal: one handler gets the same, whichever dialect it came in.
for (const [dialect, make, secret, id] of [
  ["grasshopper", grasshopper, SECRET, /^[0-9a-f]{64}$/],
  ["atlvs", atlvs, SECRET, /^6b1f0a0e$/],
  ["standard", standard, STANDARD_SECRET, /^evt_1$/],
]) {
  test(`dialect ${dialect} is verified and dispatched`, async () => {
    const { events, handle } = recorder();
    const { status, body } = await post(
      { secret, on: { "resource.updated": handle } },
      make("resource.updated"),
    );
    assert.deepEqual([status, body], [200, { success: true, action: "update_resource" }]);
    const [event] = events;
    assert.equal(event.type, "resource.updated");
    assert.equal(event.dialect, dialect);
    assert.deepEqual(event.data, { id: "res_42" });
    assert.match(event.id, id);
    assert.equal(event.occurredAt, dialect === "standard" ? undefined : "2026-06-15T18:00:00.000Z");
  });
}

test("a platform's webhook that went through dialect standard is unwrapped", async () => {
  const { events, handle } = recorder();
  const inner = {
    id: "1",
    name: "budget.alert",
    occurredAt: "2026-06-15T18:00:00Z",
    payload: { id: "b1" },
  };
  await post(
    { secret: STANDARD_SECRET, on: { "budget.alert": handle } },
    standard("budget.alert", inner),
  );
  assert.deepEqual(events[0].data, { id: "b1" });
  assert.equal(events[0].id, "evt_1");
  assert.equal(events[0].occurredAt, "2026-06-15T18:00:00Z");
});

test("data that happens to have a type or a name of its own stays whole", async () => {
  const { events, handle } = recorder();
  const data = { type: "staff", name: "Crew", data: 1 };
  await post(
    { secret: STANDARD_SECRET, on: { "staff.assigned": handle } },
    standard("staff.assigned", data),
  );
  assert.deepEqual(events[0].data, data);
});

test("the narrowest handler takes it", async () => {
  const taken = [];
  const on = Object.fromEntries(
    ["a.b.c", "a.b.*", "a.*", "*"].map((name) => [name, () => void taken.push(name)]),
  );
  for (const type of ["a.b.c", "a.b.d", "a.x", "a", "toString"])
    await post({ on }, grasshopper(type));
  assert.deepEqual(taken, ["a.b.c", "a.b.*", "a.*", "*", "*"]);
});

for (const [name, make, status, error] of [
  [
    "a wrong signature",
    () => grasshopper("resource.updated", {}, "other"),
    401,
    "Invalid webhook signature",
  ],
  ["no signature", () => request("{}", {}), 401, "Invalid webhook signature"],
  [
    "a changed body",
    () => request('{"event":"x"}', { "X-ATLVS-Signature": hex("{}") }),
    401,
    "Invalid webhook signature",
  ],
  [
    "no JSON behind a good signature",
    () => request("{", { "X-ATLVS-Signature": hex("{") }),
    400,
    "Not a webhook's body",
  ],
  ["no type", () => request("{}", { "X-ATLVS-Signature": hex("{}") }), 400, "Not a webhook's body"],
  [
    "null",
    () => request("null", { "X-ATLVS-Signature": hex("null") }),
    400,
    "Not a webhook's body",
  ],
  ["an unknown type", () => grasshopper("budget.alert"), 400, "Unknown event type"],
  ["another method", () => request("", {}, "GET"), 405, "Only POST"],
  ["a large body", () => request("x".repeat(1_048_577), {}), 413, "The body is too large"],
]) {
  test(`${name} is a ${status}`, async () => {
    const { events, handle } = recorder();
    const answer = await post({ on: { "resource.updated": handle } }, make());
    assert.deepEqual([answer.status, answer.body, events.length], [status, { error }, 0]);
  });
}

test("a large body is refused before it is all there", async () => {
  let pulled = 0;
  const stream = new ReadableStream({
    pull(c) {
      ++pulled;
      c.enqueue(new Uint8Array(1000));
    },
  });
  const endless = new Request("http://x/", { method: "POST", body: stream, duplex: "half" });
  assert.equal((await post({ bodyBytesMax: 5000, on: {} }, endless)).status, 413);
  assert.ok(pulled < 20, String(pulled));
});

test("types without a handler can be accepted", async () => {
  const { status, body } = await post(
    { on: {}, unknownTypes: "accept" },
    grasshopper("budget.alert"),
  );
  assert.deepEqual([status, body], [200, { success: true }]);
});

test("without a secret the hub is asked to come again, not told that it is wrong", async (t) => {
  const { status, headers } = await post({ secret: "", on: {} }, grasshopper("resource.updated"));
  assert.deepEqual([status, headers.get("retry-after")], [503, "60"]);
  t.after(() => {
    delete process.env.ATLVS_WEBHOOK_SECRET;
    delete process.env.KATYDID_WEBHOOK_SECRET;
  });
  const handler = webhookHandler({ on: { "resource.updated": () => {} } });
  process.env.ATLVS_WEBHOOK_SECRET = SECRET;
  process.env.KATYDID_WEBHOOK_SECRET = STANDARD_SECRET;
  assert.equal((await handler(grasshopper("resource.updated"))).status, 200);
  assert.equal((await handler(standard("resource.updated"))).status, 200);
});

test("what the handler returns decides the answer", async () => {
  const answerTo = async (returned) =>
    post({ on: { "resource.updated": () => returned } }, grasshopper("resource.updated"));
  assert.deepEqual((await answerTo({ action: "done" })).body, { success: true, action: "done" });
  assert.deepEqual((await answerTo(7)).body, { success: true, action: "update_resource" });
  const own = await answerTo(
    Response.json ? new Response('{"mine":1}', { status: 202 }) : undefined,
  );
  assert.deepEqual([own.status, own.body], [202, { mine: 1 }]);
});

test("a handler that throws is a 500 that tells nothing; one that asks for later is a 503", async () => {
  const told = [];
  const onError = (what, event) => told.push([what, event.type]);
  const on = (error) => ({
    onError,
    on: {
      "resource.updated": async () => {
        throw error;
      },
    },
  });
  const failed = await post(
    on(new Error("the database's password")),
    grasshopper("resource.updated"),
  );
  assert.deepEqual([failed.status, failed.body], [500, { error: "Webhook processing failed" }]);
  const later = await post(on(new RetryLater(12.2)), grasshopper("resource.updated"));
  assert.deepEqual([later.status, later.headers.get("retry-after")], [503, "13"]);
  assert.deepEqual(told, [
    ["the database's password", "resource.updated"],
    ["Try again later", "resource.updated"],
  ]);
});

test("errors go to console.error by default, without the body", async () => {
  const said = await quietly(() =>
    post(
      {
        on: {
          "resource.updated": () => {
            throw new Error("no");
          },
        },
      },
      grasshopper("resource.updated", { id: "r", mail: "x@example.com" }),
    ),
  );
  assert.match(said[0], /no resource\.updated [0-9a-f]{64}/);
  assert.doesNotMatch(said.join(), /example\.com/);
});

// Goal: handled once, however often it comes; a failure gives it back.
test("a webhook that comes again is not handled again", async () => {
  const { events, handle } = recorder();
  const options = { dedupe: memoryDedupe(), on: { "resource.updated": handle } };
  assert.equal((await post(options, grasshopper("resource.updated"))).status, 200);
  const again = await post(options, grasshopper("resource.updated"));
  assert.deepEqual([again.status, again.body], [200, { success: true, duplicate: true }]);
  await post(options, grasshopper("resource.updated", { id: "other" }));
  assert.equal(events.length, 2);
});

test("after a failure, thrown or answered, the next attempt is handled", async () => {
  const outcomes = [
    () => {
      throw new Error("down");
    },
    () => new Response("{}", { status: 502 }),
    () => {},
  ];
  const options = {
    dedupe: memoryDedupe(),
    onError() {},
    on: { "resource.updated": () => outcomes.shift()() },
  };
  const statuses = [];
  for (let attempt = 0; attempt < 4; ++attempt)
    statuses.push((await post(options, grasshopper("resource.updated"))).status);
  assert.deepEqual(statuses, [500, 502, 200, 200]);
});

test("two attempts at once: one is handled, the other comes again", async () => {
  let release;
  const held = new Promise((done) => {
    release = done;
  });
  let begin;
  const begun = new Promise((done) => {
    begin = done;
  });
  const handle = () => {
    begin();
    return held;
  };
  const options = { dedupe: memoryDedupe(), on: { "resource.updated": handle } };
  const first = post(options, grasshopper("resource.updated"));
  await begun;
  const second = await post(options, grasshopper("resource.updated"));
  assert.deepEqual([second.status, second.headers.get("retry-after")], [503, "1"]);
  release();
  assert.equal((await first).status, 200);
});

test("a store of ids that is down: not handled before, but done after", async () => {
  const { events, handle } = recorder();
  const broken = {
    begin: () => "new",
    done() {
      throw new Error("disk");
    },
    failed() {},
  };
  const told = [];
  const options = {
    dedupe: broken,
    onError: (what) => told.push(what),
    on: { "resource.updated": handle },
  };
  assert.equal((await post(options, grasshopper("resource.updated"))).status, 200);
  broken.begin = async () => {
    throw new Error("gone");
  };
  assert.equal((await post(options, grasshopper("resource.updated"))).status, 500);
  assert.deepEqual([events.length, told], [1, ["disk", "gone"]]);
});

test("memoryDedupe forgets the oldest and the old", () => {
  let now = 0;
  const dedupe = memoryDedupe({ entriesMax: 2, keepMs: 100_000, now: () => now });
  for (const id of ["a", "b", "c"]) {
    dedupe.begin(id);
    dedupe.done(id);
  }
  assert.deepEqual(
    ["b", "c"].map((id) => dedupe.begin(id)),
    ["done", "done"],
  );
  now = 100_001;
  assert.equal(dedupe.begin("c"), "new");
  assert.equal(dedupe.begin("c"), "busy");
  dedupe.failed("c");
  assert.equal(dedupe.begin("c"), "new");
  now += 60_001;
  assert.equal(dedupe.begin("c"), "new");
});

// Goal: the guide's function, for both envelopes.
test("handleATLVSWebhook says what is to be done", async () => {
  const read = { syncEventFromATLVS: async (id) => ({ id, name: "Night" }) };
  const run = (event, data = { id: "x1" }) =>
    handleATLVSWebhook({ event, data, timestamp: "" }, read);
  assert.deepEqual(await run("event.updated"), {
    action: "update_event",
    eventId: "x1",
    event: { id: "x1", name: "Night" },
  });
  assert.deepEqual(await run("event.cancelled"), { action: "cancel_event", eventId: "x1" });
  assert.deepEqual(await run("resource.updated"), { action: "update_resource", resourceId: "x1" });
  assert.deepEqual(await run("artist.updated", { id: 7 }), {
    action: "update_artist",
    artistId: "7",
  });
  assert.equal(await run("budget.alert"), null);
  assert.equal(await run("event.cancelled", {}), null);
  assert.equal(await handleATLVSWebhook(null, read), null);
  assert.deepEqual(
    await handleATLVSWebhook({ name: "event.cancelled", payload: { id: "y" } }, read),
    { action: "cancel_event", eventId: "y" },
  );
});

test("handleATLVSWebhook takes the event of a webhookHandler", async () => {
  const on = { "*": (event) => handleATLVSWebhook(event) };
  const { body } = await post({ on }, grasshopper("event.cancelled", { id: "e1" }));
  assert.deepEqual(body, { success: true, action: "cancel_event" });
});
