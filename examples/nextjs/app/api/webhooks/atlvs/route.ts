// POST /api/webhooks/atlvs: what ATLVS has to say, through the hub.
import { handleATLVSWebhook, memoryDedupe, webhookHandler } from "@katydid/sdk";
import { events, resources } from "../../../../lib/database.js";

export const runtime = "edge";

export const POST = webhookHandler({
  dedupe: memoryDedupe(),
  on: {
    "production.created": ({ data }) => {
      const event = events.get(String(data.grasshopperId));
      if (event && data.productionId) event.production_id = String(data.productionId);
      tell("production.created", data.grasshopperId);
    },
    "event.cancelled": ({ data }) => {
      for (const event of events.values())
        if (event.production_id === data.id || event.id === data.id) event.status = "cancelled";
      tell("event.cancelled", data.id);
    },
    "resource.updated": ({ data }) => {
      resources.set(String(data.id), { ...data });
      tell("resource.updated", data.id);
    },
    // The other two of the guide: `event.updated` reads the event as ATLVS has it now.
    "*": async (webhook) => {
      const result = await handleATLVSWebhook(webhook);
      tell(webhook.type, result?.action);
      return result;
    },
  },
});

/** One line for each webhook that was handled. */
function tell(type: string, what: unknown): void {
  console.log(`webhook ${type} ${String(what)}`);
}
