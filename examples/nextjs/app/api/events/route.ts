// POST /api/events: a user creates an event. GET: what the page shows.
import { isQueued, syncEventToATLVS, validateEventData, ValidationError } from "@katydid/sdk";
import { events, type EventRow } from "../../../lib/database.js";

export const runtime = "edge";

export async function POST(request: Request): Promise<Response> {
  const event: EventRow = { status: "draft", ...(await request.json()) };
  try {
    validateEventData(event);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return json({ error: error.message, errors: error.errors }, 422);
  }
  events.set(event.id, event);
  // The user does not wait for ATLVS: the hub stores the event, and ATLVS has it when it can.
  syncEventToATLVS(event, { idempotencyKey: `event-${event.id}` })
    .then((answer) => {
      if (!isQueued(answer)) event.production_id = answer.id;
      console.log(`event ${event.id} ${isQueued(answer) ? "queued" : "synced"}`);
    })
    .catch(() => {
      // It was logged. The next save of this event syncs it again.
    });
  return json({ success: true, eventId: event.id }, 201);
}

export async function GET(): Promise<Response> {
  return json([...events.values()]);
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json" },
  });
}
