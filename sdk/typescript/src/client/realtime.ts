// Real-time sync of the platforms: `connectRealtime({ key, topics, on })`.
import { readEnvironment } from "../environment.js";
import { KatydidError, ValidationError } from "../errors.js";
import { messageOf, readJson, send, type Connection } from "../send.js";
import { findHandler } from "../webhooks/find_handler.js";
import { Inbox, type Position, type Update } from "./inbox.js";
import { Outbox, type Published, type RealtimeEvent } from "./outbox.js";
import {
  endingOf,
  pause,
  pauseOf,
  silentHub,
  SilenceWatch,
  tryClose,
  trySend,
  webSocketOf,
  type ConnectionState,
  type Ending,
  type WebSocketConstructor,
  type WebSocketLike,
} from "./reconnect.js";

/** By name; `resource.*` and `*` take what no longer name takes. */
export type UpdateHandlers<Events> = {
  [Name in keyof Events & string]?: (update: Update<Name, Events[Name]>) => unknown;
} & { [Pattern in `${string}.*` | "*"]?: (update: Update) => unknown };

export interface RealtimeOptions<Events = Record<string, any>> {
  /** The hub: https://hub.example.com. `KATYDID_URL` by default. */
  url?: string | undefined;
  /**
   * A key of the hub: with the scope `bridge:atlvs` for Grasshopper, `bridge:grasshopper` for
   * ATLVS. Never in a browser. `KATYDID_API_KEY` by default, where there is no `ticket`.
   */
  key?: string | undefined;
  /** For browsers: asks your own server for a ticket, anew for every connection. */
  ticket?: (() => Promise<string> | string) | string | undefined;
  /** Which platform this is, where the key may speak for both. */
  as?: "grasshopper" | "atlvs" | undefined;
  /** "resource.updated", "resource.*" or "*"; 50 at most. */
  topics: string[];
  /**
   * Gets each update once, in order, one at a time. When it throws, it gets the same one again
   * after a second, or when RetryLater says.
   */
  on: ((update: Update) => unknown) | UpdateHandlers<Events>;
  /** What to publish from the start on, say what an outbox still holds. */
  publish?: Iterable<RealtimeEvent> | AsyncIterable<RealtimeEvent> | undefined;
  /** Remembers over a restart what was handled. Without it: from now on. */
  position?: Position | undefined;
  /** What it is doing, for people. `reason` says why it is not connected. */
  onState?: ((state: ConnectionState, reason?: string) => void) | undefined;
  /** What a handler threw. Default: console.error. */
  onError?: ((what: string, update?: Update) => void) | undefined;
  signal?: AbortSignal | undefined;
  WebSocket?: WebSocketConstructor | undefined;
  fetch?: typeof fetch | undefined;
}

export interface Realtime {
  readonly state: ConnectionState;
  /**
   * Resolves when the hub has it on disk. Until then it is sent again after every cut, with the
   * same id. Throws KatydidError: refused (422), larger than 1 MiB (413), or ended before it was
   * acknowledged (0).
   */
  publish(event: RealtimeEvent): Promise<Published>;
  /** Takes no more; resolves when the handler has returned. */
  close(): Promise<void>;
  /** Resolves after close(). Throws KatydidError when the hub will not have it. */
  readonly ended: Promise<void>;
}

const path = "/api/realtime";
const protocol = "katydid.realtime.v1";

/**
 * Connects to the hub as one of the platforms, and connects again for ever, with pauses that grow
 * and vary. No update is lost or comes twice over a cut, and nothing that is published.
 */
export function connectRealtime<Events extends object = Record<string, any>>(
  options: RealtimeOptions<Events>,
): Realtime {
  return new Session(options as RealtimeOptions);
}

interface Frame extends Update {
  type: string;
  after?: string;
  ref?: string;
  duplicate?: boolean;
  detail?: string;
  retry_after?: string;
  payload_base64?: string;
}

class Session implements Realtime {
  state: ConnectionState = "connecting";
  readonly ended: Promise<void>;
  private readonly abort = new AbortController();
  private readonly outbox = new Outbox();
  private readonly inbox: Inbox;
  private readonly hub: Connection;
  /** The last update that came in, or where the hub began. */
  private after: string | undefined;
  private hasBeenConnected = false;

  constructor(private readonly options: RealtimeOptions) {
    this.hub = connectionOf(options);
    const onError = options.onError ?? logError;
    this.inbox = new Inbox({
      handle: (update) => handlerOf(options.on, update.name)?.(update),
      position: options.position,
      onError,
      signal: this.abort.signal,
    });
    const stop = () => this.abort.abort();
    options.signal?.addEventListener("abort", stop);
    if (options.signal?.aborted) stop();
    this.ended = this.run().finally(() => options.signal?.removeEventListener("abort", stop));
    this.ended.catch(() => {}); // onState says it too
    void this.publishAll(onError);
  }

