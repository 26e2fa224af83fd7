import { KatydidError } from "../errors.js";

export interface RetryOptions {
  /** Attempts in all. */
  maxRetries?: number;
  /** How long to wait after the n-th failure, from 1; `Retry-After` lengthens it. */
  delayMs?: (failures: number) => number;
  /** For tests. */
  wait?: (milliseconds: number) => Promise<void>;
}

/**
 * Calls `work` until it succeeds, at most `maxRetries` times (3), one second longer between
 * attempts each time. What will not succeed later, such as a ValidationError or a 400, is thrown
 * at once.
 */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { maxRetries = 3, delayMs = (failures) => 1000 * failures, wait = sleep } = options;
  for (let failures = 1; ; ++failures) {
    try {
      return await work();
    } catch (error) {
      const mayPass = error instanceof KatydidError && error.isRetryable;
      if (!mayPass || failures >= maxRetries) throw error;
      await wait(Math.max(delayMs(failures), 1000 * (error.retryAfterSeconds ?? 0)));
    }
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
