// Signed requests, and a fetch that is a table.
import { createHmac } from "node:crypto";

export const SECRET = "swordfish";
export const STANDARD_SECRET = `whsec_${Buffer.from("a standard secret of 24 b").toString("base64")}`;

export function hex(body, secret = SECRET) {
  return createHmac("sha256", secret).update(body).digest("hex");
}

export function request(body, headers, method = "POST") {
  return new Request("https://grasshopper.example/api/webhooks/atlvs", {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    ...(method === "GET" ? {} : { body }),
  });
}

/** In Grasshopper's own dialect. */
export function grasshopper(event, data = { id: "res_42" }, secret = SECRET) {
  const body = JSON.stringify({ event, data, timestamp: "2026-06-15T18:00:00.000Z" });
  return request(body, { "X-ATLVS-Signature": hex(body, secret) });
}

/** In the dialect of ATLVS's dispatcher. */
export function atlvs(name, payload = { id: "res_42" }) {
  const body = JSON.stringify({
    id: "6b1f0a0e",
    name,
    occurredAt: "2026-06-15T18:00:00.000Z",
    payload,
  });
  return request(body, { "X-Webhook-Event": name, "X-Webhook-Signature": hex(body) });
}

export function standardHeaders(
  body,
  { id = "evt_1", at = Math.floor(Date.now() / 1000), secret = STANDARD_SECRET } = {},
) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": `v1,${mac}` };
}

/** As the hub posts in its dialect `standard`. */
export function standard(type, data = { id: "res_42" }, options = {}) {
  const body = typeof data === "string" ? data : JSON.stringify(data);
  return request(body, { ...standardHeaders(body, options), "katydid-event-type": type });
}

/** A fetch that gives these answers in turn, and the requests that it got. */
export function fakeFetch(...answers) {
  const calls = [];
  const fetch = async (url, init) => {
    calls.push({ url: String(url), ...init, body: init.body && JSON.parse(init.body) });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    const [status, body, headers = {}] = answer;
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
  };
  return { fetch, calls };
}

/** What `work` writes to console.error or console.warn, without showing it. */
export async function quietly(work) {
  const said = [];
  const before = { error: console.error, warn: console.warn };
  console.error = console.warn = (...words) => said.push(words.join(" "));
  try {
    await work();
  } finally {
    Object.assign(console, before);
  }
  return said;
}