  publish(event: RealtimeEvent): Promise<Published> {
    if (this.state === "ended")
      return Promise.reject(new KatydidError("The connection was closed", { status: 0 }));
    return this.outbox.add(event);
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async publishAll(onError: (what: string) => void): Promise<void> {
    try {
      for await (const event of this.options.publish ?? []) await this.publish(event);
    } catch (error) {
      onError(messageOf(error));
    }
  }

  private async run(): Promise<void> {
    const { signal } = this.abort;
    let failures = 0;
    let reason = "closed";
    try {
      this.after = await this.options.position?.load();
      while (!signal.aborted) {
        this.tell("connecting");
        const ending = await this.connectOnce(() => (failures = 0));
        if (signal.aborted) break;
        if (ending.error) throw ending.error;
        this.tell("waiting", ending.reason);
        await pause(pauseOf(failures++), signal);
        if (this.inbox.isFull) await this.inbox.drained();
      }
      await this.inbox.drained();
    } catch (error) {
      this.abort.abort();
      reason = messageOf(error);
      throw error;
    } finally {
      this.outbox.end(reason);
      this.tell("ended", reason === "closed" ? undefined : reason);
    }
  }

  private tell(state: ConnectionState, reason?: string): void {
    this.state = state;
    this.options.onState?.(state, reason);
  }

  private async connectOnce(onConnected: () => void): Promise<Ending> {
    const Socket = webSocketOf(this.options.WebSocket);
    try {
      const url = await this.socketUrl();
      if (this.abort.signal.aborted) return { reason: "closed" };
      const ending = await this.converse(new Socket(url, [protocol]), onConnected);
      if (!this.hasBeenConnected && !ending.error) await this.askWhy();
      return ending;
    } catch (error) {
      const isPassing = !(error instanceof KatydidError) || error.isRetryable;
      const isOurs = error instanceof ValidationError;
      if (isPassing && !isOurs) return { reason: messageOf(error) };
      throw error;
    }
  }

  private async socketUrl(): Promise<string> {
    const { ticket, as } = this.options;
    const given = typeof ticket === "function" ? await ticket() : ticket;
    const query = new URLSearchParams({ ticket: given ?? (await this.makeTicket()) });
    if (as) query.set("as", as);
    return `${this.hub.url.replace(/^http/, "ws")}${path}?${query}`;
  }

  private async makeTicket(): Promise<string> {
    const body = JSON.stringify({ path });
    const reply = await send(this.hub, { method: "POST", path: "/v1/tickets", body });
    return (readJson(reply) as { ticket: string }).ticket;
  }

  /** A WebSocket does not say why it was refused; the same call without one does. */
  private async askWhy(): Promise<void> {
    if (!this.hub.apiKey) return;
    const { as } = this.options;
    try {
      await send(this.hub, { method: "GET", path, query: { as } });
    } catch (error) {
      const isGood = error instanceof KatydidError && error.status === 426;
      if (!isGood) throw error;
    }
  }

  /** One connection, from its opening to its end. */
  private converse(socket: WebSocketLike, onConnected: () => void): Promise<Ending> {
    const { signal } = this.abort;
    return new Promise((resolve) => {
      const say = (frame: object) => trySend(socket, JSON.stringify(frame));
      const end = (ending: Ending, code?: number) => {
        silence.end();
        signal.removeEventListener("abort", stop);
        socket.onmessage = socket.onclose = socket.onopen = null;
        this.outbox.cut();
        if (code !== undefined) tryClose(socket, code);
        resolve(ending);
      };
      const stop = () => end({ reason: "closed" }, 1000);
      const silence = new SilenceWatch(socket, () => end(silentHub, 4000));
      signal.addEventListener("abort", stop);
      socket.onerror = () => {};
      socket.onclose = (event: { code?: number; reason?: string }) => end(endingOf(event));
      socket.onopen = () => {
        const { after } = this;
        const { topics } = this.options;
        say({ type: "subscribe", topics, ...(after === undefined ? {} : { after }) });
        this.outbox.open((text) => trySend(socket, text));
      };
      socket.onmessage = (event: { data: unknown }) => {
        silence.heard();
        const frame = JSON.parse(String(event.data)) as Frame;
        if (frame.type === "subscribed") {
          this.hasBeenConnected = true;
          onConnected();
          this.begin(frame.after);
        } else if (frame.type === "error" && !this.hasBeenConnected) {
          const error = new KatydidError(frame.detail ?? "", { status: 422 });
          end({ reason: error.message, error }, 1000);
        } else this.hear(frame);
        if (this.inbox.isFull) end({ reason: "the handler is behind" }, 1000);
      };
    });
  }

  /** Where the hub begins is where to go on, should the connection end before an update. */
  private begin(at: string | undefined): void {
    if (this.after === undefined && at !== undefined) {
      this.after = at;
      void Promise.resolve(this.options.position?.save(at)).catch(() => {});
    }
    this.tell("connected");
  }

  private hear(frame: Frame): void {
    const { type, id, name, occurredAt, ref = "" } = frame;
    if (type === "update") {
      this.after = id;
      this.inbox.put({ id, name, occurredAt, payload: payloadOf(frame) });
    } else if (type === "accepted")
      this.outbox.accepted(ref, { id, duplicate: frame.duplicate ?? false });
    else if (type === "refused")
      this.outbox.refused(ref, frame.detail ?? "", frame.retry_after !== undefined);
  }
}

/** What is no JSON comes as a text, or as bytes. */
function payloadOf({ payload, payload_base64: base64 }: Frame): unknown {
  return base64 === undefined ? payload : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function handlerOf(on: RealtimeOptions["on"], name: string) {
  return typeof on === "function" ? on : findHandler<(update: Update) => unknown>(on, name);
}

function connectionOf({ url, key, ticket, fetch }: RealtimeOptions): Connection {
  const given = url ?? readEnvironment("KATYDID_URL");
  if (!given)
    throw new ValidationError("The hub is not configured", [
      { pointer: "/url", detail: "is missing: where the hub listens" },
    ]);
  const apiKey = key ?? (ticket === undefined ? readEnvironment("KATYDID_API_KEY") : undefined);
  return { url: given.replace(/\/+$/, ""), apiKey, fetch };
}

function logError(what: string, update?: Update): void {
  console.error("Update failed:", what, ...(update === undefined ? [] : [update.name, update.id]));
}
