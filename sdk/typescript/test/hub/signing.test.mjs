// The same bytes, signed by `katydid sign` and verified here, and the other way round.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { verifyATLVSWebhook, verifyStandardWebhook } from "@katydid/sdk";
import { katydid, temporaryFolder, test } from "../support/programs.mjs";
import { hex, STANDARD_SECRET, standardHeaders } from "../support/wire.mjs";

const BODIES = {
  json: '{"event":"resource.updated"}',
  letters: '{"name":"Bühne 🎪"}',
  empty: "",
  spaced: "\r\n{ }\n",
};

function headersOf(text) {
  return new Headers(
    text
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
}

async function sign(t, scheme, secret, body) {
  const file = join(await temporaryFolder(t), "body");
  await writeFile(file, body);
  process.env.SDK_TEST_SECRET = secret;
  return headersOf(
    await katydid(
      "sign",
      "--scheme",
      scheme,
      "--secret-env",
      "SDK_TEST_SECRET",
      "--id",
      "evt_1",
      "--event-type",
      "resource.updated",
      "--body-file",
      file,
    ),
  );
}

async function verify(t, scheme, secret, body, headers) {
  const file = join(await temporaryFolder(t), "body");
  await writeFile(file, body);
  process.env.SDK_TEST_SECRET = secret;
  const lines = Object.entries(headers).flatMap(([name, value]) => [
    "--header",
    `${name}: ${value}`,
  ]);
  return katydid(
    "verify",
    "--scheme",
    scheme,
    "--secret-env",
    "SDK_TEST_SECRET",
    ...lines,
    "--body-file",
    file,
  );
}

for (const [name, body] of Object.entries(BODIES)) {
  test(`katydid signs, the SDK verifies: ${name}`, async (t) => {
    for (const [scheme, header] of [
      ["atlvs", "x-webhook-signature"],
      ["grasshopper", "x-atlvs-signature"],
    ]) {
      const headers = await sign(t, scheme, "swordfish", body);
      assert.equal(await verifyATLVSWebhook(body, headers.get(header), "swordfish"), true, scheme);
      assert.equal(
        await verifyATLVSWebhook(`${body}x`, headers.get(header), "swordfish"),
        false,
        scheme,
      );
    }
    const standard = await sign(t, "standard-webhooks", STANDARD_SECRET, body);
    assert.equal(await verifyStandardWebhook(body, standard, STANDARD_SECRET), true);
    assert.equal(await verifyStandardWebhook(`${body}x`, standard, STANDARD_SECRET), false);
  });

  // An empty body is no webhook's, however well it is signed, and katydid says so.
  if (body === "") continue;
  test(`what the unit tests sign, katydid verifies: ${name}`, async (t) => {
    assert.match(
      await verify(t, "grasshopper", "swordfish", body, { "X-ATLVS-Signature": hex(body) }),
      /^verified/,
    );
    assert.match(
      await verify(t, "standard-webhooks", STANDARD_SECRET, body, standardHeaders(body)),
      /^verified/,
    );
  });
}

test("katydid signs with Ed25519, the SDK verifies with the public key", async (t) => {
  // RFC 8032, 7.1, the first key pair.
  const secret = Buffer.from(
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "hex",
  );
  const open = Buffer.from(
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "hex",
  );
  const headers = await sign(
    t,
    "standard-webhooks",
    `whsk_${Buffer.concat([secret, open]).toString("base64")}`,
    "{}",
  );
  assert.match(headers.get("webhook-signature"), /^v1a,/);
  assert.equal(await verifyStandardWebhook("{}", headers, `whpk_${open.toString("base64")}`), true);
});
