// A card for Google Chat: https://developers.google.com/workspace/chat/quickstart/webhooks
// Endpoint: the URL of a webhook of a space. Cards:
// https://developers.google.com/workspace/chat/api/reference/rest/v1/cards
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function transform({ payload, event }) {
  const widgets = facts(payload, 20).map(([name, text]) => ({
    decoratedText: { topLabel: cut(name, 80), text: escaped(cut(text, 200)), wrapText: true },
  }));
  return {
    payload: {
      cardsV2: [
        {
          cardId: event.id,
          card: {
            header: { title: cut(event.type, 200), subtitle: `${event.id} · ${event.occurred_at}` },
            ...(widgets.length > 0 ? { sections: [{ widgets }] } : {}),
          },
        },
      ],
    },
  };
}
