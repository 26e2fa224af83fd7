import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { test } from "node:test";
import { HandoffError, verifyHandoff } from "@katydid/sdk";

const AT = 1_800_000_000;
const encode = (value) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function makeKey(kid = randomUUID()) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "ES256" } };
}

/** A hub of its own for each test: keys are remembered by issuer. */
function makeHub() {
  const hub = { issuer: `https://${randomUUID()}.example`, keys: [makeKey()], fetched: 0 };
  hub.fetch = async (url) => {
    hub.fetched++;
    assert.equal(url, `${hub.issuer}/.well-known/jwks.json`);
    return new Response(JSON.stringify({ keys: hub.keys.map(({ jwk }) => jwk) }));
  };
  hub.options = { issuer: hub.issuer, audience: "atlvs", fetch: hub.fetch, now: () => AT * 1000 };
  hub.token = (claims = {}, header = {}, key = hub.keys[0]) => {
    const head = encode({ alg: "ES256", kid: key.kid, typ: "JWT", ...header });
    const body = encode({
      ...{ iss: hub.issuer, aud: "atlvs", sub: "sub-1", name: "Ada", role: "operate" },
      ...{ tenant: "ten_1", return_to: "/orders/1", jti: randomUUID(), iat: AT, exp: AT + 60 },
      ...claims,
    });
    const options = { key: key.privateKey, dsaEncoding: "ieee-p1363" };
    return `${head}.${body}.${sign("sha256", Buffer.from(`${head}.${body}`), options).toString("base64url")}`;
  };
  return hub;
}

test("a person comes with a token, once", async () => {
  const hub = makeHub();
  const token = hub.token();
  assert.deepEqual(await verifyHandoff(token, hub.options), {
    ...{ subject: "sub-1", name: "Ada", role: "operate", tenant: "ten_1", returnTo: "/orders/1" },
  });
  await assert.rejects(verifyHandoff(token, hub.options), /was used already/);
  await verifyHandoff(hub.token(), hub.options);
  assert.equal(hub.fetched, 1);
});

test("a table of the platform's own remembers what was used", async () => {
  const hub = makeHub();
  const seen = [];
  const claim = (id, until) => seen.push([id, until]) === 1;
  await verifyHandoff(hub.token({ jti: "a" }), { ...hub.options, claim });
  assert.deepEqual(seen, [["a", (AT + 70) * 1000]]);
  await assert.rejects(verifyHandoff(hub.token(), { ...hub.options, claim }), HandoffError);
});

for (const [what, claims] of Object.entries({
  "another hub": { iss: "https://evil.example" },
  "another platform": { aud: "grasshopper" },
  "several platforms": { aud: ["atlvs", "grasshopper"] },
  expired: { iat: AT - 100, exp: AT - 11 },
  "from the future": { iat: AT + 11, exp: AT + 71 },
  "for ever": { exp: AT + 1_000_000 },
  "without an end": { exp: undefined },
  "without an id": { jti: undefined },
  nobody: { sub: "" },
  "of an unknown role": { role: "root" },
  "to another host": { return_to: "//evil.example" },
  "to another host by a backslash": { return_to: "/\\evil.example" },
  "to another site": { return_to: "https://evil.example" },
  "to a script": { return_to: "javascript:alert(1)" },
  "to a line of its own": { return_to: "/a\r\nSet-Cookie: a=b" },
}))
  test(`refused: ${what}`, async () => {
    const hub = makeHub();
    await assert.rejects(verifyHandoff(hub.token(claims), hub.options), HandoffError);
    // What was refused is not used up.
    await verifyHandoff(hub.token(), hub.options);
  });

test("refused: forged signatures", async () => {
  const hub = makeHub();
  const [head, body, signature] = hub.token().split(".");
  const none = encode({ alg: "none", typ: "JWT", kid: hub.keys[0].kid });
  const mac = encode({ alg: "HS256", typ: "JWT", kid: hub.keys[0].kid });
  const secret = JSON.stringify(hub.keys[0].jwk);
  const hmac = createHmac("sha256", secret).update(`${mac}.${body}`).digest("base64url");
  for (const token of [
    `${none}.${body}.`,
    `${none}.${body}.${signature}`,
    `${mac}.${body}.${hmac}`,
    `${head}.${body}.`,
    `${head}.${encode({ sub: "other" })}.${signature}`,
    `${head}.${body}.${signature}.${signature}`,
    hub.token({}, {}, makeKey(hub.keys[0].kid)),
    hub.token({}, { crit: ["b64"], b64: false }),
    hub.token({}, { jwk: hub.keys[0].jwk, kid: "own" }),
    "",
    "a.b.c",
  ])
    await assert.rejects(verifyHandoff(token, hub.options), HandoffError);
});

test("a new key is fetched, made-up ones make no flood", async () => {
  const hub = makeHub();
  await verifyHandoff(hub.token(), hub.options);
  hub.keys.unshift(makeKey());
  for (let i = 0; i < 20; i++)
    await assert.rejects(verifyHandoff(hub.token({}, { kid: `made-up-${i}` }), hub.options));
  assert.equal(hub.fetched, 1);
  const later = { ...hub.options, now: () => (AT + 11) * 1000 };
  await verifyHandoff(hub.token(), later);
  assert.equal(hub.fetched, 2);
});
