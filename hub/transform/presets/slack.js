// A message for Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
// Endpoint: the URL of an incoming webhook. Blocks: https://docs.slack.dev/reference/block-kit/blocks
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function transform({ payload, event }) {
  const fields = facts(payload, 10).map(([name, text]) => ({
    type: "mrkdwn",
    text: `*${cut(escaped(cut(name, 100)), 500)}*\n${cut(escaped(cut(text, 200)), 1000)}`,
  }));
  return {
    payload: {
      text: escaped(cut(event.type, 200)),
      blocks: [
        { type: "header", text: { type: "plain_text", text: cut(event.type, 150) } },
        ...(fields.length > 0 ? [{ type: "section", fields }] : []),
        { type: "context", elements: [{ type: "mrkdwn", text: escaped(`${event.id} · ${event.occurred_at}`) }] },
      ],
    },
  };
}
