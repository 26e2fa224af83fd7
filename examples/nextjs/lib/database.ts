// Stands for the app's hosted Postgres: three tables in memory.

export interface EventRow {
  id: string;
  name: string;
  start_date: string;
  venue_name?: string;
  status: string;
  /** ATLVS's id of the event's production, once it is known. */
  production_id?: string;
}

export interface Order {
  id: string;
  event_id: string;
  tickets: number;
  total: number;
  paid_at: string;
}

export const events = new Map<string, EventRow>();
export const orders = new Map<string, Order>();
export const resources = new Map<string, Record<string, unknown>>();
