import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import * as sdk from "@katydid/sdk";
import { createATLVS, isQueued, KatydidError, ValidationError } from "@katydid/sdk";
import { fakeFetch, quietly } from "./support/wire.mjs";

const event = { id: "e1", name: "Night", start_date: "2026-06-15T18:00:00Z", status: "draft" };

function atlvsWith(...answers) {
  const { fetch, calls } = fakeFetch(...answers);
  const lines = [];
  const log = (entry) => lines.push(entry);
  return {
    calls,
    lines,
    atlvs: createATLVS({ url: "http://hub/api", apiKey: "kd_1", fetch, log }),
  };
}

// Goal: every name of the guide is exported, so that an import of it goes on working.
test("the guide's functions are there by name", () => {
  for (const name of [
    "syncEventToATLVS",
    "syncEventFromATLVS",
    "getATLVSResources",
    "syncTicketSalesToATLVS",
    "syncArtistToATLVS",
    "getATLVSAnalytics",
    "checkATLVSHealth",
    "getATLVSStatus",
    "syncWithRetry",
    "validateEventData",
    "verifyATLVSWebhook",
    "handleATLVSWebhook",
  ])
    assert.equal(typeof sdk[name], "function", name);
  for (const name of Object.keys(createATLVS()))
    assert.equal(typeof sdk[name], "function", `${name} is missing in src/atlvs/guide.ts`);
});

// Goal: the wire is the table's, with what is known and nothing else of the row.
test("an event goes out with the fields that ATLVS needs", async () => {
  const { atlvs, calls } = atlvsWith([201, { id: "prod_1", name: "Night" }]);
  const row = {
    ...event,
    end_date: null,
    venue_name: "Hall",
    capacity: 500,
    tickets_sold: 0,
    organiser_email: "someone@example.com",
    description: "…",
  };
  const production = await atlvs.syncEventToATLVS(row, { idempotencyKey: "k1" });
  assert.equal(production.id, "prod_1");
  assert.equal(isQueued(production), false);
  const [call] = calls;
  assert.equal(call.method, "POST");
  assert.equal(call.url, "http://hub/api/production/events");
  assert.equal(call.headers["Authorization"], "Bearer kd_1");
  assert.equal(call.headers["Idempotency-Key"], "k1");
  assert.deepEqual(call.body, {
    grasshopperId: "e1",
    name: "Night",
    startDate: "2026-06-15T18:00:00Z",
    venue: "Hall",
    status: "draft",
    capacity: 500,
    ticketsSold: 0,
  });
});

test("a queued write says so", async () => {
  const { atlvs } = atlvsWith([202, { operationId: "evt_1", status: "queued" }]);
  assert.equal(isQueued(await atlvs.syncEventToATLVS(event)), true);
  assert.equal(isQueued({ id: "prod_1", status: "queued" }), false);
  assert.equal(isQueued(null), false);
});

test("a wrong event is not sent", async () => {
  const { atlvs, calls } = atlvsWith([201, {}]);
  await assert.rejects(atlvs.syncEventToATLVS({ ...event, name: "" }), ValidationError);
  assert.equal(calls.length, 0);
});

test("sales, artists and bookings go where the table says", async () => {
  const { atlvs, calls } = atlvsWith([201, { id: "1" }]);
  const timestamp = new Date(Date.UTC(2026, 5, 15));
  await atlvs.syncTicketSalesToATLVS({ eventId: "e1", ticketsSold: 2, revenue: 90, timestamp });
  await atlvs.syncArtistToATLVS({ id: "a1", name: "Band", email: "x@example.com", phone: "" });
  await atlvs.syncArtistToATLVS({ id: "a2", name: "Duo" });
  const booking = { eventId: "e1", from: "2026-06-15T18:00:00Z", to: "2026-06-15T20:00:00Z" };
  await atlvs.bookATLVSResource("res/1", booking);
  assert.deepEqual(
    calls.map(({ url, body }) => [url.slice("http://hub/api".length), body]),
    [
      [
        "/business/sales",
        { eventId: "e1", ticketsSold: 2, revenue: 90, timestamp: "2026-06-15T00:00:00.000Z" },
      ],
      [
        "/production/artists",
        { grasshopperId: "a1", name: "Band", contactInfo: { email: "x@example.com" } },
      ],
      ["/production/artists", { grasshopperId: "a2", name: "Duo" }],
      ["/production/resources/res%2F1/bookings", booking],
    ],
  );
});

test("reads ask with the query of the table", async () => {
  const { atlvs, calls } = atlvsWith([200, []]);
  await atlvs.getATLVSResources("2026-06-15", "staff");
  await atlvs.getATLVSResources(new Date(Date.UTC(2026, 5, 16, 23)));
  await atlvs.getATLVSAnalytics("e 1");
  await atlvs.syncEventFromATLVS("prod/1");
  await atlvs.getATLVSOperation("evt_1");
  assert.deepEqual(
    calls.map(({ url }) => url.slice("http://hub/api".length)),
    [
      "/production/resources?date=2026-06-15&type=staff",
      "/production/resources?date=2026-06-16",
      "/intelligence/analytics?eventId=e+1",
      "/production/events/prod%2F1",
      "/operations/evt_1",
    ],
  );
});

