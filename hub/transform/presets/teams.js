// An Adaptive Card for Microsoft Teams, by a workflow "When a Teams webhook request is received":
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
// Endpoint: the workflow's URL. Card: https://adaptivecards.io/explorer/AdaptiveCard.html
function transform({ payload, event }) {
  return {
    payload: {
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          contentUrl: null,
          content: {
            $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            type: "AdaptiveCard",
            version: "1.4",
            body: [
              { type: "TextBlock", text: cut(event.type, 200), size: "Large", weight: "Bolder", wrap: true },
              {
                type: "FactSet",
                facts: [...facts(payload, 18), ["event", event.id], ["occurred at", event.occurred_at]]
                  .map(([title, value]) => ({ title: cut(title, 80), value: cut(value, 200) })),
              },
            ],
          },
        },
      ],
    },
  };
}
