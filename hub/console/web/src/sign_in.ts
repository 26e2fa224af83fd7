// Signing in and out. The key itself goes to the hub once and is kept nowhere in the browser.
import { get, post, send } from "./api";
import { session, type Session } from "./session";

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
