// Every call of Grasshopper to ATLVS, through the hub or straight to ATLVS: the paths are the same.
import { KatydidError, ValidationError } from "../errors.js";
import { readEnvironment } from "../environment.js";
import {
  messageOf,
  readJson,
  send,
  type Call,
  type CallLog,
  type Connection,
  type Reply,
} from "../send.js";
import { withRetry, type RetryOptions } from "./retry.js";
import type {
  ArtistInput,
  ATLVSEvent,
  ATLVSOperation,
  ATLVSRecord,
  ATLVSResource,
  ATLVSResourceType,
  ATLVSStatus,
  BookingInput,
  EventInput,
  QueuedOperation,
  SalesInput,
} from "./types.js";
import {
  dayOf,
  textOf,
  validateArtistData,
  validateBookingData,
  validateEventData,
  validateSalesData,
} from "./validate.js";

export interface ATLVSConfig {
  /** `ATLVS_API_URL` by default, e.g. https://hub.example.com/api. */
  url?: string;
  /** `ATLVS_API_KEY` by default: a key of the hub with the scope `bridge:atlvs`. */
  apiKey?: string;
  /** Ten seconds by default. The hub answers a write within one. */
  timeoutMs?: number;
  fetch?: typeof fetch;
  /** Gets one line a call. By default calls that failed go to console.error. */
  log?: (entry: CallLog) => void;
}

