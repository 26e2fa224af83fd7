import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { verifyATLVSWebhook, verifyStandardWebhook } from "@katydid/sdk";
import { hex, quietly, SECRET, STANDARD_SECRET, standardHeaders } from "./support/wire.mjs";

const body = '{"event":"resource.updated","data":{"name":"Bühne"}}';
const good = hex(body);

for (const [name, args, expected] of [
  ["right", [body, good, SECRET], true],
  ["right, as bytes", [new TextEncoder().encode(body), good, SECRET], true],
  ["right, in capitals", [body, good.toUpperCase(), SECRET], true],
  ["right with the second secret", [body, good, ["new", SECRET]], true],
  ["another secret", [body, good, "swordfish\n"], false],
  ["another body", [`${body} `, good, SECRET], false],
  ["cut off", [body, good.slice(0, 62), SECRET], false],
  ["too long", [body, `${good}00`, SECRET], false],
  ["not hex", [body, `${good.slice(0, 63)}g`, SECRET], false],
  ["prefixed", [body, `sha256=${good}`, SECRET], false],
  ["empty", [body, "", SECRET], false],
  ["absent", [body, null, SECRET], false],
]) {
  test(`ATLVS's signature, ${name}`, async () =>
    assert.equal(await verifyATLVSWebhook(...args), expected));
}

test("ATLVS_WEBHOOK_SECRET is read when it is needed; without one nothing is right", async (t) => {
  t.after(() => delete process.env.ATLVS_WEBHOOK_SECRET);
  const said = await quietly(async () =>
    assert.equal(await verifyATLVSWebhook(body, hex(body, "")), false),
  );
  assert.match(said[0], /ATLVS_WEBHOOK_SECRET is not set/);
  process.env.ATLVS_WEBHOOK_SECRET = SECRET;
  assert.equal(await verifyATLVSWebhook(body, good), true);
});

const at = 1_800_000_000;
const signed = standardHeaders(body, { at });
const now = () => at * 1000;

for (const [name, change, expected, options = {}] of [
  ["right", {}, true],
  ["299 seconds old", {}, true, { now: () => (at + 299) * 1000 }],
  ["301 seconds old", {}, false, { now: () => (at + 301) * 1000 }],
  ["from the future", {}, false, { now: () => (at - 301) * 1000 }],
  ["an hour allowed", {}, true, { now: () => (at + 3000) * 1000, toleranceSeconds: 3600 }],
  ["among others", { "webhook-signature": `v1,AAAA v2,x ${signed["webhook-signature"]}` }, true],
  [
    "of an unknown version",
    { "webhook-signature": signed["webhook-signature"].replace("v1", "v2") },
    false,
  ],
  ["without its version", { "webhook-signature": signed["webhook-signature"].slice(3) }, false],
  ["for another id", { "webhook-id": "evt_2" }, false],
  ["for another time", { "webhook-timestamp": String(at + 1) }, false],
  ["with a time in words", { "webhook-timestamp": "now" }, false],
  ["with a time in hex", { "webhook-timestamp": "0x6b49d200" }, false],
  ["without an id", { "webhook-id": "" }, false],
]) {
  test(`Standard Webhooks, ${name}`, async () => {
    const headers = new Headers({ ...signed, ...change });
    assert.equal(
      await verifyStandardWebhook(body, headers, STANDARD_SECRET, { now, ...options }),
      expected,
    );
  });
}

// Goal: request.headers of Node's http and of Express does as well as a Request's.
for (const [name, headers] of [
  ["Node's headers", signed],
  ["names in capitals", Object.fromEntries(Object.entries(signed).map(([k, v]) => [k.toUpperCase(), v]))],
  ["values in lists", Object.fromEntries(Object.entries(signed).map(([k, v]) => [k, [v]]))],
]) {
  test(`Standard Webhooks with ${name}`, async () => {
    assert.equal(await verifyStandardWebhook(body, headers, STANDARD_SECRET, { now }), true);
    assert.equal(await verifyStandardWebhook(`${body} `, headers, STANDARD_SECRET, { now }), false);
    assert.equal(await verifyStandardWebhook(body, {}, STANDARD_SECRET, { now }), false);
  });
}

test("a parsed body is a mistake, and is named", async () => {
  const parsed = JSON.parse(body);
  const message = /a string or bytes, not parsed/;
  await assert.rejects(verifyStandardWebhook(parsed, signed, STANDARD_SECRET, { now }), message);
  await assert.rejects(verifyStandardWebhook(parsed, {}, STANDARD_SECRET), message);
  await assert.rejects(verifyATLVSWebhook(parsed, good, SECRET), message);
});

test("a secret without its prefix, two secrets, and one that cannot be decoded", async () => {
  const headers = new Headers(signed);
  const verify = (secret) => verifyStandardWebhook(body, headers, secret, { now });
  assert.equal(await verify(STANDARD_SECRET.slice(6)), true);
  assert.equal(await verify(["whsec_AAAA", STANDARD_SECRET]), true);
  assert.equal(await verify("whsec_AAAA"), false);
  assert.equal(await verify("not base64!"), false);
  assert.equal(await verify([]), false);
});

test("a dot cannot move from the id to the time", async () => {
  const shifted = standardHeaders(body, { id: "evt.1", at });
  assert.equal(
    await verifyStandardWebhook(body, new Headers(shifted), STANDARD_SECRET, { now }),
    false,
  );
});

test("Ed25519: the public key verifies, and is no shared secret", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
  const signature = sign(null, Buffer.from(`evt_1.${at}.${body}`), privateKey).toString("base64");
  const headers = new Headers({ ...signed, "webhook-signature": `v1a,${signature}` });
  assert.equal(await verifyStandardWebhook(body, headers, `whpk_${raw}`, { now }), true);
  assert.equal(await verifyStandardWebhook(`${body} `, headers, `whpk_${raw}`, { now }), false);
  // A holder of the public key must not be able to sign with it as if it were a secret.
  const forged = new Headers(standardHeaders(body, { at, secret: raw }));
  assert.equal(await verifyStandardWebhook(body, forged, `whpk_${raw}`, { now }), false);
});
