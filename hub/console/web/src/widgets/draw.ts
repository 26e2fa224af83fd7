// The charts: SVG with figures beside them, so that they read without colour, and tables.
import { element, svg } from "./dom";
import { ageText, isEmpty, ticketsOf, withEmptyDays, type Day, type Figures } from "./figures";
import type { Texts } from "./texts";

export interface Look {
  texts: Texts;
  /** ISO 4217; without it revenue has no unit. */
  currency: string | undefined;
  locale: string | undefined;
}

const WIDTH = 600;
const HEIGHT = 120;

const count = ({ locale }: Look) => new Intl.NumberFormat(locale);

function money({ locale, currency }: Look): Intl.NumberFormat {
  const options = currency ? { style: "currency" as const, currency } : {};
  try {
    return new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: 2 });
  } catch {
    return new Intl.NumberFormat(locale);
  }
}

const dayText = (day: string, { locale }: Look) =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));

export function drawFigures(figures: Figures, look: Look): Node {
  const { texts } = look;
  if (isEmpty(figures)) return element("div", {}, drawNotes(figures, look), text(texts.empty));
  return element(
    "div",
    {},
    drawNotes(figures, look),
    element(
      "div",
      { class: "grid" },
      part(texts.sales, true, drawSales(figures, look)),
      part(texts.utilisation, false, drawUtilisation(figures, look)),
      part(texts.budget, false, drawBudget(figures, look)),
      part(texts.attendance, false, drawAttendance(figures, look)),
    ),
    drawMoment(figures, look),
  );
}

const text = (said: string, kind = "") => element("p", { class: kind || undefined }, said);

const part = (title: string, isWide: boolean, ...children: (Node | null)[]) =>
  element(
    "section",
    { class: isWide && "wide", "aria-label": title },
    element("p", { class: "title" }, title),
    ...children,
  );

function drawMoment(figures: Figures, { texts, locale }: Look): Node {
  const at = new Date(figures.at);
  const said = new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(at);
  const time = element("time", { datetime: figures.at, title: figures.at }, said);
  return element("p", { class: "faint" }, `${texts.updated} `, time);
}

function drawNotes({ platform, age_s, sales }: Figures, { texts }: Look): Node | null {
  const notes: string[] = [];
  if (platform === "stale") notes.push(texts.stale.replace("{age}", ageText(age_s)));
  if (platform === "away") notes.push(texts.no_platform);
  if (!sales.is_complete) notes.push(texts.incomplete);
  if (notes.length === 0) return null;
  return element("p", { class: "note", role: "note" }, notes.join(" "));
}

function drawSales(figures: Figures, look: Look): Node {
  const { texts } = look;
  const { days, revenue } = figures.sales;
  const tickets = ticketsOf(figures);
  const summary = `${count(look).format(tickets)} ${texts.tickets}`;
  const earned = revenue > 0 ? ` · ${money(look).format(revenue)}` : "";
  return element(
    "div",
    {},
    element("p", { class: "figure" }, summary + earned),
    days.length > 0 && drawBars(withEmptyDays(days), look),
    days.length > 0 && drawTable(days, look),
  );
}

function drawBars(days: Day[], look: Look): Node {
  const { texts } = look;
  const top = Math.max(1, ...days.map(({ tickets }) => tickets));
  const step = WIDTH / days.length;
  const bars = days.map(({ day, tickets }, index) => {
    const height = tickets === 0 ? 0 : Math.max(2, (tickets / top) * (HEIGHT - 6));
    const said = `${dayText(day, look)}: ${count(look).format(tickets)} ${texts.tickets}`;
    return svg(
      "g",
      {},
      svg("title", {}, said),
      svg("rect", { x: index * step, width: step, height: HEIGHT, fill: "transparent" }),
      svg("rect", {
        class: "bar",
        x: index * step + step * 0.1,
        width: Math.max(1, step * 0.8),
        y: HEIGHT - height,
        height,
      }),
    );
  });
  const first = days[0]?.day ?? "";
  const last = days.at(-1)?.day ?? "";
  const range = `${dayText(first, look)} – ${dayText(last, look)} · max. ${count(look).format(top)}`;
  return element(
    "div",
    {},
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        height: HEIGHT,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": `${texts.sales}: ${range}`,
      },
      ...bars,
      svg("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 }),
    ),
    text(range, "faint"),
  );
}

function drawTable(days: Day[], look: Look): Node {
  const { texts } = look;
  const head = [texts.day, texts.tickets, texts.revenue].map((title) =>
    element("th", { scope: "col" }, title),
  );
  const rows = days.map(({ day, tickets, revenue }) =>
    element(
      "tr",
      {},
      element("td", {}, dayText(day, look)),
      element("td", {}, count(look).format(tickets)),
      element("td", {}, money(look).format(revenue)),
    ),
  );
  const table = element(
    "table",
    { "aria-label": texts.sales },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  const box = element("div", { class: "scroll", tabindex: 0, role: "region" }, table);
  box.setAttribute("aria-label", `${texts.sales}: ${texts.table}`);
  return element("details", {}, element("summary", {}, texts.table), box);
}

/** A row of figures with bars on one scale. The second kind is hatched, not only coloured. */
function drawRow(title: string, value: number, top: number, said: string, isHatched = false): Node {
  const width = Math.max(0, Math.min(1, value / top)) * 100;
  const bar = isHatched
    ? [
        svg("rect", { width, height: 10, fill: "url(#hatch)" }),
        svg("rect", { class: "outline", width, height: 10 }),
      ]
    : [svg("rect", { class: "bar", width, height: 10 })];
  const drawn = svg(
    "svg",
    { viewBox: "0 0 100 10", height: 12, preserveAspectRatio: "none", "aria-hidden": "true" },
    isHatched && hatch(),
    svg("rect", { class: "track", width: 100, height: 10 }),
    ...bar,
  );
  return element(
    "div",
    {},
    element("dt", {}, title),
    element("dd", {}, drawn),
    element("dd", {}, said),
  );
}

const hatch = () =>
  svg(
    "defs",
    {},
    svg(
      "pattern",
      { id: "hatch", class: "hatch", width: 3, height: 10, patternUnits: "userSpaceOnUse" },
      svg("path", { d: "M0 0V10" }),
    ),
  );

function drawUtilisation({ utilisation }: Figures, look: Look): Node {
  if (utilisation === null) return text(look.texts.unknown, "faint");
  const percent = new Intl.NumberFormat(look.locale, { style: "percent" }).format(utilisation);
  return element("dl", {}, drawRow("", utilisation, 1, percent));
}

function drawBudget({ budget }: Figures, look: Look): Node {
  if (budget === null) return text(look.texts.unknown, "faint");
  const top = Math.max(1, budget.planned ?? 0, budget.actual ?? 0);
  const said = (value: number | null) =>
    value === null ? look.texts.unknown : money(look).format(value);
  return element(
    "dl",
    {},
    drawRow(look.texts.planned, budget.planned ?? 0, top, said(budget.planned), true),
    drawRow(look.texts.actual, budget.actual ?? 0, top, said(budget.actual)),
  );
}

function drawAttendance(figures: Figures, look: Look): Node {
  const { attendance } = figures;
  if (attendance === null) return text(look.texts.unknown, "faint");
  const tickets = ticketsOf(figures);
  return element(
    "div",
    {},
    element("p", { class: "figure" }, count(look).format(attendance)),
    element(
      "dl",
      {},
      drawRow(look.texts.sold, tickets, Math.max(1, attendance), count(look).format(tickets)),
    ),
  );
}
