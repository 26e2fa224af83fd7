// Loads the built package into a realm that has the Web's globals only, and uses it.
import { readFile } from "node:fs/promises";
import { createHmac, webcrypto } from "node:crypto";
import { dirname, join } from "node:path";
import vm from "node:vm";

const dist = process.argv[2];
const calls = [];
const context = vm.createContext({
  crypto: webcrypto,
  Request,
  Response,
  Headers,
  URL,
  URLSearchParams,
  TextEncoder,
  TextDecoder,
  AbortController,
  atob,
  btoa,
  console,
  setTimeout,
  clearTimeout,
  Uint8Array,
  fetch: async (url) => {
    calls.push(url);
    return new Response('{"status":"ok"}');
  },
});
const loaded = new Map();

async function load(path) {
  if (!loaded.has(path)) {
    const source = await readFile(path, "utf8");
    loaded.set(path, new vm.SourceTextModule(source, { context, identifier: path }));
  }
  return loaded.get(path);
}

const entry = await load(join(dist, "index.js"));
await entry.link((name, from) =>
  load(name === "#crypto" ? join(dist, "crypto_web.js") : join(dirname(from.identifier), name)),
);
await entry.evaluate();
const { webhookHandler, createATLVS } = entry.namespace;

const body = JSON.stringify({ event: "resource.updated", data: { id: "r" }, timestamp: "" });
const signature = createHmac("sha256", "swordfish").update(body).digest("hex");
const post = (signature) =>
  new Request("https://edge.example/", {
    method: "POST",
    body,
    headers: { "X-ATLVS-Signature": signature },
  });
const handler = webhookHandler({ secret: "swordfish", on: { "resource.updated": () => {} } });
const accepted = await handler(post(signature));
const refused = await handler(
  post(signature.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))),
);
const health = await createATLVS({ url: "https://hub.example/api" }).checkATLVSHealth();
const { action } = await accepted.json();
console.log(JSON.stringify({ status: accepted.status, action, refused: refused.status, health }));
