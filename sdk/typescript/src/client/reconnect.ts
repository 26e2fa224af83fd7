// What connections that come back by themselves have in common.
import { KatydidError } from "../errors.js";

/** As browsers, Deno, Bun, edge runtimes and Node 22 have it; for older Node the package `ws`. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

export type ConnectionState = "connecting" | "connected" | "waiting" | "ended";

/** Why a connection ended. With an error, another try changes nothing. */
export interface Ending {
  reason: string;
  error?: KatydidError;
}

const pauseMinMs = 50;
const spreadMs = 250;
const pauseMaxMs = 30_000;
/** The key is not good; the subscription is gone. */
const finalCodes = [4401, 4403];

export function endingOf(event: { code?: number; reason?: string }): Ending {
  const reason = event.reason || `the connection ended (${event.code ?? 1006})`;
  const error = new KatydidError(reason, { status: event.code === 4401 ? 401 : 409 });
  return finalCodes.includes(event.code ?? 0) ? { reason, error } : { reason };
}

/** The one that was passed, else the runtime's own. */
export function webSocketOf(passed: WebSocketConstructor | undefined): WebSocketConstructor {
  const found = passed ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (found) return found;
  throw new KatydidError("There is no WebSocket here: pass the one of the package `ws`", {
    status: 400,
  });
}

/** Full jitter, so that many clients do not come back in step. */
export function pauseOf(failures: number): number {
  return pauseMinMs + Math.random() * Math.min(pauseMaxMs, spreadMs * 2 ** Math.min(failures, 10));
}

export function trySend(socket: WebSocketLike, text: string): void {
  try {
    socket.send(text);
  } catch {
    // It is not open: what is not answered or acknowledged comes again.
  }
}

export function tryClose(socket: WebSocketLike, code: number): void {
  try {
    socket.close(code);
  } catch {
    // It was not open yet.
  }
}

const askEveryMs = 13_000;
const missesMax = 2;

/**
 * A hub that vanishes closes nothing, and a browser sees no pings: so we ask, and take a hub for
 * gone that says nothing for 26 to 39 s. One question alone decides nothing, since its answer may
 * wait to be read while a handler keeps this thread busy.
 */
export class SilenceWatch {
  private misses = 0;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(socket: WebSocketLike, onGone: () => void) {
    this.timer = setInterval(() => {
      if (this.misses === missesMax) return onGone();
      this.misses += 1;
      trySend(socket, '{"type":"ping"}');
    }, askEveryMs);
  }
  heard(): void {
    this.misses = 0;
  }
  end(): void {
    clearInterval(this.timer);
  }
}

/** When a connection ended by it. */
export const silentHub: Ending = { reason: "the hub is silent" };

/** Ends early when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}
