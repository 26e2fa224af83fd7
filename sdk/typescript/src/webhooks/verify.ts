// Signatures. Web Crypto compares them, in constant time.
import { subtle } from "#crypto";
import { readEnvironment } from "../environment.js";
import { base64ToBytes, hexToBytes, joinBytes, utf8 } from "./bytes.js";
import { readHeader, type WebhookHeaders } from "./headers.js";

/** One secret, or several while one replaces the other. */
export type Secrets = string | readonly string[];

export interface StandardOptions {
  /** How far the sender's clock and ours may be apart: 300 seconds by default. */
  toleranceSeconds?: number;
  /** In milliseconds; for tests. */
  now?: () => number;
}

const SIGNATURES_MAX = 16;

/**
 * Whether ATLVS, or the hub in its name, signed these bytes: hex HMAC-SHA256 of the body, with
 * `ATLVS_WEBHOOK_SECRET` unless a secret is given. Await it: a promise is always true.
 * @param payload  the body as it came, never as it was parsed and written again
 */
export async function verifyATLVSWebhook(
  payload: string | Uint8Array,
  signature: string | null | undefined,
  secret: Secrets | undefined = readEnvironment("ATLVS_WEBHOOK_SECRET"),
): Promise<boolean> {
  const secrets = listOf(secret);
  if (secrets.length === 0) {
    console.warn("ATLVS_WEBHOOK_SECRET is not set: every webhook is refused");
    return false;
  }
  const mac = hexToBytes(signature ?? "");
  if (mac === undefined) return false;
  const body = bytesOf(payload);
  return some(secrets, (each) => verifyHmac(utf8.encode(each), mac, body));
}

/**
 * Whether the headers sign this body as Standard Webhooks has it, and not too long ago: `v1` with
 * a `whsec_…` secret, `v1a` (Ed25519) with a public key `whpk_…`. Await it.
 * @param payload  the body as it came, never as it was parsed and written again
 * @param headers  of a Request, or `request.headers` of Node's http and of Express
 */
export async function verifyStandardWebhook(
  payload: string | Uint8Array,
  headers: WebhookHeaders,
  secret: Secrets,
  options: StandardOptions = {},
): Promise<boolean> {
  const body = bytesOf(payload); // first: a parsed body is a mistake, whatever the headers say
  const id = readHeader(headers, "webhook-id");
  const timestamp = readHeader(headers, "webhook-timestamp");
  // A dot in the id could move the border between id and timestamp.
  if (id === "" || id.includes(".") || !isFresh(timestamp, options)) return false;
  const message = joinBytes(utf8.encode(`${id}.${timestamp}.`), body);
  const signatures = readHeader(headers, "webhook-signature").split(" ").slice(0, SIGNATURES_MAX);
  return some(listOf(secret), (each) =>
    some(signatures, (signature) => verifyOne(each, signature, message)),
  );
}

/** The secrets that hold something. */
export function listOf(secret: Secrets | undefined): string[] {
  return (typeof secret === "string" ? [secret] : [...(secret ?? [])]).filter(
    (each) => each !== "",
  );
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  if (typeof payload === "string") return utf8.encode(payload);
  if (payload instanceof Uint8Array) return payload;
  throw new TypeError("The signature covers the body as it came: a string or bytes, not parsed");
}

function isFresh(timestamp: string, options: StandardOptions): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  const now = (options.now ?? Date.now)() / 1000;
  return Math.abs(now - Number(timestamp)) <= (options.toleranceSeconds ?? 300);
}

async function verifyOne(secret: string, text: string, message: Uint8Array): Promise<boolean> {
  const [version, encoded = ""] = text.split(",", 2);
  const signature = base64ToBytes(encoded);
  if (signature === undefined) return false;
  if (version === "v1" && !secret.startsWith("whpk_")) {
    const key = base64ToBytes(secret.replace(/^whsec_/, ""));
    return key !== undefined && verifyHmac(key, signature, message);
  }
  if (version === "v1a" && secret.startsWith("whpk_")) {
    const key = base64ToBytes(secret.slice("whpk_".length));
    return key?.length === 32 && verifyEd25519(key, signature, message);
  }
  return false;
}

async function verifyHmac(key: Uint8Array, mac: Uint8Array, message: Uint8Array): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await subtle.importKey("raw", key, algorithm, false, ["verify"]);
  return subtle.verify("HMAC", imported, mac, message);
}

async function verifyEd25519(
  key: Uint8Array,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  const imported = await subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  return subtle.verify("Ed25519", imported, signature, message);
}

async function some<T>(each: readonly T[], holds: (one: T) => Promise<boolean>): Promise<boolean> {
  for (const one of each) if (await holds(one)) return true;
  return false;
}
