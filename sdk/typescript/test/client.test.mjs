import assert from "node:assert/strict";
import { test } from "node:test";
import { KatydidClient, rows } from "@katydid/sdk";

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
  t.mock.method(globalThis, "fetch", () => assert.fail("called"));
  await assert.rejects(new KatydidClient().listEvents(), /KATYDID_URL is not set/);
});
