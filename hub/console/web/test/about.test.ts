import { describe, expect, test } from "vitest";
import { toggled } from "../src/pages/bridge/opt_outs";
import { worstFirst } from "../src/pages/hub/finding_list";
import { matches } from "../src/pages/hub/settings";

describe("pages about the hub", () => {
  test("settings are found by key, variable, value and help", () => {
    const row = {
      key: "log.level",
      variable: "KATYDID_LOG_LEVEL",
      flag: null,
      value: "debug",
      is_secret: false,
      origin: "file" as const,
      place: "katydid.toml:4",
      help: "How much is logged.",
    };
    for (const find of ["", "LEVEL", "debug", "logged"])
      expect(matches(row, find, "set")).toBe(true);
    expect(matches(row, "tls", "")).toBe(false);
    expect(matches({ ...row, origin: "default" }, "", "set")).toBe(false);
  });

  test("the worst finding comes first", () => {
    const found = (["ok", "fault", "warning"] as const).map((weight) => ({
      weight,
      check: "c",
      what: "w",
      hint: null,
    }));
    expect(worstFirst(found).map(({ weight }) => weight)).toEqual(["fault", "warning", "ok"]);
  });

  test("opting out of one platform, of another, of everything and back", () => {
    expect(toggled(false, "atlvs", true)).toEqual(["atlvs"]);
    expect(toggled(["atlvs"], "grasshopper", true)).toEqual(["atlvs", "grasshopper"]);
    expect(toggled(["atlvs"], "atlvs", false)).toBe(false);
    expect(toggled(["atlvs"], "", true)).toBe(true);
    expect(toggled(true, "", false)).toBe(false);
  });
});
