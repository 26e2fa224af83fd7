// Loads the built package into a realm that has the Web's globals only, and uses it.
import { readFile } from "node:fs/promises";
import { createHmac, webcrypto } from "node:crypto";
import { dirname, join } from "node:path";
import vm from "node:vm";

const dist = process.argv[2];
const calls = [];
const said = [];

/** A hub's end of a WebSocket: hands out one delivery, or one update. */
class HubSocket {
  constructor(url, [protocol]) {
    setImmediate(() => {
      this.onopen?.({});
      const frames =
        protocol === "katydid.v1"
          ? [{ type: "hello" }, { type: "delivery", delivery: "dlv_1", headers: [], payload: "1" }]
          : [
              { type: "subscribed", topics: ["*"], after: "evt_0" },
              { type: "update", id: "evt_1", name: "a.b", payload: 2 },
            ];
      for (const frame of frames) this.onmessage({ data: JSON.stringify(frame) });
    });
  }
  send(text) {
    said.push(JSON.parse(text).type);
  }
  close(code) {
    setImmediate(() => this.onclose?.({ code }));
  }
}

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
  setInterval,
  clearInterval,
  WebSocket: HubSocket,
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
const { webhookHandler, createATLVS, connectRealtime, KatydidClient } = entry.namespace;

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
const url = "https://hub.example";
const stop = new AbortController();
const consumed = [];
await new KatydidClient({ url, apiKey: "k" }).consume({
  subscription: "work",
  signal: stop.signal,
  handler: (delivery) => {
    consumed.push(delivery.json());
    stop.abort();
  },
});
await new Promise((done) => {
  const on = ({ payload }) => done(consumed.push(payload));
  stop.realtime = connectRealtime({ url, key: "k", topics: ["*"], on });
});
await stop.realtime.close();
console.log(JSON.stringify({ consumed, said, status: accepted.status, action, refused: refused.status, health }));
