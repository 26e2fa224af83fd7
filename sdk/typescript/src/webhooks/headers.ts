/** Headers of a Request, or of Node's IncomingMessage (Express, Fastify, …). */
export type WebhookHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** One header's value, whatever the case of its name; empty when it is absent. */
export function readHeader(headers: WebhookHeaders, name: string): string {
  if (typeof headers.get === "function") return headers.get(name) ?? "";
  const found = Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  return typeof found === "object" ? found.join(", ") : String(found ?? "");
}
