// A person whom the hub hands on: the token that its form posts, checked once.
import { subtle } from "#crypto";
import { base64ToBytes, utf8 } from "../webhooks/bytes.js";

/** Who comes, as the hub says. */
export interface Handoff {
  /** The provider's name for the person: the same each time. */
  subject: string;
  /** For people: an e-mail address or a name. */
  name: string;
  /** What they may do at the hub. */
  role: "read" | "operate" | "admin";
  tenant: string;
  /** A path of this platform, where the person wants to go. */
  returnTo: string;
}

export interface HandoffOptions {
  /** Where the hub is for browsers, its `console.public_url`: "https://hub.example.com". */
  issuer: string;
  /** This platform's `name` in `[[sso.platforms]]`. */
  audience: string;
  /**
   * The header Origin of the request that brought the token: checked where it is given, so that no
   * page of another site signs its visitors in as somebody else. Give "" where there is none.
   */
  origin?: string;
  /**
   * Claims the id of a token until then (in milliseconds): false when it was claimed before. With
   * several processes: a table that they share. By default one process remembers.
   */
  claim?: (id: string, until: number) => Promise<boolean> | boolean;
  /** How far the hub's clock and ours may be apart: 10 seconds by default. */
  toleranceSeconds?: number;
  /** For tests, and where the hub is reached by another way. */
  fetch?: typeof fetch;
  /** In milliseconds; for tests. */
  now?: () => number;
}

/** Why a token is not taken. It is not for the person who brings it. */
export class HandoffError extends Error {
  override readonly name = "HandoffError";
}

const TOKEN_BYTES_MAX = 8_192;
const LIFETIME_SECONDS_MAX = 120;
const KEYS_LIFETIME_MS = 300_000;
const KEYS_AGAIN_MS = 10_000;
const IDS_MAX = 10_000;

/**
 * Who is handed on with this token, the field `token` of the form that the hub posts. Each is good
 * for a minute and once. Throws HandoffError for every other.
 *
 * Who comes is then this platform's to let in: with a new session of its own.
 */
export async function verifyHandoff(token: string, options: HandoffOptions): Promise<Handoff> {
  if (options.origin !== undefined && options.origin !== new URL(options.issuer).origin)
    throw new HandoffError("was brought by another site");
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  if (token.length > TOKEN_BYTES_MAX || rest.length > 0) throw new HandoffError("is no token");
  const header = parsePart(head);
  if (header["alg"] !== "ES256" || header["typ"] !== "JWT" || "crit" in header)
    throw new HandoffError("is not signed by ES256");
  const key = await findKey(options, textOf(header, "kid"));
  const bytes = bytesOfPart(signature);
  const isGood = await subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    bytes,
    utf8.encode(`${head}.${body}`),
  );
  if (!isGood) throw new HandoffError("has another signature");
  return await judge(parsePart(body), options);
}

type Claims = Record<string, unknown>;

async function judge(claims: Claims, options: HandoffOptions): Promise<Handoff> {
  const { now = Date.now, toleranceSeconds = 10, claim = claimHere } = options;
  const seconds = now() / 1000;
  const [issued, ends] = [secondsOf(claims, "iat"), secondsOf(claims, "exp")];
  if (claims["iss"] !== options.issuer) throw new HandoffError("is of another hub");
  if (claims["aud"] !== options.audience) throw new HandoffError("is for another platform");
  if (seconds >= ends + toleranceSeconds) throw new HandoffError("has expired");
  if (issued > seconds + toleranceSeconds) throw new HandoffError("was made in the future");
  if (ends - issued > LIFETIME_SECONDS_MAX) throw new HandoffError("lasts too long");
  const returnTo = textOf(claims, "return_to");
  if (!isPath(returnTo)) throw new HandoffError("leads to another place");
  const role = textOf(claims, "role");
  if (role !== "read" && role !== "operate" && role !== "admin")
    throw new HandoffError("has no role");
  const handoff = {
    subject: textOf(claims, "sub"),
    name: textOf(claims, "name"),
    role,
    tenant: textOf(claims, "tenant"),
    returnTo,
  } as const;
  // Last: only what is good is used up.
  const isFirst = await claim(textOf(claims, "jti"), (ends + toleranceSeconds) * 1000);
  if (!isFirst) throw new HandoffError("was used already");
  return handoff;
}

/** A path of this site and nothing that a browser could take for another host. */
function isPath(text: string): boolean {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text);
}

const claimed = new Map<string, number>();

function claimHere(id: string, until: number): boolean {
  const now = Date.now();
  for (const [each, end] of claimed) if (end < now) claimed.delete(each);
  if (claimed.has(id)) return false;
  if (claimed.size >= IDS_MAX) throw new HandoffError("came with too many others");
  claimed.set(id, until);
  return true;
}

interface KeySet {
  keys: Map<string, CryptoKey>;
  at: number;
}
const sets = new Map<string, KeySet>();

async function findKey(options: HandoffOptions, id: string): Promise<CryptoKey> {
  const now = (options.now ?? Date.now)();
  let set = sets.get(options.issuer);
  const isOld = set === undefined || now - set.at > KEYS_LIFETIME_MS;
  // One that is not known may be new: but made-up ones make no flood.
  const isMissing = set !== undefined && !set.keys.has(id) && now - set.at > KEYS_AGAIN_MS;
  if (isOld || isMissing) {
    set = { keys: await fetchKeys(options), at: now };
    sets.set(options.issuer, set);
  }
  const key = set?.keys.get(id);
  if (key === undefined) throw new HandoffError("names a key that the hub does not have");
  return key;
}

async function fetchKeys(options: HandoffOptions): Promise<Map<string, CryptoKey>> {
  const get = options.fetch ?? fetch;
  const response = await get(`${options.issuer}/.well-known/jwks.json`, { redirect: "error" });
  if (!response.ok) throw new HandoffError(`cannot be checked: the hub answers ${response.status}`);
  const { keys } = (await response.json()) as { keys: (JsonWebKey & { kid?: string })[] };
  const found = new Map<string, CryptoKey>();
  for (const jwk of keys) {
    if (jwk.kty !== "EC" || jwk.crv !== "P-256" || jwk.kid === undefined) continue;
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    found.set(jwk.kid, await subtle.importKey("jwk", jwk, algorithm, false, ["verify"]));
  }
  return found;
}

function bytesOfPart(part: string): Uint8Array {
  const text = part.replace(/-/g, "+").replace(/_/g, "/");
  const bytes = /^[\w-]+$/.test(part)
    ? base64ToBytes(text + "=".repeat((4 - (text.length % 4)) % 4))
    : undefined;
  if (bytes === undefined) throw new HandoffError("is no token");
  return bytes;
}

function parsePart(part: string): Claims {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytesOfPart(part)));
    if (typeof value === "object" && value !== null) return value as Claims;
  } catch {
    // Said below.
  }
  throw new HandoffError("is no token");
}

function textOf(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== "string" || value === "") throw new HandoffError(`has no ${name}`);
  return value;
}

function secondsOf(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new HandoffError(`has no ${name}`);
  return value;
}
