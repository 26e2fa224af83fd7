// What ids are called: subscriptions and sources of the tenant, and the types of events.
import { signal } from "@preact/signals";
import type { Event, Source, Subscription } from "@v1";
import { get } from "./api";
import type { Page } from "./query";
import { place } from "./router";
import { isLimited } from "./session";

const PAGES_MAX = 8;

/** All rows of a short list. */
export async function listAll<Row>(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < PAGES_MAX && cursor !== null; page++) {
    const next: Page<Row> = await get<Page<Row>>(path, { limit: 250, cursor });
    rows.push(...next.data);
    cursor = next.cursor;
  }
  return rows;
}

export const subscriptions = signal<Subscription[]>([]);
export const sources = signal<Source[]>([]);

/** Without the permission to see them, ids are shown. */
export async function loadNames(): Promise<void> {
  const tenant = place.value.query["tenant"];
  const [ofSubscriptions, ofSources] = await Promise.all([
    listAll<Subscription>("v1/subscriptions").catch(() => []),
    isLimited() ? [] : listAll<Source>("v1/sources").catch(() => []),
  ]);
  if (tenant !== place.value.query["tenant"]) return;
  subscriptions.value = ofSubscriptions;
  sources.value = ofSources;
}

export const subscriptionOf = (id: string): Subscription | undefined =>
  subscriptions.value.find((each) => each.id === id);

/** Types of events by id. Bounded; an event never changes. */
const types = signal<ReadonlyMap<string, string>>(new Map());
const TYPES_MAX = 5_000;
const asked = new Set<string>();
const queue: string[] = [];
const AT_ONCE = 4;
let running = 0;

/** undefined while it is being asked for. */
export function eventTypeOf(event: string): string | undefined {
  const known = types.value.get(event);
  if (known === undefined && !asked.has(event)) {
    asked.add(event);
    queue.push(event);
    if (running < AT_ONCE) void work();
  }
  return known;
}

async function work(): Promise<void> {
  running++;
  // The newest first: they are on the screen.
  for (let event = queue.pop(); event !== undefined; event = queue.pop()) {
    const type = await get<Event>(`v1/events/${event}`).then(
      (each) => each.type,
      () => "",
    );
    const kept = [...types.value].slice(-TYPES_MAX);
    types.value = new Map([...kept, [event, type]]);
    if (type === "") asked.delete(event);
  }
  running--;
}

export function forgetNames(): void {
  asked.clear();
  queue.length = 0;
  types.value = new Map();
}
