// Who is signed in.
import { signal } from "@preact/signals";

export interface Session {
  /** The tenant of the key; operators may look at others. */
  tenant: { id: string; name: string };
  role: "read" | "operate" | "admin";
  operator: boolean;
  scopes: string[];
  /** Goes into the header Katydid-Csrf of every call. */
  csrf: string;
  expires_at: string;
}

/** undefined: not asked yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);

/** Whether a control makes sense at all. The hub decides; this only spares a refusal. */
export function may(scope: string): boolean {
  const who = session.value;
  if (!who) return false;
  return who.operator || who.scopes.includes(scope) || who.scopes.includes("admin");
}
