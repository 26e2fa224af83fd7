import { describe, expect, test } from "vitest";
import { timingRows } from "../src/components/timing";
import { formatSteps } from "../src/format";

describe("the timing of an attempt", () => {
  test("steps follow each other on one line, the whole last", () => {
    const timing = { dns_us: 1000, connect_us: 2000, tls_us: null, first_byte_us: 5000 };
    const rows = timingRows({ timing, duration_ms: 10 });
    expect(rows.map(({ us, from, to }) => [us, from, to])).toEqual([
      [1000, 0, 0.1],
      [2000, 0.1, 0.3],
      [5000, 0.3, 0.8],
      [10_000, 0, 1],
    ]);
  });

  test("a whole that was rounded down is not shorter than its parts", () => {
    const timing = { dns_us: null, connect_us: null, tls_us: null, first_byte_us: 412 };
    expect(timingRows({ timing, duration_ms: 0 }).map(({ to }) => to)).toEqual([1, 1]);
    expect(timingRows({ timing: null, duration_ms: 3 })).toEqual([]);
  });

  test("units fit the length", () => {
    expect([37, 4100, 99_900, 412_000, 15_000_000].map(formatSteps)).toEqual([
      "37 µs",
      "4.1 ms",
      "99.9 ms",
      "412 ms",
      "15 s",
    ]);
  });
});
