// One HTTP call: deadline, key, log line, and an error for everything that is no success.
import { KatydidError, ValidationError, type Fault } from "./errors.js";

/** What is told of every call: never a key, a query or a body. */
export interface CallLog {
  time: string;
  method: string;
  /** The path, without the query. */
  endpoint: string;
  /** 0: there was no answer. */
  status: number;
  durationMs: number;
  error?: string;
}

export interface Connection {
  /** Where the paths begin, without a slash at the end. */
  url: string;
  apiKey?: string | undefined;
  /** Ten seconds by default. */
  timeoutMs?: number | undefined;
  fetch?: typeof fetch | undefined;
  log?: ((entry: CallLog) => void) | undefined;
}

export interface Call {
  method: string;
  path: string;
  query?: Record<string, unknown>;
  headers?: Record<string, string | undefined>;
  body?: string | undefined;
  contentType?: string | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface Reply {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

const TIMEOUT_MS = 10_000;

/** Sends a call. Throws KatydidError unless the answer is a success. */
export async function send(connection: Connection, call: Call): Promise<Reply> {
  if (!/^https?:\/\/[^/]/i.test(connection.url))
    throw new ValidationError("The hub's address", [
      { pointer: "/url", detail: "must begin with http:// or https://" },
    ]);
  const started = Date.now();
  const entry: CallLog = {
    time: new Date(started).toISOString(),
    method: call.method,
    endpoint: call.path,
    status: 0,
    durationMs: 0,
  };
  try {
    const reply = await exchange(connection, call);
    entry.status = reply.status;
    if (reply.status < 200 || reply.status > 299) throw errorOf(connection, call, reply);
    return reply;
  } catch (error) {
    entry.error = messageOf(error);
    throw error;
  } finally {
    entry.durationMs = Date.now() - started;
    connection.log?.(entry);
  }
}

/** The JSON of an answer; null where there is no body. */
export function readJson(reply: Reply): unknown {
  if (reply.bytes.length === 0) return null;
  try {
    return JSON.parse(new TextDecoder().decode(reply.bytes));
  } catch {
    throw new KatydidError("The answer is not JSON", { status: reply.status });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function exchange(connection: Connection, call: Call): Promise<Reply> {
  const timeoutMs = call.timeoutMs ?? connection.timeoutMs ?? TIMEOUT_MS;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  const pass = () => abort.abort();
  call.signal?.addEventListener("abort", pass, { once: true });
  if (call.signal?.aborted) pass();
  try {
    // A redirect would carry the call, and its key, to another host than the configured one.
    const response = await (connection.fetch ?? fetch)(urlOf(connection, call), {
      method: call.method,
      headers: headersOf(connection, call),
      redirect: "manual",
      signal: abort.signal,
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes };
  } catch (cause) {
    const why = call.signal?.aborted
      ? "was given up"
      : abort.signal.aborted
        ? `had no answer within ${timeoutMs} ms`
        : `could not be sent: ${rootOf(cause)}`;
    throw new KatydidError(`${nameOf(connection, call)} ${why}`, { status: 0, cause });
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", pass);
  }
}

/** The call as errors name it: without query, and without a password in the address. */
function nameOf(connection: Connection, call: Call): string {
  const { protocol, host, pathname } = new URL(urlOf(connection, { ...call, query: {} }));
  return `${call.method} ${protocol}//${host}${pathname}`;
}

/** fetch says only "fetch failed": why it did, say ECONNREFUSED, is the innermost cause. */
function rootOf(error: unknown): string {
  const { cause, errors, code } = Object(error) as { [field: string]: unknown };
  const inner = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  return inner === undefined ? messageOf(error) || String(code) : rootOf(inner);
}

function urlOf(connection: Connection, call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value === undefined || value === null) continue;
    query.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = query.toString();
  return connection.url.replace(/\/+$/, "") + call.path + (text === "" ? "" : `?${text}`);
}

function headersOf(connection: Connection, call: Call): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (connection.apiKey) headers["Authorization"] = `Bearer ${connection.apiKey}`;
  if (call.body !== undefined) headers["Content-Type"] = call.contentType ?? "application/json";
  for (const [name, value] of Object.entries(call.headers ?? {}))
    if (value !== undefined) headers[name] = value;
  return headers;
}

/** Reads `{"error": …}` of the bridge and problem+json of /v1 alike. */
function errorOf(connection: Connection, call: Call, reply: Reply): KatydidError {
  let said: { error?: unknown; detail?: unknown; errors?: unknown } = {};
  try {
    said = Object(JSON.parse(new TextDecoder().decode(reply.bytes)));
  } catch {
    // A proxy's page, say: the status has to do.
  }
  const errors = Array.isArray(said.errors) ? (said.errors as Fault[]) : [];
  const faults = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join("; ");
  const words = faults || [said.error, said.detail].find((each) => typeof each === "string");
  const message = `${nameOf(connection, call)} answered ${reply.status}`;
  return new KatydidError(words === undefined ? message : `${message}: ${words}`, {
    status: reply.status,
    errors,
    retryAfterSeconds: secondsOf(reply.headers.get("retry-after")),
  });
}

/** `Retry-After` in both of its forms. */
function secondsOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
