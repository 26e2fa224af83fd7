import assert from "node:assert/strict";
import { test } from "node:test";
import { KatydidClient, rows } from "@katydid/sdk";
import { fakeFetch } from "./support/wire.mjs";

test("rows walks all pages", async () => {
  const pages = {
    first: { data: [1, 2], cursor: "b" },
    b: { data: [], cursor: "c" },
    c: { data: [3], cursor: null },
  };
  const asked = [];
  const read = async (cursor) => {
    asked.push(cursor);
    return pages[cursor ?? "first"];
  };
  const found = [];
  for await (const row of rows(read)) found.push(row);
  assert.deepEqual(
    [found, asked],
    [
      [1, 2, 3],
      [undefined, "b", "c"],
    ],
  );
});

test("a client that knows no hub says so, without a call", async (t) => {
  const { KATYDID_URL } = process.env; // which the person who runs this may have set
  delete process.env.KATYDID_URL;
  t.after(() => KATYDID_URL && (process.env.KATYDID_URL = KATYDID_URL));
  t.mock.method(globalThis, "fetch", () => assert.fail("called"));
  await assert.rejects(new KatydidClient().listEvents(), /KATYDID_URL is not set/);
});

// Goal: a user of JavaScript, without a compiler, learns what is missing before anything is sent.
test("what is missing is named, without a call", async () => {
  const client = new KatydidClient({ url: "http://hub", fetch: () => assert.fail("called") });
  for (const [call, message] of [
    [() => client.createSubscription({ name: "x" }), "createSubscription: event_types is missing; handler is missing"],
    [() => client.createSubscription(), /name is missing/],
    [() => client.getSubscription({}), "getSubscription: id is missing"],
    [() => client.getSubscription("sub_1"), "getSubscription: id is missing"],
    [() => client.deleteSubscription({ id: "" }), "deleteSubscription: id is missing"],
    [() => client.deleteSubscription({ id: ".." }), "deleteSubscription: id is missing"],
    [() => client.publishEvents({ type: "a.b", data: 1 }), "publishEvents: body is missing"],
  ])
    await assert.rejects(call(), { name: "ValidationError", message });
});

test("the fields of the body stand beside those of the path", async () => {
  const { fetch, calls } = fakeFetch([200, {}]);
  const client = new KatydidClient({ url: "http://hub/", fetch });
  const input = { id: "a/b", name: "new", filter: undefined };
  await client.changeSubscription(input);
  await client.rotateSubscriptionSecret({ id: "s" });
  assert.deepEqual(
    calls.map(({ method, url, body }) => [method, url, body]),
    [
      ["PATCH", "http://hub/v1/subscriptions/a%2Fb", { name: "new" }],
      ["POST", "http://hub/v1/subscriptions/s/rotate-secret", {}],
    ],
  );
  assert.equal(input.id, "a/b");
});

// Goal: which hub, and why it could not be reached; never the key or a password.
test("errors name the host and the cause", async () => {
  const refused = Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" });
  const failed = (cause) => fakeFetch(new TypeError("fetch failed", { cause })).fetch;
  for (const [url, cause, message] of [
    ["http://hub:8080", refused, "GET http://hub:8080/v1/events could not be sent: ECONNREFUSED"],
    [
      "https://u:secret@hub/base/",
      new Error("self-signed certificate"),
      "GET https://hub/base/v1/events could not be sent: self-signed certificate",
    ],
    ["http://hub", undefined, "GET http://hub/v1/events could not be sent: fetch failed"],
  ]) {
    const client = new KatydidClient({ url, apiKey: "kd_live_key", fetch: failed(cause) });
    const call = client.listEvents({ subject: "cus_1" });
    await assert.rejects(call, (error) => {
      assert.deepEqual([error.status, error.message], [0, message]);
      assert.equal(error.cause.cause, cause);
      return true;
    });
  }
});

test("every fault of an answer is in the message", async () => {
  const errors = [
    { pointer: "/name", detail: "is taken" },
    { pointer: "/handler/url", detail: "is no URL" },
  ];
  const { fetch } = fakeFetch([422, { detail: "/name: is taken", errors }]);
  const client = new KatydidClient({ url: "http://hub", fetch });
  await assert.rejects(client.createTenant({ name: "x" }), {
    message: "POST http://hub/v1/tenants answered 422: /name: is taken; /handler/url: is no URL",
  });
});

test("an address without http:// is named as the fault", async () => {
  for (const url of ["hub:8080", "hub.example.com", "http://"])
    await assert.rejects(new KatydidClient({ url }).listEvents(), /must begin with http:\/\//);
});
