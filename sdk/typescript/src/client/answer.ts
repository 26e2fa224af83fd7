// What the hub is told of a delivery. It refuses a frame in which one member is wrong, and then the
// delivery fails when its time is over: so no more goes into one than the hub takes.
import { RetryLater } from "../errors.js";

const bodyCharactersMax = 16 * 1024;
const reasonCharactersMax = 500;
const waitMsMax = 24 * 3_600_000;

/** Of what a handler returned, whatever that is. */
export function answerOf(handled: unknown): object {
  const { status, body } = (Object(handled) ?? {}) as { status?: unknown; body?: unknown };
  const isStatus = typeof status === "number" && Number.isInteger(status);
  const isDone = isStatus && status >= 200 && status <= 299;
  const hasFailed = isStatus && status >= 300 && status <= 599;
  return {
    type: hasFailed ? "nack" : "ack",
    ...(isDone || hasFailed ? { status } : {}),
    ...(typeof body === "string" ? { body: cut(body, bodyCharactersMax) } : {}),
  };
}

/** Of what a handler threw. */
export function refusalOf(thrown: unknown): object {
  const reason = cut(String(thrown instanceof Error ? thrown.message : thrown), reasonCharactersMax);
  const ms = thrown instanceof RetryLater ? Math.ceil(thrown.seconds * 1000) : NaN;
  if (Number.isNaN(ms)) return { type: "nack", reason };
  const wait = Math.min(Math.max(ms, 0), waitMsMax);
  return { type: "nack", reason, retry_after: wait % 1000 ? `${wait}ms` : `${wait / 1000}s` };
}

/** Half of a pair of surrogates is no character, and JSON with one is refused. */
function cut(text: string, charactersMax: number): string {
  return text.slice(0, charactersMax).replace(/\p{Surrogate}/gu, "\ufffd");
}
