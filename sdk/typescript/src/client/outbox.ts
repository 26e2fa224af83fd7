// Events on their way to the hub, until it says that it has them.
import { KatydidError } from "../errors.js";
import { randomBytes } from "#crypto";

/** What a platform publishes. */
export interface RealtimeEvent {
  /** "ticket.sold" */
  name: string;
  payload: unknown;
  /** Yours: sent again with the same one, an event is stored once. Made where it is absent. */
  id?: string | undefined;
  /** Now by default. */
  occurredAt?: Date | string | undefined;
}

/** The hub has it on disk. */
export interface Published {
  /** The hub's. */
  id: string;
  /** It had it before. */
  duplicate: boolean;
}

interface Outgoing {
  text: string;
  resolve: (published: Published) => void;
  reject: (error: KatydidError) => void;
}

const retryMs = 1_000;
const waitingMax = 10_000;
/** The hub ends a connection for a larger one. */
const frameBytesMax = 1024 * 1024;

/** Keeps each event until it is acknowledged; after a cut all of them go out again, in order. */
export class Outbox {
  private readonly waiting = new Map<string, Outgoing>();
  private last = 0;
  private say: ((text: string) => void) | undefined;

  add(event: RealtimeEvent): Promise<Published> {
    if (this.waiting.size >= waitingMax)
      return Promise.reject(
        new KatydidError(`${waitingMax} events wait to be acknowledged: publish later`, {
          status: 429,
        }),
      );
    const ref = String(++this.last);
    return new Promise((resolve, reject) => {
      const text = toFrame(ref, event);
      this.waiting.set(ref, { text, resolve, reject });
      this.say?.(text);
    });
  }

  /** A connection is there. */
  open(say: (text: string) => void): void {
    this.say = say;
    for (const { text } of this.waiting.values()) say(text);
  }

  cut(): void {
    this.say = undefined;
  }

  accepted(ref: string, published: Published): void {
    this.take(ref)?.resolve(published);
  }

  /** For good, unless the hub says when to try again. */
  refused(ref: string, detail: string, mayTryAgain: boolean): void {
    if (!mayTryAgain) this.take(ref)?.reject(new KatydidError(detail, { status: 422 }));
    else
      setTimeout(() => {
        const outgoing = this.waiting.get(ref);
        if (outgoing) this.say?.(outgoing.text);
      }, retryMs);
  }

  /** What is not acknowledged may be stored or not. */
  end(reason: string): void {
    const error = new KatydidError(`It was not acknowledged: ${reason}`, { status: 0 });
    for (const ref of [...this.waiting.keys()]) this.take(ref)?.reject(error);
  }

  private take(ref: string): Outgoing | undefined {
    const outgoing = this.waiting.get(ref);
    this.waiting.delete(ref);
    return outgoing;
  }
}

/** Throws for what would end every connection, and so hold up for ever what comes after it. */
function toFrame(ref: string, { id, name, occurredAt, payload }: RealtimeEvent): string {
  const at = occurredAt ?? new Date();
  const text = JSON.stringify({
    type: "publish",
    ref,
    id: id ?? newId(),
    name,
    occurredAt: typeof at === "string" ? at : at.toISOString(),
    payload: payload ?? null,
  });
  if (new TextEncoder().encode(text).length <= frameBytesMax) return text;
  throw new KatydidError("The event is larger than 1 MiB", { status: 413 });
}

function newId(): string {
  return Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
