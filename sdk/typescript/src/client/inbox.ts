// Updates on their way to the handler: each once, in order, one at a time.
import { RetryLater } from "../errors.js";
import { messageOf } from "../send.js";
import { pause } from "./reconnect.js";

/** What the other platform did. */
export interface Update<Name extends string = string, Payload = any> {
  /** The hub's: later updates have greater ones. */
  id: string;
  name: Name;
  occurredAt: string;
  payload: Payload;
}

/** Where the last update that was handled is kept, to go on from there after a restart. */
export interface Position {
  load(): Promise<string | undefined> | string | undefined;
  save(id: string): Promise<void> | void;
}

export interface InboxOptions {
  handle: (update: Update) => unknown;
  position?: Position | undefined;
  onError: (what: string, update: Update) => void;
  signal: AbortSignal;
}

const waitingMax = 1_000;
const remembered = 2_000;
const pauseMs = 1_000;

export class Inbox {
  private readonly waiting: Update[] = [];
  private readonly recent = new Set<string>();
  private running: Promise<void> | undefined;

  constructor(private readonly options: InboxOptions) {}

  /** False: it came before. */
  put(update: Update): boolean {
    if (this.recent.has(update.id)) return false;
    this.recent.add(update.id);
    if (this.recent.size > remembered)
      for (const oldest of this.recent) {
        this.recent.delete(oldest);
        break;
      }
    this.waiting.push(update);
    this.running ??= this.run();
    return true;
  }

  /** The handler is slower than what comes: nothing more should. */
  get isFull(): boolean {
    return this.waiting.length >= waitingMax;
  }

  /** Until all that came was handled. */
  async drained(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    await null; // so that `running` is set before this ends
    try {
      for (;;) {
        const update = this.waiting[0];
        if (update === undefined || this.options.signal.aborted) return;
        const isHandled = await this.handle(update);
        if (!isHandled) continue;
        this.waiting.shift();
        await this.save(update);
      }
    } finally {
      this.running = undefined; // in the same turn: what is put after this begins anew
    }
  }

  /** False: it threw, and gets the update once more. */
  private async handle(update: Update): Promise<boolean> {
    try {
      await this.options.handle(update);
      return true;
    } catch (error) {
      this.options.onError(messageOf(error), update);
      await pause(error instanceof RetryLater ? error.seconds * 1000 : pauseMs, this.options.signal);
      return false;
    }
  }

  /** One that could not be saved is only handled again after a restart. */
  private async save(update: Update): Promise<void> {
    try {
      await this.options.position?.save(update.id);
    } catch (error) {
      this.options.onError(`the position was not saved: ${messageOf(error)}`, update);
    }
  }
}
