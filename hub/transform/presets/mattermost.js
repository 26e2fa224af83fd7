// A message for Mattermost: https://developers.mattermost.com/integrate/webhooks/incoming/
// Endpoint: the URL of an incoming webhook. Attachments:
// https://developers.mattermost.com/integrate/reference/message-attachments/
const plain = (text) => text.replace(/@/g, "@\u200b"); // a payload with @channel in it calls nobody

function transform({ payload, event }) {
  return {
    payload: {
      attachments: [
        {
          fallback: cut(plain(event.type), 200),
          title: cut(plain(event.type), 200),
          footer: `${event.id} · ${event.occurred_at}`,
          fields: facts(payload, 20).map(([name, text]) => ({
            title: plain(cut(name, 80)),
            value: plain(cut(text, 300)),
            short: text.length < 40,
          })),
        },
      ],
    },
  };
}
