/** One thing that is wrong with what was sent. */
export interface Fault {
  /** Into the body, as RFC 6901 writes it: "/name". */
  pointer: string;
  detail: string;
}

/** What was about to be sent is wrong. Nothing was sent. */
export class ValidationError extends Error {
  override readonly name = "ValidationError";

  constructor(
    what: string,
    readonly errors: Fault[],
  ) {
    super(`${what}: ${errors.map((each) => `${each.pointer.slice(1)} ${each.detail}`).join("; ")}`);
  }
}

export interface KatydidErrorFields {
  /** Of the answer; 0: there was none. */
  status: number;
  /** What the hub's answer says is wrong. */
  errors?: Fault[];
  /** `Retry-After`, in seconds. */
  retryAfterSeconds?: number | undefined;
  cause?: unknown;
}

/** The hub refused the call, or could not be reached. The message never holds a key or a body. */
export class KatydidError extends Error {
  override readonly name = "KatydidError";
  readonly status: number;
  readonly errors: Fault[];
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, fields: KatydidErrorFields) {
    super(message, fields.cause === undefined ? {} : { cause: fields.cause });
    this.status = fields.status;
    this.errors = fields.errors ?? [];
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }

  /** Whether the same call may succeed later: no answer, or one that says so. */
  get isRetryable(): boolean {
    return [0, 408, 425, 429].includes(this.status) || this.status >= 500;
  }
}

/** Thrown by a webhook's handler: not now, come again. The hub waits at least that long. */
export class RetryLater extends Error {
  override readonly name = "RetryLater";

  constructor(
    readonly seconds = 5,
    message = "Try again later",
  ) {
    super(message);
  }
}
