// The rules of the hub's edge, checked before anything is sent. Pure.
import { ValidationError, type Fault } from "../errors.js";
import type { ArtistInput, BookingInput, EventInput, SalesInput } from "./types.js";

/** Days in UTC, times with an offset, as RFC 3339 has them. */
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Whether ATLVS may get this event: id, name and start date, an end that is not before the start,
 * no negative numbers. True, or a ValidationError with every reason.
 */
export function validateEventData(event: EventInput): true {
  const check = new Checks(event);
  check.id("id");
  check.text("name");
  const start = check.moment("start_date", true);
  const end = check.moment("end_date");
  if (start !== undefined && end !== undefined && end < start)
    check.add("end_date", "must not be before start_date");
  for (const name of ["capacity", "tickets_sold", "tickets_available"])
    check.amount(name, { isWhole: true });
  check.amount("price");
  return check.end("Invalid event data");
}

export function validateSalesData(sale: SalesInput): true {
  const check = new Checks(sale);
  check.id("eventId");
  check.amount("ticketsSold", { isNeeded: true, isWhole: true });
  check.amount("revenue", { isNeeded: true });
  check.time("timestamp");
  return check.end("Invalid sales data");
}

export function validateArtistData(artist: ArtistInput): true {
  const check = new Checks(artist);
  check.id("id");
  check.text("name");
  return check.end("Invalid artist data");
}

export function validateBookingData(booking: BookingInput): true {
  const check = new Checks(booking);
  check.id("eventId");
  const from = check.time("from");
  const to = check.time("to");
  if (from !== undefined && to !== undefined && to < from)
    check.add("to", "must not be before from");
  check.amount("quantity", { isWhole: true });
  return check.end("Invalid booking data");
}

/** The day of a date, as the hub wants it in a query. Throws ValidationError. */
export function dayOf(date: string | Date): string {
  const text = textOf(date);
  const day = typeof text === "string" ? text.slice(0, 10) : "";
  if (typeof text !== "string" || momentOf(text) === undefined || momentOf(day) === undefined)
    throw new ValidationError("Invalid date", [
      { pointer: "/date", detail: "must be a day such as 2026-06-15" },
    ]);
  return day;
}

/** Dates as texts; whatever else it is stays. An impossible Date becomes an impossible text. */
export function textOf(value: unknown): unknown {
  if (!(value instanceof Date)) return value;
  return Number.isNaN(value.getTime()) ? "" : value.toISOString();
}

class Checks {
  private readonly faults: Fault[] = [];
  private readonly fields: Record<string, unknown>;

  constructor(value: unknown) {
    this.fields = Object(value) as Record<string, unknown>;
  }

  add(name: string, detail: string): void {
    this.faults.push({ pointer: `/${name}`, detail });
  }

  id(name: string): void {
    const value = this.fields[name];
    if (Number.isSafeInteger(value)) return;
    this.text(name);
  }

  text(name: string): void {
    const value = this.fields[name];
    if (value === undefined || value === null || value === "") this.add(name, "is missing");
    else if (typeof value !== "string") this.add(name, "must be a text");
    else if (value.length > 256) this.add(name, "is longer than 256 characters");
  }

  moment(name: string, isNeeded = false): number | undefined {
    const value = textOf(this.fields[name]);
    if (value === undefined || value === null) {
      if (isNeeded) this.add(name, "is missing");
      return undefined;
    }
    const moment = typeof value === "string" ? momentOf(value) : undefined;
    if (moment === undefined)
      this.add(name, "must be a day or a time such as 2026-06-15T18:00:00Z");
    return moment;
  }

  time(name: string): number | undefined {
    const value = textOf(this.fields[name]);
    if (typeof value === "string" && DAY.test(value)) {
      this.add(name, "must be a time such as 2026-06-15T18:00:00Z");
      return undefined;
    }
    return this.moment(name, true);
  }

  amount(name: string, rules: { isNeeded?: boolean; isWhole?: boolean } = {}): void {
    const value = this.fields[name];
    if (value === undefined || value === null) {
      if (rules.isNeeded) this.add(name, "is missing");
    } else if (typeof value !== "number" || !Number.isFinite(value)) {
      this.add(name, "must be a number");
    } else if (value < 0) {
      this.add(name, "must not be negative");
    } else if (rules.isWhole && !Number.isSafeInteger(value)) {
      this.add(name, "must be a whole number");
    }
  }

  end(what: string): true {
    if (this.faults.length > 0) throw new ValidationError(what, this.faults);
    return true;
  }
}

function momentOf(text: string): number | undefined {
  const day = DAY.exec(TIME.exec(text)?.[1] ?? text);
  if (day === null) return undefined;
  // JavaScript takes 2026-02-30 for the second of March.
  const [year, month, date] = day.slice(1).map(Number) as [number, number, number];
  const noon = new Date(Date.UTC(year, month - 1, date, 12));
  if (noon.getUTCMonth() !== month - 1 || noon.getUTCDate() !== date) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}
