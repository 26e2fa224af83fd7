// The one way to the hub: /v1 with the session's cookie. What it answers, or that it does not.
import { signal } from "@preact/signals";
import type { Problem } from "@v1";
import { writeBody } from "./json/write";
import { place } from "./router";
import { endReason, session, sessionPath, sessionQuery } from "./session";
import { texts } from "./texts";

export type Query = Record<string, string | number | undefined>;

/** A refusal of the hub, in its own words; status 0: no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly faults: NonNullable<Problem["errors"]> = [],
  ) {
    super(message);
  }
  /** What is wrong with one field of the body, by its pointer. */
  fault(pointer: string): string | undefined {
    return this.faults.find((each) => each.pointer === pointer)?.detail;
  }
}

/** "away" while nothing answers. `returns` counts how often the hub came back: reload then. */
export const connection = signal<"here" | "away">("here");
export const returns = signal(0);

/** The root of the hub, whatever prefix a proxy puts before it: two levels above this page's file. */
const root = () => new URL("../", document.baseURI);

export interface Request {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Query;
  body?: unknown;
  /** The `ETag` that a change is meant for: 412 when somebody else changed it since. */
  ifMatch?: string | undefined;
  accept?: string;
  signal?: AbortSignal | undefined;
}

export interface Reply {
  text: () => Promise<string>;
  bytes: () => Promise<Uint8Array>;
  etag: string | undefined;
}

/** \param path  relative to the hub's root, e.g. "v1/events" */
export async function send(path: string, request: Request = {}): Promise<Reply> {
  const response = await reach(path, request);
  if (!response.ok) throw await refusal(response);
  return {
    text: () => response.text(),
    bytes: async () => new Uint8Array(await response.arrayBuffer()),
    etag: response.headers.get("etag") ?? undefined,
  };
}

export async function get<T>(path: string, query?: Query, abort?: AbortSignal): Promise<T> {
  return parse(await send(path, { query: query ?? {}, signal: abort }));
}

export async function post<T>(path: string, body?: unknown): Promise<T> {
  return parse(await send(path, { method: "POST", body }));
}

export async function parse<T>(reply: Reply): Promise<T> {
  const text = await reply.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

function headersOf(request: Request): Record<string, string> {
  const headers: Record<string, string> = {};
  const csrf = session.value?.csrf;
  if (csrf) headers["Katydid-Csrf"] = csrf;
  const tenant = place.value.query["tenant"];
  if (tenant) headers["Katydid-Tenant"] = tenant;
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  if (request.accept) headers["Accept"] = request.accept;
  if (request.ifMatch) headers["If-Match"] = request.ifMatch;
  return headers;
}

/** A hub that has not begun to answer by then is away, too: a network may lose what is sent. */
const ANSWER_MS_MAX = 60_000;

/** Whatever the hub answers. Throws ApiError when nothing does. */
export async function reach(path: string, request: Request): Promise<Response> {
  const abort = new AbortController();
  const end = () => abort.abort();
  if (request.signal?.aborted) end();
  request.signal?.addEventListener("abort", end);
  const timer = setTimeout(end, ANSWER_MS_MAX);
  const url = new URL(path, root());
  for (const [name, value] of Object.entries(request.query ?? {}))
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  try {
    const response = await fetch(url, {
      method: request.method ?? "GET",
      headers: headersOf(request),
      body: request.body === undefined ? null : writeBody(request.body),
      signal: abort.signal,
      credentials: "same-origin",
      cache: "no-store",
    });
    if (response.status !== 502 && response.status !== 504) {
      hubIsHere();
      return response;
    }
  } catch (error) {
    if (request.signal?.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  hubIsAway();
  throw new ApiError(0, texts.hub.away);
}

/** What an answer that is no success says. One that nobody is signed in ends the session here. */
export async function refusal(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const detail = problem.detail ?? `${texts.hub.answered} ${response.status}.`;
  if (response.status === 401) {
    endReason.value = detail;
    session.value = null;
  }
  return new ApiError(response.status, detail, problem.errors ?? []);
}

const PAUSE_MIN_MS = 1_000;
const PAUSE_MAX_MS = 10_000;

function hubIsHere(): void {
  if (connection.value === "here") return;
  connection.value = "here";
  returns.value++;
}

function hubIsAway(): void {
  if (connection.value === "away") return;
  connection.value = "away";
  ask(PAUSE_MIN_MS);
}

/** Whether the session goes on: where it does not, it is none here either. */
export const askSession = () => send(sessionPath, { query: sessionQuery }).catch(() => undefined);

/** Asks until there is an answer, more and more seldom; reach() takes note of it. */
function ask(pause: number): void {
  setTimeout(() => {
    askSession().finally(() => {
        if (connection.value === "away") ask(Math.min(pause * 2, PAUSE_MAX_MS));
      });
  }, pause);
}
