// The guide's functions against the simulated ATLVS, straight and through a hub.
import assert from "node:assert/strict";
import { createATLVS, isQueued, webhookHandler } from "@katydid/sdk";
import { ATLVS_KEY, postJson, startATLVS, startHub, test } from "../support/programs.mjs";
import { queue, serve } from "../support/serve.mjs";

const event = {
  id: "gh_1",
  name: "Night",
  start_date: "2026-06-15T18:00:00Z",
  venue_name: "Hall",
  status: "draft",
  capacity: 500,
};
const sale = { eventId: "gh_1", ticketsSold: 2, revenue: 90, timestamp: "2026-06-15T18:00:00Z" };
const booking = { eventId: "gh_1", from: "2026-06-15T18:00:00Z", to: "2026-06-15T20:00:00Z" };

async function startBridge(t, atlvs) {
  const hub = await startHub(t, { ATLVS_API_URL: `${atlvs.url}/api`, ATLVS_API_KEY: ATLVS_KEY });
  const authorization = { Authorization: `Bearer ${hub.operatorKey}` };
  const { key } = await postJson(
    `${hub.url}/v1/keys`,
    { name: "grasshopper", scopes: ["bridge:atlvs"] },
    authorization,
  );
  return {
    ...hub,
    authorization,
    client: createATLVS({ url: `${hub.url}/api`, apiKey: key, log() {} }),
  };
}

/** What the webhooks of the bridge tell Grasshopper. */
async function listen(t, hub, type) {
  const told = queue();
  let secret;
  const url = await serve(t, (request) =>
    webhookHandler({ secret, on: { "*": (event) => told.put(event) } })(request),
  );
  const subscription = { name: "told", event_types: [type], handler: { kind: "endpoint", url } };
  ({ secret } = await postJson(`${hub.url}/v1/subscriptions`, subscription, hub.authorization));
  return told;
}

// Goal: a Grasshopper cannot tell the hub from ATLVS while ATLVS is up.
for (const [way, connect] of [
  [
    "straight",
    async (t, atlvs) => createATLVS({ url: `${atlvs.url}/api`, apiKey: ATLVS_KEY, log() {} }),
  ],
  ["through the hub", async (t, atlvs) => (await startBridge(t, atlvs)).client],
]) {
  test(`every call of the table, ${way}`, async (t) => {
    const atlvs = await startATLVS(t);
    const client = await connect(t, atlvs);
    const production = await client.syncEventToATLVS(event);
    assert.equal(isQueued(production), false);
    assert.match(production.id, /^prd_/);
    assert.equal((await client.syncEventFromATLVS(production.id)).name, "Night");
    assert.match((await client.syncTicketSalesToATLVS(sale)).id, /^sal_/);
    assert.match(
      (await client.syncArtistToATLVS({ id: "a1", name: "Band", genre: "jazz" })).id,
      /^art_/,
    );
    assert.deepEqual(
      (await client.getATLVSResources("2026-06-15")).map((each) => each.id),
      ["res_1", "res_42", "res_7"],
    );
    assert.match((await client.bookATLVSResource("res_42", booking)).id, /^bok_/);
    const taken = client.bookATLVSResource("res_42", { ...booking, eventId: "gh_2" });
    await assert.rejects(taken, { status: 409, isRetryable: false });
    assert.equal((await client.getATLVSAnalytics("gh_1")).ticketSales.total, 2);
    assert.equal(await client.checkATLVSHealth(), true);
    assert.equal((await client.getATLVSStatus()).connected, true);
    await assert.rejects(client.syncEventFromATLVS("nothing"), { status: 404 });
  });
}

test("the hub applies the type filter that ATLVS ignores", async (t) => {
  const { client } = await startBridge(t, await startATLVS(t));
  assert.deepEqual(
    (await client.getATLVSResources("2026-06-15", "staff")).map((each) => each.id),
    ["res_1"],
  );
});

test("what the SDK lets pass the hub lets pass, and a wrong key is a 401", async (t) => {
  const { url, client } = await startBridge(t, await startATLVS(t));
  await client.syncEventToATLVS({
    ...event,
    end_date: new Date(Date.UTC(2026, 5, 16)),
    price: 12.5,
    tickets_sold: 0,
    id: 7,
  });
  await client.syncTicketSalesToATLVS({ ...sale, currency: "EUR", customerId: "cus_1" });
  const stranger = createATLVS({ url: `${url}/api`, apiKey: "kd_wrong", log() {} });
  await assert.rejects(stranger.syncEventToATLVS(event), { status: 401 });
});

// Goal: ATLVS is down, the user is answered at once, and in the end both sides know the same.
test("a write while ATLVS is down is queued, delivered later, and told", async (t) => {
  const atlvs = await startATLVS(t);
  const hub = await startBridge(t, atlvs);
  const told = await listen(t, hub, "production.created");
  await atlvs.setMode("down");
  const answer = await hub.client.syncEventToATLVS(event);
  assert.equal(isQueued(answer), true);
  assert.equal((await hub.client.getATLVSOperation(answer.operationId)).status, "queued");
  // A page that asks twice, or a nervous user, is still one event.
  assert.deepEqual(await hub.client.syncEventToATLVS(event), answer);
  await atlvs.setMode("ok");
  const { type, data } = await told.take();
  assert.equal(type, "production.created");
  assert.deepEqual([data.operationId, data.grasshopperId], [answer.operationId, "gh_1"]);
  // The event is stored with the answer, the end of the attempt with the next commit.
  let operation = await hub.client.getATLVSOperation(answer.operationId);
  while (operation.status === "queued")
    operation = await hub.client.getATLVSOperation(answer.operationId);
  assert.equal(operation.status, "completed");
  assert.equal(operation.result.id, data.productionId);
  assert.equal((await hub.client.syncEventFromATLVS(data.productionId)).name, "Night");
  assert.equal((await atlvs.writes()).stands, 1);
});
