// What GET /embed/analytics answers, and what is drawn of it. Pure.

export interface Figures {
  event_id: string;
  at: string;
  age_s: number;
  platform: "fresh" | "stale" | "away";
  sales: {
    days: Day[];
    tickets: number;
    revenue: number;
    is_complete: boolean;
    tickets_by_atlvs: number | null;
  };
  utilisation: number | null;
  budget: { planned: number | null; actual: number | null } | null;
  attendance: number | null;
}

export interface Day {
  day: string;
  tickets: number;
  revenue: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** More bars than that cannot be told apart: the latest are drawn, the table has all. */
export const BARS_MAX = 60;

/** Every day from the first to the last sale, also those without one. */
export function withEmptyDays(days: Day[]): Day[] {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return [];
  const known = new Map(days.map((each) => [each.day, each]));
  const filled: Day[] = [];
  const from = Math.max(Date.parse(first.day), Date.parse(last.day) - (BARS_MAX - 1) * DAY_MS);
  for (let at = from; at <= Date.parse(last.day); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    filled.push(known.get(day) ?? { day, tickets: 0, revenue: 0 });
  }
  return filled;
}

/** What ATLVS counted, where it is more than what passed through the hub. */
export const ticketsOf = ({ sales }: Figures): number =>
  Math.max(sales.tickets, sales.tickets_by_atlvs ?? 0);

export const isEmpty = (figures: Figures): boolean =>
  ticketsOf(figures) === 0 &&
  figures.utilisation === null &&
  figures.budget === null &&
  figures.attendance === null;

/** "40 s", "12 min", "3 h". */
export function ageText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
