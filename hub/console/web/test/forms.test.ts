import { describe, expect, test } from "vitest";
import { FieldFault, fieldOf, readTexts, writeTexts, type Field } from "../src/forms";
import { parseJson } from "../src/json/parse";
import { writeBody } from "../src/json/write";
import { withWhole } from "../src/pages/access/tenants";

const fields: Field[] = [
  { pointer: "/name", label: "name", kind: "text", required: true },
  { pointer: "/event_types", label: "types", kind: "list" },
  { pointer: "/handler/url", label: "url", kind: "text" },
  { pointer: "/handler/headers", label: "headers", kind: "map" },
  { pointer: "/limits/in_flight", label: "in_flight", kind: "number" },
  { pointer: "/limits/adaptive", label: "adaptive", kind: "switch" },
  { pointer: "/filter", label: "filter", kind: "json" },
  { pointer: "/signature", label: "signature", kind: "text", cleared: "null" },
  { pointer: "/retry/delays", label: "delays", kind: "list", cleared: "null" },
];
const known = parseJson(
  `{"name":"a","event_types":["x.*","y"],"handler":{"url":"https://e.example/","headers":{"A":"1","B":"x: y"}},
    "limits":{"in_flight":5,"adaptive":false},"filter":{"id":9007199254740993},"signature":null,
    "retry":{"delays":["5s"]}}`,
);

const bodyOf = (changes: Record<string, string>) => {
  const before = readTexts(fields, known);
  return writeBody(writeTexts(fields, { ...before, ...changes }, before));
};

test("what a tenant has as a whole goes along with what changes of it", () => {
  const now = { "/name": "a", "/retention/dead": "3d", "/retention/dedupe": "1d" };
  expect(withWhole({ retention: { dead: null, delivered: "2d" } }, now)).toEqual({
    retention: { dedupe: "1d", delivered: "2d" },
  });
  expect(withWhole({ name: "b" }, now)).toEqual({ name: "b" });
});

describe("forms", () => {
  test("show what is there", () => {
    expect(readTexts(fields, known)).toEqual({
      "/name": "a",
      "/event_types": "x.*\ny",
      "/handler/url": "https://e.example/",
      "/handler/headers": "A: 1\nB: x: y",
      "/limits/in_flight": "5",
      "/limits/adaptive": "false",
      "/filter": '{\n  "id": 9007199254740993\n}',
      "/signature": "",
      "/retry/delays": "5s",
    });
  });

  test.each([
    [{}, "{}"],
    [{ "/limits/in_flight": "9" }, '{"limits":{"in_flight":9}}'],
    [{ "/handler/headers": "A: 2\n\n" }, '{"handler":{"headers":{"A":"2"}}}'],
    [{ "/filter": '{"id":9007199254740995}' }, '{"filter":{"id":9007199254740995}}'],
    [{ "/filter": "" }, '{"filter":null}'],
    [{ "/retry/delays": "" }, '{"retry":{"delays":null}}'],
    [{ "/event_types": "" }, '{"event_types":[]}'],
    [{ "/limits/adaptive": "true" }, '{"limits":{"adaptive":true}}'],
    [{ "/signature": "stripe" }, '{"signature":"stripe"}'],
  ])("a change sends what differs and no more: %j", (changes, body) => {
    expect(bodyOf(changes as Record<string, string>)).toBe(body);
  });

  test("something new sends what is filled", () => {
    const body = writeTexts(fields, {
      "/name": " n ",
      "/handler/url": "u",
      "/event_types": "a\n b \n",
    });
    expect(writeBody(body)).toBe('{"name":"n","event_types":["a","b"],"handler":{"url":"u"}}');
  });

  test.each([
    ["/limits/in_flight", "five"],
    ["/handler/headers", "no colon"],
    ["/filter", "{x}"],
  ])("what cannot be sent is said at the field: %s", (pointer, text) => {
    expect(() => bodyOf({ [pointer]: text })).toThrow(FieldFault);
  });

  test("a refusal finds its field, also from inside of it", () => {
    expect(fieldOf(fields, "/retry/delays/0")?.label).toBe("delays");
    expect(fieldOf(fields, "/name")?.label).toBe("name");
    expect(fieldOf(fields, "/names")).toBeUndefined();
    // The whole of what the form has in parts.
    expect(fieldOf(fields, "/handler")?.label).toBe("url");
  });
  test("a time is edited as local time and sent as it was meant", () => {
    const time: Field[] = [{ pointer: "/at", label: "at", kind: "time", cleared: "null" }];
    const before = readTexts(time, parseJson('{"at":"2026-06-15T18:00:00.000Z"}'));
    const later = new Date(Date.parse("2026-06-15T19:30:00Z"));
    const local = readTexts(time, parseJson(`{"at":"${later.toISOString()}"}`));
    expect(writeTexts(time, local, before)).toEqual({ at: later.toISOString() });
    expect(writeTexts(time, before, before)).toEqual({});
    expect(writeTexts(time, { "/at": "" }, before)).toEqual({ at: null });
  });
});
