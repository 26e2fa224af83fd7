import { describe, expect, test } from "vitest";
import { member, parseJson } from "../src/json/parse";
import { RawJson, writeBody, writePretty } from "../src/json/write";

describe("lossless JSON", () => {
  test.each([
    "9007199254740993",
    "123456789012345678901234567890",
    "1.10",
    "-0",
    "1e400",
    "1E+2",
    '{"a":1,"a":2}',
    '"\\ud800"',
    "[]",
    "{}",
    "null",
  ])("keeps %s as it was written", (text) => {
    const value = parseJson(text);
    const compact = writePretty(value).replace(/[\s]/g, "");
    expect(compact).toBe(text);
  });

  test("finds what JSON.parse finds", () => {
    const text = ' {"name" : "x\\n\\u00e9\\/", "list": [1, true, null, {"deep": []}], "": {}} ';
    expect(JSON.parse(writePretty(parseJson(text)))).toEqual(JSON.parse(text));
  });

  test.each([
    "",
    "{",
    "[1,]",
    "{'a':1}",
    "01",
    "1.",
    "nul",
    '"a',
    '"\n"',
    "[1] 2",
    '{"a" 1}',
    "\ufeff1",
  ])("refuses %j", (text) => expect(() => parseJson(text)).toThrow(SyntaxError));

  test("says where a fault is", () => {
    expect(() => parseJson('{\n  "a": ,\n}')).toThrow("line 2, column 8");
  });

  test("ends at a depth instead of overflowing the stack", () => {
    expect(() => parseJson("[".repeat(100_000))).toThrow("at most 1000 levels");
  });

  test("takes the last of duplicate members, as JSON.parse does", () => {
    expect(member(parseJson('{"a":1,"a":2}'), "a")).toMatchObject({ text: "2" });
  });

  test("sends a filter digit for digit", () => {
    const body = writeBody({
      filter: new RawJson('{"id":9007199254740993}'),
      name: 'a"b',
      none: undefined,
    });
    expect(body).toBe('{"filter":{"id":9007199254740993},"name":"a\\"b"}');
  });
});
