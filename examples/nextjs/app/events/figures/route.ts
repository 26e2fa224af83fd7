// GET /events/figures?id=…: a page with the event's figures, by the hub's widget. The token is made
// here, with a key that never reaches the browser: it is good for this event and this site only.
export const runtime = "edge";

declare const process: { env: Record<string, string | undefined> }; // this example has no Next.js

const HUB = process.env["KATYDID_URL"] ?? "http://127.0.0.1:8080";
const KEY = process.env["KATYDID_EMBED_KEY"] ?? "";

export async function GET(request: Request): Promise<Response> {
  const { searchParams, origin } = new URL(request.url);
  const id = searchParams.get("id") ?? "";
  const token = await makeToken(id, origin);
  if (token === undefined) return new Response("The figures are not available now.", { status: 503 });
  return new Response(page(id, token), { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function makeToken(event_id: string, origin: string): Promise<string | undefined> {
  const response = await fetch(`${HUB}/v1/embed-tokens`, {
    method: "POST",
    headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ widget: "analytics", event_id, origins: [origin], expires_in: "15m" }),
  }).catch(() => undefined);
  if (!response?.ok) return undefined;
  return ((await response.json()) as { token: string }).token;
}

const page = (id: string, token: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Figures</title>
<script src="${attribute(HUB)}/embed/widgets.js" defer></script>
</head>
<body>
<h1>Figures</h1>
<katydid-analytics event-id="${attribute(id)}" token="${attribute(token)}" currency="EUR"></katydid-analytics>
</body>
</html>
`;

const attribute = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
