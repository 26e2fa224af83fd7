import { describe, expect, test, vi } from "vitest";
import { hasMessage, partsOf } from "../src/feed";
import { mergeFirstPage, type Page } from "../src/query";
import { visibleRange } from "../src/components/table";
import { statesToRetry } from "../src/pages/traffic/bulk_retry";
import { barsOf } from "../src/pages/overview";
import { findPlaces } from "../src/components/palette";

const page = (ids: string, cursor: string | null): Page<string> => ({ data: [...ids], cursor });
const merge = (old: Page<string>, first: Page<string>) => mergeFirstPage(old, first, (id) => id);

describe("a list that is looked at", () => {
  test("gets what is new before what was loaded, and keeps the place of the next page", () => {
    expect(merge(page("DCBA", "next"), page("FEDC", "after C"))).toEqual(page("FEDCBA", "next"));
  });
  test("loses what is not in the first page any more", () => {
    expect(merge(page("DCBA", "next"), page("DBA", "x"))).toEqual(page("DBA", "x"));
    expect(merge(page("EDCBA", "next"), page("EC", "x"))).toEqual(page("ECBA", "next"));
  });
  test("starts anew where too much came in between", () => {
    expect(merge(page("BA", "next"), page("ZYX", "after X"))).toEqual(page("ZYX", "after X"));
  });
  test("is what the first page says where that is all", () => {
    expect(merge(page("BA", "next"), page("", null))).toEqual(page("", null));
  });
});

test("only rows near the window are in the page", () => {
  expect(visibleRange(200, 1000, 40, 1_000_000)).toEqual({ first: 0, last: 35 });
  expect(visibleRange(-400_000, 1000, 40, 1_000_000)).toEqual({ first: 9_985, last: 10_040 });
  expect(visibleRange(-400_000, 1000, 40, 5)).toEqual({ first: 5, last: 5 });
});

test("a bulk retry takes the states that have ended or wait", () => {
  expect(statesToRetry(undefined)).toEqual(["dead"]);
  expect(statesToRetry("dead")).toEqual(["dead"]);
  expect(statesToRetry("pending,scheduled,in_flight")).toEqual(["scheduled"]);
  expect(statesToRetry("pending")).toEqual([]);
});

test("the chart has a bar for each minute, also for empty ones", () => {
  const now = Date.parse("2026-06-15T18:00:30Z");
  const stats = {
    events: 1,
    deliveries: { pending: 0, scheduled: 0, delivered: 1, dead: 0, cancelled: 0 },
    bucket: "1m" as const,
    buckets: [{ start: "2026-06-15T17:59:00.000Z", accepted: 3, delivered: 2, failed: 4, dead: 1 }],
  };
  const bars = barsOf(stats, now);
  expect(bars).toHaveLength(60);
  expect(bars.at(-1)).toEqual({
    start: "2026-06-15T18:00:00.000Z",
    values: { accepted: 0, delivered: 0, failed: 0, dead: 0 },
  });
  expect(bars.at(-2)?.values).toEqual({ accepted: 3, delivered: 2, failed: 4, dead: 1 });
});

describe("the palette", () => {
  const names = [{ kind: "subscription" as const, id: "sub_1", name: "Invoices" }];
  test("finds pages and names by a part of them", () => {
    expect(
      findPlaces("even", ["events", "event_types", "keys"], names).map(({ path }) => path),
    ).toEqual(["events", "event_types"]);
    expect(findPlaces("VOIC", [], names)).toMatchObject([{ path: "subscriptions/sub_1" }]);
  });
  test("an id leads to its page", () => {
    expect(findPlaces(" dlv_01ABC ", ["events"], names)[0]?.path).toBe("deliveries/dlv_01ABC");
    expect(findPlaces("<img>_x", ["events"], names)).toEqual([]);
  });
});

test("what keeps the feed's connection alive is no news", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(hasMessage(bytes(": ping\n\n"))).toBe(false);
  expect(hasMessage(bytes("event: event\nid: evt_1\ndata: {}\n\n"))).toBe(true);
  expect(hasMessage(bytes(": ping\n\nevent: delivery\ndata: {}\n\n"))).toBe(true);
});

test("a feed that is silent for too long is ended, one that says something is not", async () => {
  vi.useFakeTimers();
  let cancelled = 0;
  let say = (_: Uint8Array) => {};
  const body = new ReadableStream<Uint8Array>({
    start: (hub) => void (say = (bytes) => hub.enqueue(bytes)),
    cancel: () => void cancelled++,
  });
  const parts = partsOf(body);
  for (let n = 0; n < 4; n++) {
    const next = parts.next();
    await vi.advanceTimersByTimeAsync(15_000);
    say(new Uint8Array([n]));
    expect((await next).value).toEqual(new Uint8Array([n]));
  }
  const last = parts.next();
  await vi.advanceTimersByTimeAsync(34_000);
  expect(cancelled).toBe(0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await last).done).toBe(true);
  expect(cancelled).toBe(1);
  vi.useRealTimers();
});
