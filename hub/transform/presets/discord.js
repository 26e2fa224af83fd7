// A message for Discord: https://discord.com/developers/docs/resources/webhook#execute-webhook
// Endpoint: the URL of a webhook of a channel. Limits:
// https://discord.com/developers/docs/resources/message#embed-object-embed-limits
function transform({ payload, event }) {
  return {
    payload: {
      embeds: [
        {
          title: cut(event.type, 256),
          timestamp: event.occurred_at,
          footer: { text: event.id },
          fields: facts(payload, 20).map(([name, text]) => ({
            name: cut(name, 80),
            value: cut(text, 180),
            inline: text.length < 40,
          })),
        },
      ],
      allowed_mentions: { parse: [] }, // a payload with @everyone in it calls nobody
    },
  };
}
