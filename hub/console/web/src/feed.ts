// The hub says when something happens; what is shown is then asked for again. Only that there is
// news is taken from the feed, so that a page is right whether or not it hears of everything.
import { signal } from "@preact/signals";
import { reach, refusal } from "./api";

/** Goes up when something happened. */
export const news = signal(0);
/** Whether the hub tells: then there is little need to ask without a reason. */
export const isTold = signal(false);

const PAUSE_MS = 5_000;

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
  const reader = response.body?.getReader();
  isTold.value = true;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
    if (hasMessage(part.value)) news.value++;
  return false;
}

/** A part with a message, not only the comment that keeps the connection alive. Pure. */
export const hasMessage = (bytes: Uint8Array): boolean =>
  /(^|\n)data:/.test(new TextDecoder().decode(bytes));
