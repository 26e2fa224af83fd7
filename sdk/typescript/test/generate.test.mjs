import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { readEvents } from "../scripts/generate.mjs";
import { typeOf } from "../scripts/schema_types.mjs";
import { v1Source } from "../scripts/v1_source.mjs";
import { fakeFetch } from "./support/wire.mjs";

const run = promisify(execFile);
const here = (path) => new URL(path, import.meta.url);

for (const [schema, type] of [
  [{}, "unknown"],
  [true, "unknown"],
  [{ type: "integer", minimum: 1 }, "number"],
  [{ type: ["string", "null"] }, "string | null"],
  [{ type: ["integer", "number"] }, "number"],
  [{ enum: ["a", 1, null] }, '"a" | 1 | null'],
  [{ const: "x" }, '"x"'],
  [{ $ref: "#/components/schemas/Thing" }, "Thing"],
  [{ type: "array" }, "unknown[]"],
  [{ type: "array", items: { type: ["string", "null"] } }, "(string | null)[]"],
  [{ type: "object" }, "Record<string, unknown>"],
  [{ type: "object", additionalProperties: { type: "integer" } }, "Record<string, number>"],
  [{ type: "object", additionalProperties: false }, "Record<string, never>"],
  [
    {
      allOf: [
        { $ref: "#/components/schemas/A" },
        { oneOf: [{ type: "string" }, { type: "null" }] },
      ],
    },
    "A & (string | null)",
  ],
  [
    { properties: { a: { type: "string" }, "b-c": {} }, required: ["a"] },
    '{\n  a: string;\n  "b-c"?: unknown;\n}',
  ],
  [
    { type: "array", items: { properties: { a: { type: ["string", "null"] } } } },
    "{\n  a?: string | null;\n}[]",
  ],
]) {
  test(`${JSON.stringify(schema)} is ${type}`, () => assert.equal(typeOf(schema), type));
}

test("a keyword that is not known is an error, not a guess", () => {
  assert.throws(() => typeOf({ patternProperties: {} }), /patternProperties/);
  assert.throws(() => typeOf({ $ref: "other.json" }), /leads elsewhere/);
});

// Goal: what is generated compiles, strictly, and calls what the document says.
test("the client of a small document works", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "katydid-sdk-"));
  t.after(() => rm(folder, { recursive: true }));
  const document = JSON.parse(await readFile(here("fixtures/openapi.json"), "utf8"));
  const files = v1Source(document);
  assert.equal(files.has("watch.ts"), false, "a connection is no call");
  await symlink(fileURLToPath(here("../dist")), join(folder, "dist"));
  await symlink(fileURLToPath(here("../package.json")), join(folder, "package.json"));
  for (const [name, text] of files)
    await writeFile(join(folder, name), text.replace("../../client/", "./dist/client/"));
  await run("tsc", [
    "--strict",
    "--target",
    "es2022",
    "--module",
    "node16",
    "--exactOptionalPropertyTypes",
    "--noUnusedLocals",
    join(folder, "index.ts"),
  ]).catch((error) => assert.fail(error.stdout));
  const { Operations } = await import(pathToFileURL(join(folder, "index.js")));
  const { fetch, calls } = fakeFetch([200, { data: [], cursor: null }, { ETag: '"3"' }]);
  const client = new Operations({ url: "http://hub", apiKey: "kd_1", tenant: "acme", fetch });
  let etag;
  await client.listThings(
    { limit: 5, "external-id": "x y" },
    {
      onReply: ({ headers }) => {
        etag = headers.get("etag");
      },
    },
  );
  await client.listThings();
  await client.makeThings({ body: [{ id: "1", color: "red" }] }, { idempotencyKey: "k" });
  await client.changeThing(
    { id: "a/b", body: { color: null } },
    { ifMatch: '"3"', tenant: "other" },
  );
  await client.paintThing({ id: "1", color: "green" });
  await assert.rejects(client.paintThing({ id: "1" }), /paintThing: color is missing/);
  assert.equal(etag, '"3"');
  assert.equal(await client.deleteThing({ id: "1" }), undefined);
  assert.ok((await client.getThingBytes({ id: "1" })) instanceof Uint8Array);
  assert.deepEqual(
    calls.map(({ method, url }) => `${method} ${url.slice("http://hub".length)}`),
    [
      "GET /v1/things?limit=5&external-id=x+y",
      "GET /v1/things",
      "POST /v1/things",
      "PATCH /v1/things/a%2Fb",
      "PUT /v1/things/1",
      "DELETE /v1/things/1",
      "GET /v1/things/1/bytes",
    ],
  );
  assert.deepEqual(calls[4].body, { color: "green" });
  assert.deepEqual(calls[2].body, [{ id: "1", color: "red" }]);
  assert.equal(calls[2].headers["Idempotency-Key"], "k");
  assert.equal(calls[3].headers["If-Match"], '"3"');
  assert.deepEqual(
    [calls[0].headers["Katydid-Tenant"], calls[3].headers["Katydid-Tenant"]],
    ["acme", "other"],
  );
});

test("lines of text go out as they are, under their own media type", async () => {
  const { fetch, calls } = fakeFetch([202, {}]);
  const { Transport } = await import(here("../dist/client/transport.js"));
  class Client extends Transport {
    send(body, contentType) {
      const operation = { name: "send", method: "POST", path: "/x", body: "whole", answer: "json" };
      return this.call(operation, { body, contentType });
    }
  }
  const client = new Client({
    url: "http://hub",
    fetch: (url, init) => fetch(url, { ...init, body: JSON.stringify(init.body) }),
  });
  await client.send("{}\n{}\n", "application/x-ndjson");
  await client.send("a text", undefined);
  assert.deepEqual(
    calls.map(({ body, headers }) => [body, headers["Content-Type"]]),
    [
      ["{}\n{}\n", "application/x-ndjson"],
      ['"a text"', "application/json"],
    ],
  );
});

test("a parameter that a field of the body would hide is an error", async () => {
  const document = JSON.parse(await readFile(here("fixtures/openapi.json"), "utf8"));
  document.components.schemas.Paint.properties.id = { type: "string" };
  assert.throws(() => v1Source(document), /id collides/);
});

// Goal: a schema that changed without `npm run generate` does not go unnoticed.
test("src/generated/events.ts is what handlers/dialects/ says", async (t) => {
  const handlers = new URL(
    "handlers/dialects/",
    pathToFileURL(`${process.env.KATYDID_SOURCE ?? fileURLToPath(here("../../.."))}/`),
  );
  try {
    await access(handlers);
  } catch {
    return t.skip("not in Katydid's own tree");
  }
  assert.equal(
    await readFile(here("../src/generated/events.ts"), "utf8"),
    await readEvents(handlers),
    "stale: run `npm run generate` in sdk/typescript",
  );
});
