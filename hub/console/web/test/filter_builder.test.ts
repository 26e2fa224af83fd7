import { describe, expect, test } from "vitest";
import { pathsOf, readOperand, withCondition } from "../src/filter_builder";
import { parseJson } from "../src/json/parse";

describe("the filter builder", () => {
  test("offers every field of a payload, through lists", () => {
    const payload = parseJson('{"id":1,"customer":{"name":"Ada"},"lines":[{"sku":"K"}],"none":[]}');
    expect(pathsOf(payload)).toEqual(["payload.id", "payload.customer.name", "payload.lines.sku"]);
  });

  test("tells numbers and literals from texts, digits as they were typed", () => {
    expect(readOperand("$eq", "9007199254740993")).toBe("9007199254740993");
    expect(readOperand("$eq", "1.10")).toBe("1.10");
    expect(readOperand("$eq", "true")).toBe("true");
    expect(readOperand("$eq", "007")).toBe('"007"');
    expect(readOperand("$eq", 'say "hi"')).toBe('"say \\"hi\\""');
    expect(readOperand("$exist", "")).toBe("true");
    expect(readOperand("$exist", "false")).toBe("false");
  });

  test("adds a condition and keeps what is there", () => {
    const first = withCondition("", "payload.total", "$gte", "100");
    expect(JSON.parse(first)).toEqual({ payload: { total: { $gte: 100 } } });
    const second = withCondition(first, "payload.total", "$lt", "500");
    expect(JSON.parse(second)).toEqual({ payload: { total: { $gte: 100, $lt: 500 } } });
    const third = withCondition('{"payload":{"id":9007199254740993}}', "payload.id", "$neq", "1");
    expect(third).toContain('"$eq": 9007199254740993');
  });

  test("says so when the filter is none", () => {
    expect(() => withCondition("[]", "payload.a", "$eq", "1")).toThrow();
    expect(() => withCondition("{", "payload.a", "$eq", "1")).toThrow();
  });
});
