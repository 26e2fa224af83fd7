// From a request to a verified webhook, or to the answer that refuses it.
import { subtle } from "#crypto";
import { readEnvironment } from "../environment.js";
import { refuse } from "./answers.js";
import { bytesToHex } from "./bytes.js";
import { dialectOf, openEnvelope, signatureOf, type Dialect, type Envelope } from "./envelope.js";
import { readBody } from "./read_body.js";
import {
  listOf,
  verifyATLVSWebhook,
  verifyStandardWebhook,
  type Secrets,
  type StandardOptions,
} from "./verify.js";

/** A webhook whose signature was right. */
export interface WebhookEvent<Type extends string = string, Data = unknown> {
  type: Type;
  data: Data;
  /** The same each time it comes: the hub's id where the dialect has one, else the body's hash. */
  id: string;
  occurredAt: string | undefined;
  dialect: Dialect;
  headers: Headers;
  /** The bytes that were signed. */
  body: Uint8Array;
}

export interface ReceiveOptions {
  /**
   * `ATLVS_WEBHOOK_SECRET` by default; for the dialect `standard` first `KATYDID_WEBHOOK_SECRET`.
   * Several while a secret is replaced.
   */
  secret?: Secrets;
  /** 1 MiB by default, as the hub. */
  bodyBytesMax?: number;
  standard?: StandardOptions;
}

export async function receive(
  request: Request,
  options: ReceiveOptions,
): Promise<WebhookEvent | Response> {
  if (request.method !== "POST") return refuse(405, "Only POST", { Allow: "POST" });
  const body = await readBody(request, options.bodyBytesMax ?? 1_048_576);
  if (body === undefined) return refuse(413, "The body is too large");
  const { headers } = request;
  const dialect = dialectOf(headers);
  if (dialect === undefined) return refuse(401, "Invalid webhook signature");
  const secrets = secretsFor(dialect, options.secret);
  if (secrets.length === 0)
    return refuse(503, "Webhook secret not configured", { "Retry-After": "60" });
  const isGenuine =
    dialect === "standard"
      ? await verifyStandardWebhook(body, headers, secrets, options.standard)
      : await verifyATLVSWebhook(body, signatureOf(headers, dialect), secrets);
  if (!isGenuine) return refuse(401, "Invalid webhook signature");
  const envelope = parse(dialect, body, headers);
  if (envelope === undefined) return refuse(400, "Not a webhook's body");
  // The signed body names it, where no signed id does.
  const id = envelope.id ?? bytesToHex(new Uint8Array(await subtle.digest("SHA-256", body)));
  const { type, data, occurredAt } = envelope;
  return { type, data, id, occurredAt, dialect, headers, body };
}

function secretsFor(dialect: Dialect, given: Secrets | undefined): string[] {
  if (given !== undefined) return listOf(given);
  const own = dialect === "standard" ? readEnvironment("KATYDID_WEBHOOK_SECRET") : undefined;
  return listOf(own ?? readEnvironment("ATLVS_WEBHOOK_SECRET"));
}

function parse(dialect: Dialect, body: Uint8Array, headers: Headers): Envelope | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return openEnvelope(dialect, JSON.parse(text), headers);
  } catch {
    return undefined;
  }
}
