// An alert for Opsgenie: https://docs.opsgenie.com/docs/alert-api#create-alert
// Endpoint: https://api.opsgenie.com/v2/alerts (https://api.eu.opsgenie.com/v2/alerts), with the
// header "Authorization: GenieKey …" on the subscription. Two alerts with one alias are one.
const priority = "P3"; // P1 (critical) to P5

function transform({ payload, event }) {
  const details = facts(payload, 30).map(([name, text]) => [cut(name, 100), cut(text, 150)]);
  return {
    payload: {
      message: cut(event.type, 130),
      alias: cut(event.key ?? event.id, 512),
      description: cut(details.map(([name, text]) => `${name}: ${text}`).join("\n"), 15000),
      details: Object.fromEntries(details),
      source: cut(event.source ?? "katydid", 100),
      tags: [cut(event.type, 50)],
      priority,
    },
  };
}
