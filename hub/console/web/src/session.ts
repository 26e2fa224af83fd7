// Who is signed in. The key itself goes to the hub once and is kept nowhere in the browser.
import { signal } from "@preact/signals";
import { post, get, send } from "./api";

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

export async function resume(): Promise<void> {
  session.value = await get<Session>("console/session").catch(() => null);
}

export async function signIn(key: string): Promise<void> {
  session.value = await post<Session>("console/session", { key });
}

export async function signOut(): Promise<void> {
  await send("console/session", { method: "DELETE" }).catch(() => undefined);
  session.value = null;
}

/** Whether a control makes sense at all. The hub decides; this only spares a refusal. */
export function may(scope: string): boolean {
  const who = session.value;
  if (!who) return false;
  return who.operator || who.scopes.includes(scope) || who.scopes.includes("admin");
}
