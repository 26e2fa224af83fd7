// Who is signed in.
import { signal } from "@preact/signals";

export interface Session {
  /** The tenant of the key; operators may look at others. */
  tenant: { id: string; name: string; branding?: { accent: string; logo: string } };
  role: "read" | "operate" | "admin";
  operator: boolean;
  scopes: string[];
  /** Who signed in at the provider; null: an API key or a link. */
  person: string | null;
  /** Whether it came by a portal link. */
  portal: boolean;
  /** The ids of all that is open to this session; null: everything of the tenant. */
  subscriptions: string[] | null;
  /** Goes into the header Katydid-Csrf of every call. */
  csrf: string;
  expires_at: string;
}

/** Whether this page is the portal, which people open with a link, and not the console. */
export const isPortal =
  typeof document !== "undefined" &&
  new URL(".", document.baseURI).pathname.endsWith("/portal/");

/** Each page has a session of its own. */
export const sessionPath = isPortal ? "portal/session" : "console/session";

/** A page in a frame shows the session of its own link only, so the hub is told which one it is. */
export const sessionQuery: Record<string, string> = {};
const frame = isPortal && new URL(document.baseURI).searchParams.get("frame");
if (frame) sessionQuery["frame"] = frame;

/** Why the session is none any more, in the hub's words. */
export const endReason = signal("");

/** undefined: not asked yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);

/** The one that there is or was: a page stays as it is below the word that its session ended. */
export const latestSession = signal<Session | undefined>(undefined);
session.subscribe((who) => {
  if (who) latestSession.value = who;
});

/** Whether only some subscriptions are open to it. The hub decides; the rest is not offered. */
export const isLimited = (): boolean => Boolean(latestSession.value?.subscriptions);

/** Whether a control makes sense at all. The hub decides; this only spares a refusal. */
export function may(scope: string): boolean {
  const who = latestSession.value;
  if (!who) return false;
  return who.operator || who.scopes.includes(scope) || who.scopes.includes("admin");
}
