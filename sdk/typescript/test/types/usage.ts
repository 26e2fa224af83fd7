// Compiled by runtime.test.mjs; never run.
import {
  connectRealtime,
  createATLVS,
  getATLVSResources,
  isQueued,
  memoryDedupe,
  syncEventToATLVS,
  syncWithRetry,
  KatydidClient,
  verifyATLVSWebhook,
  verifyStandardWebhook,
  webhookHandler,
  type AtlvsEvents,
} from "@katydid/sdk";

const row = {
  id: "e1",
  name: "Night",
  start_date: "2026-06-15",
  status: "draft",
  venue_name: null,
  other: 1,
};

export const POST: (request: Request) => Promise<Response> = webhookHandler({
  dedupe: memoryDedupe(),
  on: {
    "event.updated": async (event) => {
      const id: string | number = event.data.id;
      const type: "event.updated" = event.type;
      // @ts-expect-error  an optional text is not a text
      const name: string = event.data.name;
      return { action: `${type} ${id} ${name}` };
    },
    "production.created": ({ data }) => void data.operationId.length,
    "project.*": ({ data }) => void data["anything"],
    "*": ({ type }) => void type.length,
  },
});

// @ts-expect-error  the catalog does not know this type
webhookHandler({ on: { "event.exploded": () => {} } });

webhookHandler<{ "order.shipped": { order: string } }>({
  secret: ["new", "old"],
  on: { "order.shipped": ({ data }) => void data.order.length },
});

interface Orders {
  "order.paid": { id: string };
}

webhookHandler<Orders>({
  on: {
    "order.paid": ({ data }) => void data.id.length,
    "order.*": ({ type, data }) => void [type.length, data["anything"]],
    // @ts-expect-error  not one of the types named
    "order.lost": () => {},
  },
});

export async function client(incoming: { headers: { [name: string]: string | string[] | undefined } }) {
  const hub = new KatydidClient();
  const { id } = await hub.createSubscription({
    name: "mine",
    event_types: ["order.*"],
    handler: { kind: "endpoint", url: "https://example.com/hook" },
  });
  await hub.changeSubscription({ id, status: "paused" });
  // @ts-expect-error  a subscription needs a handler
  await hub.createSubscription({ name: "mine", event_types: ["*"] });
  // @ts-expect-error  there is no such field
  await hub.changeSubscription({ id, colour: "red" });
  return verifyStandardWebhook("{}", incoming.headers, "whsec_AAAA");
}

export async function guide() {
  const answer = await syncEventToATLVS(row);
  const id: string = isQueued(answer) ? answer.operationId : answer.id;
  const free: boolean[] = (await getATLVSResources("2026-06-15", "staff")).map(
    (each) => each.availability,
  );
  await syncWithRetry(row, 5);
  // @ts-expect-error  there is no such type
  await getATLVSResources("2026-06-15", "people");
  // @ts-expect-error  a name is needed
  await syncEventToATLVS({ id: "e1", start_date: "2026-06-15" });
  if (!(await verifyATLVSWebhook("{}", "00"))) return null;
  const { syncTicketSalesToATLVS } = createATLVS({ url: "https://hub.example.com/api" });
  await syncTicketSalesToATLVS({ eventId: 1, ticketsSold: 2, revenue: 3, timestamp: new Date() });
  return { id, free };
}

const realtime = connectRealtime<AtlvsEvents>({
  topics: ["resource.*"],
  on: {
    "resource.updated": async ({ name, payload }) => {
      const type: "resource.updated" = name;
      const id: string | number = payload.id;
      return [type, id];
    },
    "production.*": ({ payload }) => void payload["anything"],
    // @ts-expect-error  not one of the types named
    "resource.exploded": () => {},
  },
  position: { load: async () => undefined, save: (id) => void id.length },
});
export const isDuplicate: Promise<boolean> = realtime
  .publish({ name: "ticket.sold", payload: { id: 1 } })
  .then(({ duplicate }) => duplicate);
connectRealtime({ topics: ["*"], on: ({ payload }) => void payload.anything });
