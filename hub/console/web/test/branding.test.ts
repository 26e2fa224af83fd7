import { describe, expect, test } from "vitest";
import { brandVariables, contrast, parseColour, readableOn } from "../src/branding";

describe("a tenant's colour", () => {
  test("what is no colour changes nothing", () => {
    for (const text of ["", "red", "#12345", "#12345g", "#123456;x"])
      expect(brandVariables(text)).toEqual({});
    expect(parseColour("#0aF010")).toEqual([10, 240, 16]);
  });

  test("any colour can be read on light and on dark", () => {
    for (const text of ["#ffff00", "#000000", "#ffffff", "#1f6f54", "#ff0000", "#808080"])
      for (const card of [
        [255, 255, 255],
        [24, 29, 26],
      ] as [number, number, number][]) {
        const colour = readableOn(parseColour(text) ?? card, card);
        expect(contrast(colour, card)).toBeGreaterThanOrEqual(4.5);
      }
  });

  test("a colour that can be read stays as it is", () => {
    expect(brandVariables("#15703a")["--accent"]).toContain("light-dark(rgb(21 112 58), ");
  });
});
