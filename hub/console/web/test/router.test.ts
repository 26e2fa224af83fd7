import { describe, expect, test } from "vitest";
import { href, parsePlace, place, writePlace } from "../src/router";

describe("places", () => {
  test.each([
    ["", { path: [], query: {} }],
    [
      "#/deliveries/dlv_1?state=dead&range=1h",
      { path: ["deliveries", "dlv_1"], query: { state: "dead", range: "1h" } },
    ],
    ["#/event_types/a%2Fb", { path: ["event_types", "a/b"], query: {} }],
    ["#/events/%E0%A4%A", { path: ["events", "%E0%A4%A"], query: {} }],
    ["#deliveries", { path: ["deliveries"], query: {} }],
  ])("%s is read", (hash, expected) => expect(parsePlace(hash)).toEqual(expected));

  test("what was written is read again", () => {
    const there = {
      path: ["events", 'a b/"<'],
      query: { type: "order.*&x=#", state: "pending,scheduled" },
    };
    expect(parsePlace(writePlace(there))).toEqual(there);
  });

  test("an empty parameter is none", () => {
    expect(writePlace({ path: ["events"], query: { type: "" } })).toBe("#/events");
  });

  test("the tenant goes along from page to page, other filters do not", () => {
    place.value = parsePlace("#/deliveries?tenant=acme&state=dead");
    expect(href("events")).toBe("#/events?tenant=acme");
    expect(href("events", { tenant: "other" })).toBe("#/events?tenant=other");
    place.value = parsePlace("");
  });
});
