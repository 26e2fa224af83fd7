import assert from "node:assert/strict";
import { test } from "node:test";
import {
  validateBookingData,
  validateEventData,
  validateSalesData,
  ValidationError,
} from "@katydid/sdk";

const event = { id: "e1", name: "Night", start_date: "2026-06-15T18:00:00Z", status: "draft" };
const sale = { eventId: "e1", ticketsSold: 2, revenue: 90.5, timestamp: "2026-06-15T18:00:00Z" };

function pointersOf(work) {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ValidationError, String(error));
    return error.errors.map((each) => each.pointer);
  }
  return [];
}

// Goal: every rule of the edge has a row, and says which field is wrong.
for (const [change, ...pointers] of [
  [{}],
  [{ id: 7 }],
  [{ id: "" }, "/id"],
  [{ id: undefined }, "/id"],
  [{ name: null }, "/name"],
  [{ name: "x".repeat(257) }, "/name"],
  [{ start_date: undefined }, "/start_date"],
  [{ start_date: "2026-06-15" }],
  [{ start_date: new Date(0) }],
  [{ start_date: new Date(NaN) }, "/start_date"],
  [{ start_date: "tomorrow" }, "/start_date"],
  [{ start_date: "2026-06-15T18:00:00" }, "/start_date"],
  [{ start_date: "2026-06-15 18:00:00Z" }, "/start_date"],
  [{ start_date: "2026-02-30" }, "/start_date"],
  [{ start_date: "2026-02-30T10:00:00Z" }, "/start_date"],
  [{ start_date: "2028-02-29T23:59:59.999+02:00" }],
  [{ start_date: "2026-06-15T24:00:00Z" }, "/start_date"],
  [{ end_date: "2026-06-15T18:00:00Z" }],
  [{ end_date: "2026-06-15T17:59:59Z" }, "/end_date"],
  [{ end_date: "2026-06-15T19:59:59+02:00" }, "/end_date"],
  [{ end_date: null, venue_name: null, status: null }],
  [{ capacity: -1 }, "/capacity"],
  [{ capacity: 1.5 }, "/capacity"],
  [{ tickets_sold: "3" }, "/tickets_sold"],
  [{ price: 12.5 }],
  [{ price: Infinity }, "/price"],
  [{ id: null, name: "", start_date: null }, "/id", "/name", "/start_date"],
]) {
  test(`event with ${JSON.stringify(change)}: ${pointers.join(" ") || "right"}`, () => {
    assert.deepEqual(
      pointersOf(() => validateEventData({ ...event, ...change })),
      pointers,
    );
  });
}

test("a right event is true, and what is no object at all is refused in words", () => {
  assert.equal(validateEventData(event), true);
  assert.throws(
    () => validateEventData(undefined),
    /Invalid event data: id is missing; name is missing; start_date is missing/,
  );
});

for (const [change, ...pointers] of [
  [{}],
  [{ revenue: 0, ticketsSold: 0 }],
  [{ revenue: -0.01 }, "/revenue"],
  [{ ticketsSold: 0.5 }, "/ticketsSold"],
  [{ timestamp: "2026-06-15" }, "/timestamp"],
  [{ timestamp: undefined, eventId: undefined }, "/eventId", "/timestamp"],
]) {
  test(`sale with ${JSON.stringify(change)}: ${pointers.join(" ") || "right"}`, () => {
    assert.deepEqual(
      pointersOf(() => validateSalesData({ ...sale, ...change })),
      pointers,
    );
  });
}

test("a booking ends after it begins", () => {
  const booking = { eventId: "e1", from: "2026-06-15T18:00:00Z", to: "2026-06-15T17:00:00Z" };
  assert.deepEqual(
    pointersOf(() => validateBookingData(booking)),
    ["/to"],
  );
});
