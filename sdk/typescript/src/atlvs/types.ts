// What goes between Grasshopper and ATLVS, in the fields of Grasshopper's own tables.

/** Fields that are not listed stay where they are: only what is needed is sent. */
export interface EventInput {
  id: string | number;
  name: string;
  /** A day, or a time with its offset: 2026-06-15 or 2026-06-15T18:00:00Z. */
  start_date: string | Date;
  end_date?: string | Date | null | undefined;
  venue_name?: string | null | undefined;
  status?: string | null | undefined;
  capacity?: number | null | undefined;
  tickets_sold?: number | null | undefined;
  tickets_available?: number | null | undefined;
  price?: number | null | undefined;
}

export interface SalesInput {
  eventId: string | number;
  ticketsSold: number;
  /** In the currency's main unit, not negative. */
  revenue: number;
  /** A time with its offset. */
  timestamp: string | Date;
  /** ISO 4217, e.g. "EUR". */
  currency?: string | null | undefined;
  /** Stays in the hub, which looks up this customer's opt-outs; ATLVS never gets it. */
  customerId?: string | null | undefined;
}

export interface ArtistInput {
  id: string | number;
  name: string;
  genre?: string | null | undefined;
  /** Goes to ATLVS only where the hub's privacy rules allow it. */
  email?: string | null | undefined;
  phone?: string | null | undefined;
}

export interface BookingInput {
  eventId: string | number;
  from: string | Date;
  to: string | Date;
  quantity?: number | null | undefined;
}

/** What ATLVS answers to a write, and to a read of one event. It has more fields than these. */
export interface ATLVSRecord {
  id: string;
  [field: string]: unknown;
}

export interface ATLVSEvent extends ATLVSRecord {
  name?: string;
  startDate?: string;
  endDate?: string;
  status?: string;
}

export type ATLVSResourceType = "staff" | "equipment" | "venue";

export interface ATLVSResource {
  id: string;
  type: ATLVSResourceType;
  name: string;
  availability: boolean;
  metadata?: Record<string, unknown>;
}

/** ATLVS is down or slow: the hub holds the write and delivers it as soon as it can. */
export interface QueuedOperation {
  operationId: string;
  status: "queued";
}

/** How far a write has come that ATLVS did not answer at once. */
export interface ATLVSOperation {
  operationId: string;
  call: string;
  status: "queued" | "completed" | "failed" | "cancelled";
  attempts: number;
  createdAt: string;
  completedAt?: string;
  /** What ATLVS answered in the end. */
  httpStatus?: number;
  result?: unknown;
  error?: string;
  nextAttemptAt?: string;
}

/** Whether a write waits in the hub. Its result comes as a webhook, `production.created` say. */
export function isQueued(answer: unknown): answer is QueuedOperation {
  const { operationId, status } = Object(answer) as Partial<QueuedOperation>;
  return typeof operationId === "string" && status === "queued";
}

export interface ATLVSStatus {
  connected: boolean;
  version?: string;
  lastSync?: string;
}
