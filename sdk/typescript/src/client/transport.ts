// What the generated client stands on.
import { readEnvironment } from "../environment.js";
import { ValidationError } from "../errors.js";
import { readJson, send, type Call, type CallLog, type Connection, type Reply } from "../send.js";

export interface ClientConfig {
  /** `KATYDID_URL` by default, e.g. https://hub.example.com. */
  url?: string;
  /** `KATYDID_API_KEY` by default. */
  apiKey?: string;
  /** For operators: the tenant by id or name. */
  tenant?: string;
  /** Ten seconds by default; a call that waits for events takes that much longer. */
  timeoutMs?: number;
  fetch?: typeof fetch;
  log?: (entry: CallLog) => void;
}

/** What every call takes beside its own input. */
export interface CallOptions {
  /** The same key with the same call gets the same answer again for a day. */
  idempotencyKey?: string;
  /** The `ETag` the change is meant for; 412 when it was changed since. */
  ifMatch?: string;
  tenant?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Status and headers of the answer, for an `ETag` say. */
  onReply?: (reply: Pick<Reply, "status" | "headers">) => void;
}

export interface Operation {
  method: string;
  path: string;
  query?: Record<string, unknown>;
  body?: unknown;
  contentType?: string | undefined;
  /** How the answer is read. */
  answer: "json" | "bytes" | "nothing";
}

export abstract class Transport {
  constructor(private readonly config: ClientConfig = {}) {}

  /** Throws KatydidError for everything but a success. */
  protected async call<T>(operation: Operation, options: CallOptions = {}): Promise<T> {
    const reply = await send(this.connection(), this.toCall(operation, options));
    options.onReply?.({ status: reply.status, headers: reply.headers });
    if (operation.answer === "bytes") return reply.bytes as unknown as T;
    if (operation.answer === "nothing") return undefined as unknown as T;
    return readJson(reply) as T;
  }

  private toCall(operation: Operation, options: CallOptions): Call {
    const { method, path, query = {}, body, contentType } = operation;
    const wait = secondsOf(query["wait"]);
    const timeoutMs =
      options.timeoutMs ??
      (wait === undefined ? undefined : (this.config.timeoutMs ?? 10_000) + 1000 * wait);
    const headers = {
      "Idempotency-Key": options.idempotencyKey,
      "If-Match": options.ifMatch,
      "Katydid-Tenant": options.tenant ?? this.config.tenant,
    };
    const isRaw = typeof body === "string" && contentType !== undefined;
    const text = body === undefined ? undefined : isRaw ? body : JSON.stringify(body);
    return {
      method,
      path,
      query,
      headers,
      body: text,
      contentType,
      timeoutMs,
      signal: options.signal,
    };
  }

  private connection(): Connection {
    const url = this.config.url ?? readEnvironment("KATYDID_URL");
    if (!url)
      throw new ValidationError("The hub is not configured", [
        { pointer: "/KATYDID_URL", detail: "is not set: where the hub listens" },
      ]);
    const { timeoutMs, fetch, log } = this.config;
    const apiKey = this.config.apiKey ?? readEnvironment("KATYDID_API_KEY");
    return { url, apiKey, timeoutMs, fetch, log };
  }
}

/** "20s" and "500ms" as the API writes durations. */
function secondsOf(duration: unknown): number | undefined {
  const found = typeof duration === "string" ? /^(\d+)(ms|s)$/.exec(duration) : null;
  return found === null ? undefined : Number(found[1]) / (found[2] === "ms" ? 1000 : 1);
}
