// The three dialects a webhook may come in, and one shape for all of them. Pure.

export type Dialect = "standard" | "grasshopper" | "atlvs";

export interface Envelope {
  type: string;
  data: unknown;
  /** RFC 3339; undefined where the dialect does not say. */
  occurredAt?: string | undefined;
  /** The sender's own id; undefined where the dialect has none. */
  id?: string | undefined;
}

/** Where each dialect has its signature, in the order in which they are looked for. */
const SIGNATURE_HEADERS: readonly (readonly [Dialect, string])[] = [
  ["standard", "webhook-signature"],
  ["grasshopper", "x-atlvs-signature"],
  ["atlvs", "x-webhook-signature"],
];

export function dialectOf(headers: Headers): Dialect | undefined {
  return SIGNATURE_HEADERS.find(([, header]) => headers.has(header))?.[0];
}

export function signatureOf(headers: Headers, dialect: Dialect): string | null {
  const header = SIGNATURE_HEADERS.find(([name]) => name === dialect)?.[1];
  return header === undefined ? null : headers.get(header);
}

/** What a verified body says. undefined: it is not of that dialect. */
export function openEnvelope(
  dialect: Dialect,
  body: unknown,
  headers: Headers,
): Envelope | undefined {
  if (dialect === "standard") return openStandard(body, headers);
  return openPlatform(body);
}

/** Either platform's envelope: `{event, data, timestamp}` or `{id, name, occurredAt, payload}`. */
export function openPlatform(body: unknown): Envelope | undefined {
  const fields = Object(body) as Record<string, unknown>;
  const type = text(fields["event"]) ?? text(fields["name"]) ?? text(fields["type"]);
  if (type === undefined) return undefined;
  return {
    type,
    data: fields["data"] ?? fields["payload"] ?? {},
    id: text(fields["id"]),
    occurredAt: text(fields["timestamp"]) ?? text(fields["occurredAt"]),
  };
}

/**
 * The body of dialect `standard` is the payload alone, and the type stands in a header. Where a
 * webhook of a platform went through the hub, the payload is that platform's whole envelope.
 */
function openStandard(body: unknown, headers: Headers): Envelope | undefined {
  const type = headers.get("katydid-event-type") ?? undefined;
  const inner = openPlatform(body);
  const isEnvelope = inner !== undefined && (type === undefined || inner.type === type);
  if (type === undefined && !isEnvelope) return undefined;
  const id = headers.get("webhook-id") ?? undefined;
  if (isEnvelope) return { ...inner, id };
  return { type: type ?? "", data: body, id };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
