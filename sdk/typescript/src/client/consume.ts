// Consuming a stream subscription: a handler instead of a public address.
import { KatydidError } from "../errors.js";
import type { StreamedDelivery } from "../generated/v1/subscriptions.js";
import { answerOf, refusalOf } from "./answer.js";
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

/** A webhook in this consumer's hands. */
export interface Delivered {
  /** Of the delivery, the same when it comes again. */
  id: string;
  /** From 1 on. */
  attempt: number;
  /** Not answered by then, the attempt has failed. */
  deadline: Date;
  event: StreamedDelivery["event"];
  /** Those of the subscription's dialect, with its signature. */
  headers: Headers;
  /** The exact bytes. */
  bytes(): Uint8Array;
  text(): string;
  json(): unknown;
  /** Starts the time for the answer anew. */
  extend(): void;
  /** Aborted when the hub takes the delivery back. */
  signal: AbortSignal;
}

/**
 * What is recorded as the attempt's answer, if anything. A status from 300 to 599 is that of a
 * receiver that would not have it: the hub tries again.
 */
export type Handled = void | { status?: number; body?: string };

export interface ConsumeOptions {
  /** A stream subscription, by id or name. */
  subscription: string;
  /** Returns: acknowledged. Throws: not, and the hub tries again (RetryLater says when). */
  handler: (delivery: Delivered) => Promise<Handled> | Handled;
  /** Deliveries that are handled at the same time; 16 by default. */
  credit?: number;
  /** Ends it: nothing new is taken, what is being handled is answered first. */
  signal?: AbortSignal;
  WebSocket?: WebSocketConstructor;
  /** What it is doing, for people. `reason` says why it is not connected. */
  onState?: (state: ConnectionState, reason?: string) => void;
}

/** What consume() needs of a client. */
export interface ConsumerApi {
  /** Where to connect, with a ticket in it. */
  connectUrl(path: string): Promise<string>;
  /** The same call without a WebSocket. Throws what the hub says: 426 where nothing else is wrong. */
  askWhy(subscription: string, credit: number | undefined): Promise<void>;
}

interface Frame {
  type: string;
  delivery?: string;
  reason?: string;
  detail?: string;
}

/**
 * Connects, hands each delivery to the handler and answers for it; connects again for ever, with
 * pauses that grow and vary, also when the hub says nothing for 40 s. Resolves when `signal` is aborted.
 * Throws KatydidError when the hub will not have it: no such stream, no scope, disabled.
 */
export async function consume(api: ConsumerApi, options: ConsumeOptions): Promise<void> {
  const { signal, onState } = options;
  let failures = 0;
  while (!signal?.aborted) {
    onState?.("connecting");
    const ending = await connectOnce(api, options, () => (failures = 0));
    if (signal?.aborted) break;
    if (ending.error) throw ending.error;
    onState?.("waiting", ending.reason);
    await pause(pauseOf(failures++), signal);
  }
  onState?.("ended");
}

async function connectOnce(
  api: ConsumerApi,
  options: ConsumeOptions,
  onConnected: () => void,
): Promise<Ending> {
  const path = `/v1/subscriptions/${encodeURIComponent(options.subscription)}/consume`;
  let url: string;
  try {
    url = await api.connectUrl(path);
  } catch (error) {
    if (error instanceof KatydidError && error.isRetryable) return { reason: error.message };
    throw error;
  }
  const Socket = webSocketOf(options.WebSocket);
  let hasBegun = false;
  const begin = () => {
    hasBegun = true;
    onConnected();
  };
  const socket = new Socket(`${url}&credit=${options.credit ?? 16}`, ["katydid.v1"]);
  const ending = await new Connection(socket, { ...options, onConnected: begin }).ended;
  const isUnclear = !hasBegun && !ending.error && !options.signal?.aborted;
  return isUnclear ? await explain(api, options, ending) : ending;
}

/** A WebSocket does not say why it was refused; the same call without one does. */
async function explain(api: ConsumerApi, options: ConsumeOptions, ending: Ending): Promise<Ending> {
  try {
    await api.askWhy(options.subscription, options.credit);
  } catch (error) {
    if (!(error instanceof KatydidError)) throw error;
    if (error.isRetryable) return { reason: error.message };
    if (error.status !== 426) return { reason: error.message, error };
  }
  return ending;
}

/** One connection, from its opening to its end. */
class Connection {
  readonly ended: Promise<Ending>;
  private readonly held = new Map<string, AbortController>();
  private isDraining = false;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly options: ConsumeOptions & { onConnected: () => void },
  ) {
    this.ended = new Promise((resolve) => {
      const stop = () => this.drain();
      const end = (ending: Ending) => {
        silence.end();
        options.signal?.removeEventListener("abort", stop);
        socket.onmessage = socket.onclose = null;
        for (const each of this.held.values()) each.abort();
        resolve(ending);
      };
      const silence = new SilenceWatch(socket, () => {
        end(silentHub);
        tryClose(socket, 4000);
      });
      options.signal?.addEventListener("abort", stop);
      socket.onerror = () => {};
      socket.onmessage = (event: { data: unknown }) => {
        silence.heard();
        this.hear(JSON.parse(String(event.data)));
      };
      socket.onclose = (event: { code?: number; reason?: string }) => end(endingOf(event));
    });
  }

  private hear(frame: Frame): void {
    if (frame.type === "hello") {
      this.options.onConnected();
      this.options.onState?.("connected");
      if (this.options.signal?.aborted) this.drain();
    } else if (frame.type === "delivery") void this.handle(frame);
    else if (frame.type === "revoked") this.held.get(frame.delivery ?? "")?.abort();
    else if (frame.type === "draining") this.isDraining = true;
  }

  private async handle(frame: Frame): Promise<void> {
    const id = frame.delivery ?? "";
    const revocation = new AbortController();
    this.held.set(id, revocation);
    const extend = () => this.say({ type: "extend", delivery: id });
    try {
      const handled = await this.options.handler(toDelivered(frame, revocation.signal, extend));
      this.answer(id, answerOf(handled));
    } catch (error) {
      this.answer(id, refusalOf(error));
    }
  }

  private answer(delivery: string, answer: object): void {
    const isMine = !this.held.get(delivery)?.signal.aborted;
    this.held.delete(delivery);
    if (isMine) this.say({ ...answer, delivery });
    this.closeIfDone();
  }

  private drain(): void {
    this.isDraining = true;
    this.say({ type: "credit", count: 0 });
    this.closeIfDone();
  }

  private closeIfDone(): void {
    if (this.isDraining && this.held.size === 0) this.socket.close(1000);
  }

  private say(frame: object): void {
    trySend(this.socket, JSON.stringify(frame));
  }
}

function toDelivered(frame: Frame, signal: AbortSignal, extend: () => void): Delivered {
  const { delivery, attempt, deadline, event, headers, payload, payload_base64 } =
    frame as unknown as {
      delivery: string;
      attempt: number;
      deadline: string;
      event: Delivered["event"];
      headers: [string, string][];
      payload?: string;
      payload_base64?: string;
    };
  const bytes = () =>
    payload === undefined
      ? Uint8Array.from(atob(payload_base64 ?? ""), (c) => c.charCodeAt(0))
      : new TextEncoder().encode(payload);
  const text = () => payload ?? new TextDecoder().decode(bytes());
  return {
    id: delivery,
    attempt,
    deadline: new Date(deadline),
    event,
    headers: new Headers(headers),
    bytes,
    text,
    json: () => JSON.parse(text()),
    extend,
    signal,
  };
}
