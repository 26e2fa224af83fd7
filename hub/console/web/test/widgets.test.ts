import { describe, expect, test } from "vitest";
import { ageText, BARS_MAX, isEmpty, ticketsOf, withEmptyDays } from "../src/widgets/figures";
import type { Figures } from "../src/widgets/figures";

const day = (text: string, tickets: number) => ({ day: text, tickets, revenue: 0 });
const figures = (more: Partial<Figures> = {}): Figures => ({
  event_id: "e",
  at: "2026-06-15T10:00:00Z",
  age_s: 0,
  platform: "fresh",
  sales: { days: [], tickets: 0, revenue: 0, is_complete: true, tickets_by_atlvs: null },
  utilisation: null,
  budget: null,
  attendance: null,
  ...more,
});

describe("the widget's figures", () => {
  test("days without a sale are there, over the end of a month", () => {
    const days = withEmptyDays([day("2026-06-29", 2), day("2026-07-02", 1)]);
    expect(days.map(({ day, tickets }) => [day, tickets])).toEqual([
      ["2026-06-29", 2],
      ["2026-06-30", 0],
      ["2026-07-01", 0],
      ["2026-07-02", 1],
    ]);
    expect(withEmptyDays([])).toEqual([]);
  });

  test("a long time is cut to its end", () => {
    const days = withEmptyDays([day("2020-01-01", 2), day("2026-07-02", 1)]);
    expect(days).toHaveLength(BARS_MAX);
    expect(days.at(-1)?.day).toBe("2026-07-02");
  });

  test("the larger count is shown, and nothing is empty that says something", () => {
    const sales = { days: [], tickets: 3, revenue: 0, is_complete: true, tickets_by_atlvs: 12 };
    expect(ticketsOf(figures({ sales }))).toBe(12);
    expect(isEmpty(figures())).toBe(true);
    expect(isEmpty(figures({ attendance: 0 }))).toBe(false);
    expect([ageText(40), ageText(720), ageText(10_000)]).toEqual(["40 s", "12 min", "3 h"]);
  });
});
