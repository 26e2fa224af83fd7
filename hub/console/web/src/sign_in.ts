// Signing in and out. A key or a link goes to the hub once and is kept nowhere in the browser.
import { signal } from "@preact/signals";
import { post, reach, send } from "./api";
import { parsePlace, place } from "./router";
import { endReason, isPortal, session, sessionPath, sessionQuery, type Session } from "./session";

/** The provider's name, where people can sign in at one. */
export const signOn = signal<string | undefined>(undefined);
/** Why the link of this page did not open it. */
export const linkFault = signal("");

/** The session that there is, or the one that the link in the URL opens. */
export async function resume(): Promise<void> {
  const link = takeLink();
  if (link) {
    try {
      session.value = await post<Session>(sessionPath, { link });
      return;
    } catch (error) {
      linkFault.value = error instanceof Error ? error.message : String(error);
    }
  }
  session.value = await ask().catch(() => null);
}

/** What the hub says when there is no session. */
interface Nobody {
  sign_on?: string | null;
  /** Whether there was one; `detail` says why it is none any more. */
  ended?: boolean;
  detail?: string;
}

async function ask(): Promise<Session | null> {
  const response = await reach(sessionPath, { query: sessionQuery });
  const answer = (await response.json()) as Session & Nobody;
  if (answer.ended) endReason.value = answer.detail ?? "";
  signOn.value = answer.sign_on ?? undefined;
  return response.ok ? answer : null;
}

/** A link is good once: it does not stay in the address, where it would be shared. */
function takeLink(): string | undefined {
  const link = isPortal ? /^#link=([\w-]+)$/.exec(location.hash)?.[1] : undefined;
  if (!link) return undefined;
  history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  place.value = parsePlace("");
  return link;
}

export async function signIn(key: string): Promise<void> {
  session.value = await post<Session>(sessionPath, { key });
}

/** Where a person goes to sign in at the provider, and comes back from to this view. */
export function signOnUrl(hash: string): string {
  return `../sso/login?return_to=${encodeURIComponent(`/console/${hash}`)}`;
}

/** Here, and a person at the provider too. */
export async function signOut(): Promise<void> {
  const isPerson = Boolean(session.value?.person);
  await send(sessionPath, { method: "DELETE" }).catch(() => undefined);
  if (isPerson) location.assign(new URL("../sso/logout", document.baseURI));
  else location.reload();
}
