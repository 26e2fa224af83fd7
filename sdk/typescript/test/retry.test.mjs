import assert from "node:assert/strict";
import { test } from "node:test";
import { createATLVS, withRetry, KatydidError } from "@katydid/sdk";
import { fakeFetch } from "./support/wire.mjs";

const event = { id: "e1", name: "Night", start_date: "2026-06-15", status: "draft" };

async function run(options, ...answers) {
  const { fetch, calls } = fakeFetch(...answers);
  const atlvs = createATLVS({ url: "http://hub/api", fetch, log: () => {} });
  const waits = [];
  const wait = async (milliseconds) => void waits.push(milliseconds);
  const work = atlvs.syncWithRetry(event, { ...options, wait });
  const outcome = await work.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  return { ...outcome, waits, attempts: calls.length };
}

// Goal: the guide's schedule, stopped by what no repetition will fix.
for (const [name, answers, expected] of [
  ["succeeds at once", [[201, { id: "p" }]], { attempts: 1, waits: [] }],
  [
    "succeeds the third time",
    [[500, {}], new TypeError("reset"), [201, { id: "p" }]],
    { attempts: 3, waits: [1000, 2000] },
  ],
  ["gives up after three", [[500, {}]], { attempts: 3, waits: [1000, 2000], status: 500 }],
  ["does not repeat a 400", [[400, {}]], { attempts: 1, waits: [], status: 400 }],
  ["does not repeat a 409", [[409, {}]], { attempts: 1, waits: [], status: 409 }],
  [
    "waits as long as it is asked to",
    [
      [429, {}, { "Retry-After": "9" }],
      [201, { id: "p" }],
    ],
    { attempts: 2, waits: [9000] },
  ],
]) {
  test(`syncWithRetry ${name}`, async () => {
    const { attempts, waits, error } = await run({}, ...answers);
    assert.deepEqual({ attempts, waits }, { attempts: expected.attempts, waits: expected.waits });
    assert.equal(error?.status, expected.status);
  });
}

test("syncWithRetry takes the number of attempts, as in the guide", async () => {
  const { fetch, calls } = fakeFetch([500, {}]);
  const atlvs = createATLVS({ url: "http://hub/api", fetch, log: () => {} });
  await assert.rejects(atlvs.syncWithRetry(event, 1), { status: 500 });
  assert.equal(calls.length, 1);
});

test("withRetry repeats anything, but not a mistake in the program", async () => {
  let calls = 0;
  const work = async () => {
    if (++calls < 3) throw new KatydidError("no", { status: 0 });
    return calls;
  };
  assert.equal(await withRetry(work, { wait: async () => {} }), 3);
  await assert.rejects(
    withRetry(async () => {
      ++calls;
      throw new TypeError("bug");
    }),
    TypeError,
  );
  assert.equal(calls, 4);
});
