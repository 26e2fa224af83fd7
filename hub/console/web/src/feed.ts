// The hub says when something happens; what is shown is then asked for again. Only that there is
// news is taken from the feed, so that a page is right whether or not it hears of everything.
import { signal } from "@preact/signals";
import { reach, refusal } from "./api";

/** Goes up when something happened. */
export const news = signal(0);
/** Whether the hub tells: then there is little need to ask without a reason. */
export const isTold = signal(false);

const PAUSE_MS = 5_000;
/** The hub says something every 15 s. One that vanished says nothing, and closes nothing either. */
const SILENCE_MS = 35_000;

/**
 * Listens until it is ended, and begins anew when the connection ends. Only while the page is seen:
 * a browser has few connections for all tabs of one hub.
 */
export function followFeed(): () => void {
  let abort = new AbortController();
  const begin = () => {
    abort.abort();
    abort = new AbortController();
    if (document.visibilityState === "visible") void follow(abort.signal);
  };
  document.addEventListener("visibilitychange", begin);
  begin();
  return () => {
    document.removeEventListener("visibilitychange", begin);
    abort.abort();
  };
}

async function follow(abort: AbortSignal): Promise<void> {
  while (!abort.aborted) {
    const isRefused = await listen(abort).catch(() => false);
    isTold.value = false;
    if (isRefused) return;
    if (!abort.aborted) await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}

/**
 * Server-Sent Events by fetch, since an EventSource can send no header. True: this session may not
 * listen, or is none any more, and asking again changes nothing.
 */
async function listen(abort: AbortSignal): Promise<boolean> {
  const response = await reach("v1/feed", {
    query: { include: "deliveries" },
    accept: "text/event-stream",
    signal: abort,
  });
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok) {
    const { status } = await refusal(response);
    return status === 401 || status === 403;
  }
  if (!type.startsWith("text/event-stream")) return false;
  isTold.value = true;
  for await (const part of partsOf(response.body)) if (hasMessage(part)) news.value++;
  return false;
}

/** What comes, until it ends or nothing has come for too long. */
export async function* partsOf(body: ReadableStream<Uint8Array> | null) {
  const reader = body?.getReader();
  while (reader) {
    const timer = setTimeout(() => void reader.cancel(), SILENCE_MS);
    const part = await reader.read().finally(() => clearTimeout(timer));
    if (part.done) return;
    yield part.value;
  }
}

/** A part with a message, not only the comment that keeps the connection alive. Pure. */
export const hasMessage = (bytes: Uint8Array): boolean =>
  /(^|\n)data:/.test(new TextDecoder().decode(bytes));
