// The hub delivers at least once: after a lost answer the same webhook comes again.

/** Remembers which webhooks were handled. With several processes: a table that they share. */
export interface Dedupe {
  /**
   * Claims a webhook, at once and for every process. "new": the caller handles it and calls `done`
   * or `failed`; "busy": another process handles it now; "done": it was handled.
   */
  begin(id: string): Promise<"new" | "busy" | "done"> | "new" | "busy" | "done";
  done(id: string): Promise<void> | void;
  /** Gives the claim back: the hub will try again. */
  failed(id: string): Promise<void> | void;
}

export interface MemoryDedupeOptions {
  /** The oldest are forgotten first. 10,000 by default. */
  entriesMax?: number;
  /** A day by default: the hub's last attempt comes much later only while it was failing. */
  keepMs?: number;
  /** How long a claim holds that is neither done nor failed: a minute by default. */
  claimMs?: number;
  /** In milliseconds; for tests. */
  now?: () => number;
}

/** For one process; forgets all when it ends. */
export function memoryDedupe(options: MemoryDedupeOptions = {}): Dedupe {
  const { entriesMax = 10_000, keepMs = 86_400_000, claimMs = 60_000, now = Date.now } = options;
  const entries = new Map<string, { state: "busy" | "done"; at: number }>();

  function put(id: string, state: "busy" | "done"): void {
    entries.delete(id);
    entries.set(id, { state, at: now() });
    for (const oldest of entries.keys()) {
      if (entries.size <= entriesMax) break;
      entries.delete(oldest);
    }
  }

  return {
    begin(id) {
      const entry = entries.get(id);
      const lifeMs = entry?.state === "busy" ? claimMs : keepMs;
      if (entry !== undefined && now() - entry.at <= lifeMs) return entry.state;
      put(id, "busy");
      return "new";
    },
    done: (id) => put(id, "done"),
    failed: (id) => void entries.delete(id),
  };
}
