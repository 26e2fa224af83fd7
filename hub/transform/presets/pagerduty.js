// An event for PagerDuty: https://developer.pagerduty.com/docs/send-alert-event
// Endpoint: https://events.pagerduty.com/v2/enqueue. Two events with one dedup_key are one incident.
// The subscription needs the header X-Routing-Key: the integration key of your service.
const severity = "error"; // critical, error, warning or info

function transform({ payload, headers, event }) {
  const routing_key = headers["x-routing-key"];
  if (!routing_key) throw new Error("set the subscription's header X-Routing-Key to the integration key of your service");
  return {
    payload: {
      routing_key,
      event_action: "trigger",
      dedup_key: cut(event.key ?? event.id, 255),
      payload: {
        summary: cut(event.type, 1024),
        source: cut(event.source ?? "katydid", 255),
        severity,
        timestamp: event.occurred_at,
        class: cut(event.type, 255),
        custom_details: Object.fromEntries(facts(payload, 100).map(([name, text]) => [cut(name, 200), cut(text, 1000)])),
      },
    },
  };
}
