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

/** One operation of the API, and what becomes of the fields of its input. */
export interface Operation {
  name: string;
  method: string;
  /** `{names}` are fields of the input. What neither path nor body takes is the query. */
  path: string;
  required?: readonly string[];
  /** The fields that the path leaves, or the input's `body`, which may have a `contentType`. */
  body?: "fields" | "whole";
  /** How the answer is read. */
  answer: "json" | "bytes" | "nothing";
}

export abstract class Transport {
  constructor(private readonly config: ClientConfig = {}) {}

  /** Throws ValidationError where input is missing, KatydidError for everything but a success. */
  protected async call<T>(
    operation: Operation,
    input: object,
    options: CallOptions = {},
  ): Promise<T> {
    const reply = await send(this.connection(), this.toCall(operation, input, options));
    options.onReply?.({ status: reply.status, headers: reply.headers });
    if (operation.answer === "bytes") return reply.bytes as unknown as T;
    if (operation.answer === "nothing") return undefined as unknown as T;
    return readJson(reply) as T;
  }

  private toCall(operation: Operation, input: object, options: CallOptions): Call {
    const fields: Record<string, unknown> = { ...input };
    checkRequired(operation, fields);
    const take = (name: string): unknown => {
      const value = fields[name];
      delete fields[name];
      return value;
    };
    const path = operation.path.replace(/\{([^}]+)\}/g, (_, name: string) =>
      encodeURIComponent(String(take(name))),
    );
    const hasFields = operation.body === "fields";
    const isWhole = operation.body === "whole";
    const contentType = isWhole ? take("contentType") : undefined;
    const body = isWhole ? take("body") : hasFields ? fields : undefined;
    const isRaw = typeof body === "string" && contentType !== undefined;
    const query = hasFields ? {} : fields;
    const wait = secondsOf(query["wait"]);
    return {
      method: operation.method,
      path,
      query,
      headers: {
        "Idempotency-Key": options.idempotencyKey,
        "If-Match": options.ifMatch,
        "Katydid-Tenant": options.tenant ?? this.config.tenant,
      },
      body: body === undefined ? undefined : isRaw ? body : JSON.stringify(body),
      contentType: contentType as string | undefined,
      timeoutMs:
        options.timeoutMs ??
        (wait === undefined ? undefined : (this.config.timeoutMs ?? 10_000) + 1000 * wait),
      signal: options.signal,
    };
  }

  /** Where the hub listens, without a slash at its end. */
  protected hubUrl(): string {
    const url = this.config.url ?? readEnvironment("KATYDID_URL");
    if (!url)
      throw new ValidationError("The hub is not configured", [
        { pointer: "/KATYDID_URL", detail: "is not set: where the hub listens" },
      ]);
    return url.replace(/\/+$/, "");
  }

  private connection(): Connection {
    const url = this.hubUrl();
    const { timeoutMs, fetch, log } = this.config;
    const apiKey = this.config.apiKey ?? readEnvironment("KATYDID_API_KEY");
    return { url, apiKey, timeoutMs, fetch, log };
  }
}

/** Before anything is sent: JavaScript has no compiler that would say so. */
function checkRequired(operation: Operation, fields: Record<string, unknown>): void {
  const isThere = (name: string) =>
    operation.path.includes(`{${name}}`)
      ? !/^(undefined|null|\.{0,2})$/.test(String(fields[name]))
      : fields[name] !== undefined;
  const missing = (operation.required ?? []).filter((name) => !isThere(name));
  if (missing.length > 0)
    throw new ValidationError(
      operation.name,
      missing.map((name) => ({ pointer: `/${name}`, detail: "is missing" })),
    );
}

/** "20s" and "500ms" as the API writes durations. */
function secondsOf(duration: unknown): number | undefined {
  const found = typeof duration === "string" ? /^(\d+)(ms|s)$/.exec(duration) : null;
  return found === null ? undefined : Number(found[1]) / (found[2] === "ms" ? 1000 : 1);
}