// Goal: a page of Grasshopper shows although ATLVS is away; writes say what happened.
test("when ATLVS is away reads are empty and writes throw", async () => {
  const { atlvs, lines } = atlvsWith(new TypeError("fetch failed"));
  assert.deepEqual(await atlvs.getATLVSResources("2026-06-15"), []);
  assert.equal(await atlvs.getATLVSAnalytics("e1"), null);
  assert.equal(await atlvs.checkATLVSHealth(), false);
  assert.deepEqual(await atlvs.getATLVSStatus(), { connected: false });
  await assert.rejects(atlvs.syncEventToATLVS(event), {
    name: "KatydidError",
    status: 0,
    isRetryable: true,
  });
  await assert.rejects(atlvs.syncEventFromATLVS("p"), KatydidError);
  assert.equal(lines.length, 6);
  assert.match(lines[0].error, /GET http:\/\/hub\/api\/production\/resources could not be sent: fetch failed/);
});

test("health tells version and last synchronisation", async () => {
  const { atlvs } = atlvsWith([
    200,
    { status: "ok", version: "1", lastSync: "2026-06-15T18:00:00Z" },
  ]);
  assert.equal(await atlvs.checkATLVSHealth(), true);
  assert.deepEqual(await atlvs.getATLVSStatus(), {
    connected: true,
    version: "1",
    lastSync: "2026-06-15T18:00:00Z",
  });
  assert.deepEqual(await atlvsWith([503, { status: "down" }]).atlvs.getATLVSStatus(), {
    connected: false,
  });
});

test("a refusal carries the hub's reason", async () => {
  const errors = [{ pointer: "/name", detail: "is missing" }];
  const { atlvs } = atlvsWith(
    [400, { error: "name is missing", errors }, {}],
    [503, { error: "busy" }, { "Retry-After": "7" }],
  );
  await assert.rejects(atlvs.syncEventToATLVS(event), (error) => {
    assert.equal(error.message, "POST http://hub/api/production/events answered 400: /name: is missing");
    assert.deepEqual(error.errors, errors);
    assert.equal(error.isRetryable, false);
    return true;
  });
  await assert.rejects(atlvs.syncEventToATLVS(event), {
    status: 503,
    retryAfterSeconds: 7,
    isRetryable: true,
  });
});

// Goal: the log says when, what, how long and what went wrong, and nothing that is secret or personal.
test("a call's log line has no key, query or body", async () => {
  const { atlvs, lines } = atlvsWith([200, []]);
  await atlvs.getATLVSResources("2026-06-15");
  await atlvs.syncArtistToATLVS({ id: "a1", name: "Band", email: "x@example.com" });
  assert.deepEqual(Object.keys(lines[0]), ["time", "method", "endpoint", "status", "durationMs"]);
  assert.equal(lines[0].endpoint, "/production/resources");
  assert.doesNotMatch(JSON.stringify(lines), /kd_1|2026-06-15|example\.com|Band/);
});

test("failures are told to console.error without a log", async () => {
  const { fetch } = fakeFetch([500, { error: "x" }]);
  const said = await quietly(() =>
    createATLVS({ url: "http://hub/api", fetch }).getATLVSAnalytics("e1"),
  );
  assert.equal(said.length, 1);
  assert.match(said[0], /"endpoint":"\/intelligence\/analytics","status":500/);
});

test("the environment configures the functions of the guide", async (t) => {
  t.after(() => {
    delete process.env.ATLVS_API_URL;
    delete process.env.ATLVS_API_KEY;
  });
  await assert.rejects(sdk.syncEventToATLVS(event), /ATLVS_API_URL is not set/);
  const said = await quietly(async () =>
    assert.deepEqual(await sdk.getATLVSResources("2026-06-15"), []),
  );
  assert.match(said[0], /ATLVS_API_URL is not set/);
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ id: request.headers.authorization, url: request.url }));
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  process.env.ATLVS_API_URL = `http://127.0.0.1:${server.address().port}/api/`;
  process.env.ATLVS_API_KEY = "kd_env";
  assert.deepEqual(await sdk.syncEventToATLVS(event), {
    id: "Bearer kd_env",
    url: "/api/production/events",
  });
});

// Goal: a hub that accepts and never answers costs the time limit, and no more.
test("a silent server is a timeout, a redirect is not followed", async (t) => {
  const server = createServer((request, response) => {
    if (request.url.includes("operations"))
      response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end();
  }).listen(0, "127.0.0.1");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  const atlvs = createATLVS({ url, timeoutMs: 20, log: () => {} });
  await assert.rejects(atlvs.syncEventFromATLVS("p"), {
    status: 0,
    message: /no answer within 20 ms/,
  });
  const slow = createATLVS({ url, log: () => {} });
  await assert.rejects(slow.getATLVSOperation("o"), { status: 302 });
  const abort = new AbortController();
  const given = slow.syncEventToATLVS(event, { signal: abort.signal });
  abort.abort();
  await assert.rejects(given, { status: 0, message: /was given up/ });
});
