// What Grasshopper does on each type that its own route knows.
import type { ATLVS } from "../atlvs/client.js";
import * as guide from "../atlvs/guide.js";
import type { ATLVSEvent } from "../atlvs/types.js";
import { openPlatform } from "./envelope.js";

export type ATLVSWebhookAction =
  | { action: "update_event"; eventId: string; event: ATLVSEvent }
  | { action: "cancel_event"; eventId: string }
  | { action: "update_resource"; resourceId: string }
  | { action: "update_artist"; artistId: string };

const ACTIONS = new Map<string, ATLVSWebhookAction["action"]>([
  ["event.updated", "update_event"],
  ["event.cancelled", "cancel_event"],
  ["resource.updated", "update_resource"],
  ["artist.updated", "update_artist"],
]);

/** What the platform's answer calls it; undefined for types that its route does not know. */
export function actionOf(type: string): string | undefined {
  return ACTIONS.get(type);
}

/**
 * Says what a verified webhook of ATLVS asks for; for `event.updated` it reads the event as ATLVS
 * has it now. null for types that Grasshopper does not know. Throws KatydidError when the event
 * cannot be read: answer with 500, and the hub comes again.
 * @param payload  the parsed body, in either platform's envelope; or a WebhookEvent
 */
export async function handleATLVSWebhook(
  payload: unknown,
  atlvs: Pick<ATLVS, "syncEventFromATLVS"> = guide,
): Promise<ATLVSWebhookAction | null> {
  const envelope = openPlatform(payload);
  const id = String((Object(envelope?.data) as { id?: unknown }).id ?? "");
  const action = envelope === undefined ? undefined : ACTIONS.get(envelope.type);
  if (action === undefined || id === "") return null;
  switch (action) {
    case "update_event":
      return { action, eventId: id, event: await atlvs.syncEventFromATLVS(id) };
    case "cancel_event":
      return { action, eventId: id };
    case "update_resource":
      return { action, resourceId: id };
    case "update_artist":
      return { action, artistId: id };
  }
}