export interface WriteOptions {
  /** Two writes with the same key are one, whatever happens between: an order's id, say. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export type ATLVS = ReturnType<typeof createATLVS>;

/** The guide's functions, bound to one hub and key. Configuration is read at each call. */
export function createATLVS(config: ATLVSConfig = {}) {
  const call = (call: Call): Promise<Reply> => send(connectionOf(config), call);

  async function write(path: string, body: object, options: WriteOptions): Promise<unknown> {
    return readJson(
      await call({
        method: "POST",
        path,
        body: JSON.stringify(body),
        signal: options.signal,
        headers: { "Idempotency-Key": options.idempotencyKey },
      }),
    );
  }

  /** Creates or updates the production of an event. Throws ValidationError or KatydidError. */
  async function syncEventToATLVS(
    event: EventInput,
    options: WriteOptions = {},
  ): Promise<ATLVSEvent | QueuedOperation> {
    validateEventData(event);
    const body = present({
      grasshopperId: event.id,
      name: event.name,
      startDate: event.start_date,
      endDate: event.end_date,
      venue: event.venue_name,
      status: event.status,
      capacity: event.capacity,
      ticketsSold: event.tickets_sold,
      ticketsAvailable: event.tickets_available,
      price: event.price,
    });
    return (await write("/production/events", body, options)) as ATLVSEvent | QueuedOperation;
  }

  /** Reads an event as ATLVS has it. Throws KatydidError. */
  async function syncEventFromATLVS(atlvsEventId: string): Promise<ATLVSEvent> {
    const path = `/production/events/${encodeURIComponent(atlvsEventId)}`;
    return readJson(await call({ method: "GET", path })) as ATLVSEvent;
  }

  /** What is there on a day; empty when ATLVS cannot be asked. */
  async function getATLVSResources(
    eventDate: string | Date,
    type?: ATLVSResourceType,
  ): Promise<ATLVSResource[]> {
    return orElse([], async () => {
      const query = { date: dayOf(eventDate), type };
      const found = readJson(await call({ method: "GET", path: "/production/resources", query }));
      return Array.isArray(found) ? (found as ATLVSResource[]) : [];
    });
  }

  /** Books a resource for an event. Throws KatydidError, with status 409 when it is taken. */
  async function bookATLVSResource(
    resourceId: string,
    booking: BookingInput,
    options: WriteOptions = {},
  ): Promise<ATLVSRecord | QueuedOperation> {
    validateBookingData(booking);
    const { eventId, from, to, quantity } = booking;
    const path = `/production/resources/${encodeURIComponent(resourceId)}/bookings`;
    const body = present({ eventId, from, to, quantity });
    return (await write(path, body, options)) as ATLVSRecord | QueuedOperation;
  }

  /** Tells ATLVS of a sale. Throws ValidationError or KatydidError. */
  async function syncTicketSalesToATLVS(
    sale: SalesInput,
    options: WriteOptions = {},
  ): Promise<ATLVSRecord | QueuedOperation> {
    validateSalesData(sale);
    const { eventId, ticketsSold, revenue, timestamp, currency, customerId } = sale;
    const body = present({ eventId, ticketsSold, revenue, timestamp, currency, customerId });
    return (await write("/business/sales", body, options)) as ATLVSRecord | QueuedOperation;
  }

  /** Creates or updates an artist. Throws ValidationError or KatydidError. */
  async function syncArtistToATLVS(
    artist: ArtistInput,
    options: WriteOptions = {},
  ): Promise<ATLVSRecord | QueuedOperation> {
    validateArtistData(artist);
    const contact = present({ email: artist.email, phone: artist.phone });
    const body = present({
      grasshopperId: artist.id,
      name: artist.name,
      genre: artist.genre,
      contactInfo: Object.keys(contact).length > 0 ? contact : undefined,
    });
    return (await write("/production/artists", body, options)) as ATLVSRecord | QueuedOperation;
  }

  /** Sales trends, utilisation, budget, predictions; null when ATLVS cannot be asked. */
  async function getATLVSAnalytics(eventId: string): Promise<Record<string, unknown> | null> {
    return orElse(null, async () => {
      const query = { eventId };
      const found = await call({ method: "GET", path: "/intelligence/analytics", query });
      return readJson(found) as Record<string, unknown> | null;
    });
  }

  /** What became of a queued write. Throws KatydidError, with status 404 for an unknown id. */
  async function getATLVSOperation(operationId: string): Promise<ATLVSOperation> {
    const path = `/operations/${encodeURIComponent(operationId)}`;
    return readJson(await call({ method: "GET", path })) as ATLVSOperation;
  }

  /** Whether ATLVS can be reached. Never throws. */
  async function checkATLVSHealth(): Promise<boolean> {
    return orElse<boolean>(false, async () => {
      await call({ method: "GET", path: "/health" });
      return true;
    });
  }

  /** The same with version and last synchronisation. Never throws. */
  async function getATLVSStatus(): Promise<ATLVSStatus> {
    return orElse<ATLVSStatus>({ connected: false }, async () => {
      const said = readJson(await call({ method: "GET", path: "/health" }));
      const { version, lastSync } = Object(said) as ATLVSStatus;
      return { connected: true, ...present({ version, lastSync }) };
    });
  }

  /** syncEventToATLVS, tried again while that can help: three attempts by default. */
  async function syncWithRetry(
    event: EventInput,
    maxRetries: number | (RetryOptions & WriteOptions) = 3,
  ): Promise<ATLVSEvent | QueuedOperation> {
    const options = typeof maxRetries === "number" ? { maxRetries } : maxRetries;
    return withRetry(() => syncEventToATLVS(event, options), options);
  }

  return {
    syncEventToATLVS,
    syncEventFromATLVS,
    getATLVSResources,
    bookATLVSResource,
    syncTicketSalesToATLVS,
    syncArtistToATLVS,
    getATLVSAnalytics,
    getATLVSOperation,
    checkATLVSHealth,
    getATLVSStatus,
    syncWithRetry,
  };
}

function connectionOf(config: ATLVSConfig): Connection {
  const url = config.url ?? readEnvironment("ATLVS_API_URL");
  if (!url)
    throw new ValidationError("ATLVS is not configured", [
      { pointer: "/ATLVS_API_URL", detail: "is not set: where the hub listens, with /api" },
    ]);
  return {
    url,
    apiKey: config.apiKey ?? readEnvironment("ATLVS_API_KEY"),
    timeoutMs: config.timeoutMs,
    fetch: config.fetch,
    log: config.log ?? logFailure,
  };
}

function logFailure(entry: CallLog): void {
  if (entry.error !== undefined) console.error("ATLVS call failed", JSON.stringify(entry));
}

/** Reads degrade instead of failing: the page that asked must show all the same. */
async function orElse<T>(fallback: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    // A KatydidError was logged with its call.
    if (!(error instanceof KatydidError)) console.error("ATLVS call failed:", messageOf(error));
    return fallback;
  }
}

/** Without what is absent, null or empty; dates as texts. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(fields).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, textOf(value)]));
}
